"""A domain at the edge stays undecided and says what it waits for; later, with more answers, it decides. Its honest twin
is not accused at any time."""
import json
import os
import re
import tempfile

from scans import DEFLUX, findings, lab, lines
from tap import Tap, run

WORLD = ('--world', 'wide', '--made-up', '--scale', '0.05', '--hours', '12', '--seed', '5')
CUTS = [f'2026-03-01T{h:02}:{m:02}:00Z' for h in range(12) for m in (0, 30)][1:] + ['2026-03-02T00:00:00Z']
LEAST = 5 # domains that must have been on the edge


def edges(told):
    """Domains that were undecided at some cut and accused at a later one: the last such moment, and the first after."""
    found = {}
    for before, after in zip(told, told[1:]):
        for d, f in before.items():
            if f['verdict'] == 'undecided' and after.get(d, {}).get('verdict') == 'fast-flux':
                found[d] = (f, after[d])
    return found


def says_how_many(w):
    """Members: how many more; homes: how many there are, and how many it takes."""
    numbers = [int(n) for n in re.findall(r'\d+', w['text'])]
    return w['amount'] in numbers if w['what'] == 'members' else numbers[1] - numbers[0] == w['amount']


def check_waits(t, told):
    wrong = [f'{d}: {f["verdict"]}, {f["waits_for"]}' for found in told for d, f in found.items()
             if (f['verdict'] == 'undecided') != bool(f['waits_for'])]
    t.ok(not wrong, 'who is undecided waits for something, nobody else does', '\n'.join(wrong[:5]))
    off = [f'{d}: {w}' for found in told for d, f in found.items() for w in f['waits_for']
           if w['what'] in ('members', 'homes') and not (0 < w['amount'] <= 64 and says_how_many(w))]
    t.ok(not off, 'of members it says how many', '\n'.join(off[:5]))


def check_edges(t, truth, told):
    found = edges(told)
    t.ok(len(found) >= LEAST and all(truth[d]['flux'] for d in found),
         f'{len(found)} domains on the edge are accused later, all of them fast flux', found.keys())
    silent = [d for d, (f, _) in found.items()
              if not any(w['leads_to'] == 'fast-flux' and w['amount'] > 0 for w in f['waits_for'])]
    t.ok(not silent, 'each had said what would accuse it', silent)
    many = [d for d, (f, _) in found.items() if any(w['what'] == 'members' and w['leads_to'] == 'fast-flux'
                                                    for w in f['waits_for'])]
    t.ok(many, f'{len(many)} of them, how many members more', sorted(found))
    return found


def check_twins(t, truth, told, found):
    networks = {truth[d]['network'] for d in found}
    twins = [d for d, x in truth.items() if x.get('twin_of') in networks]
    accused = [d for d in twins for f in told if f.get(d, {}).get('verdict') == 'fast-flux']
    t.ok(twins and not accused, f'their {len(twins)} honest twins are accused at no time', accused)
    honest = [d for d, x in truth.items() if not x['flux']]
    waiting = {d for d in honest for f in told[:-1] if f.get(d, {}).get('verdict') == 'undecided'}
    ends = {d: told[-1][d]['verdict'] for d in waiting}
    t.ok(waiting and 'fast-flux' not in ends.values(),
         f'of {len(waiting)} honest ones that were undecided none is accused later', ends)


def check_told(t, pcap, nets, cut, found):
    """The table and explain say it too, whatever the number of threads."""
    name, (finding, _) = max(found.items())
    options = ('--asn-table', nets, '--until', cut)
    out = run(DEFLUX, 'explain', '-q', *options, name, pcap, env=dict(os.environ, COLUMNS='400'))
    text = re.sub(r'\s+', ' ', out.stdout)
    missing = [w['text'] for w in finding['waits_for'] if w['text'] not in text]
    t.ok('What it waits for' in out.stdout and not missing, 'explain tells what it waits for', (missing, out.stdout[:900]))
    page = run(DEFLUX, 'explain', '-q', '--format', 'html', *options, name, pcap)
    t.ok(all(w['text'] in page.stdout for w in finding['waits_for']), 'and its page')
    table = run(DEFLUX, 'scan', '--all', '--domain', name, *options, pcap, env=dict(os.environ, COLUMNS='400'))
    t.ok(re.search(rf'1 domain is undecided\. .*: +{re.escape(name)}: \S', re.sub(r'\s+', ' ', table.stdout)),
         'the table in short', table.stdout[-900:])
    t.equal(lines('--threads', '1', *options, pcap), lines('--threads', '4', *options, pcap), 'the same from four threads')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        pcap, nets, path = (os.path.join(to, n) for n in ('w.pcap', 'nets.csv', 'truth.jsonl'))
        lab(pcap, *WORLD, '--truth', path, '--networks', nets)
        os.utime(nets, (1772323200, 1772323200)) # made on the day of the capture
        with open(path, encoding='utf-8') as f:
            truth = {x['domain']: x for x in map(json.loads, f)}
        told = [findings('--asn-table', nets, '--until', cut, pcap) for cut in CUTS]
        check_waits(t, told)
        found = check_edges(t, truth, told)
        if found:
            check_twins(t, truth, told, found)
            name = max(found)
            at = max(i for i, f in enumerate(told[:-1]) if f.get(name, {}).get('verdict') == 'undecided' and
                     told[i + 1].get(name, {}).get('verdict') == 'fast-flux')
            check_told(t, pcap, nets, CUTS[at], found)
    t.done()


main()
