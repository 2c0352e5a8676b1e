"""A verdict at a time rests on the packets up to it: a capture cut at ten times, in the file and by --until."""
import collections
import datetime
import json
import os
import tempfile

from dnswire import frames, open_file, pcap
from scans import accused, lab, lines, sanitizer, write
from tap import Tap

CUTS = 10
HOURS = 16
WIDE = ('--side', 'upstream', '--scale', '0.3', '--world')
SECOND = 10**9
# Of what a cut accuses, the share that the whole had decided by then, over all cuts and worlds. The rest is found once all
# is looked at again, which takes as long as may be spent on it, or was at the edge and accused anew since.
BY_THEN = 0.89
LAPSED = 0.005 # and of these, the share that would have been undecided again, had they been looked at just then


def stamp(ns):
    at = datetime.datetime.fromtimestamp(ns // SECOND, datetime.timezone.utc)
    return f'{at:%Y-%m-%dT%H:%M:%S}.{ns % SECOND:09d}Z'


def found_in(text):
    return {f['domain']: f for f in map(json.loads, text.splitlines())}


def decided(found):
    return {d: found[d]['decided_at'] for d in accused(found)}


def check_cut(t, name, cut, whole, now):
    """What the whole says of the time before the cut, and what the cut says."""
    before, after = stamp(cut), decided(now)
    by_then = {d: at for d, at in decided(whole).items() if at < before}
    other = {d: (at, after.get(d)) for d, at in by_then.items() if after.get(d) != at}
    edge = {d for d in other if d in now and now[d]['verdict'] == 'undecided'}
    t.ok(not other.keys() - edge, f'{name}: what was decided by then is accused, and as long, or at the edge again', other)
    late = {d: at for d, at in after.items() if at >= before}
    t.ok(not late, f'{name}: nothing is decided after it', late)
    return len(by_then), len(after.keys() & accused(whole)), len(edge)


def truth_of(path):
    with open(path, encoding='utf-8') as f:
        return {x['domain']: x for x in map(json.loads, f)}


def tell(world, truth, ever):
    """How many honest domains are accused at any of the looks: not how many should be."""
    of = collections.Counter(truth[d]['class'] for d in ever if not truth[d]['flux'])
    print(f'# {world}: of {sum(not x["flux"] for x in truth.values())} honest domains {sum(of.values())} are accused at '
          f'any of the looks: {dict(of)}')


def check(t, to, world, options):
    least = 0 if 'honest' in options else 5
    path = lab(os.path.join(to, 'lab.pcap'), '--hours', HOURS, '--truth', os.path.join(to, 'truth'), *options)
    truth = truth_of(os.path.join(to, 'truth'))
    records = [(ns // 1000 * 1000, frame) for ns, frame in frames(open_file(path))]
    path = write(to, 'whole.pcap', pcap(records))
    whole, counts = found_in(lines(path)), []
    ever = accused(whole)
    t.ok(len(ever) >= least and any(x['flux'] for x in truth.values()) == (least > 0), f'{world}: something is accused if there is flux', len(ever))
    for i in range(1, CUTS + 1):
        cut = records[0][0] + HOURS * 3600 * SECOND * i // (CUTS + 1) // 1000 * 1000
        file = write(to, 'cut.pcap', pcap([r for r in records if r[0] < cut]))
        of_file = lines('--threads', 1 + i % 2, file)
        until = lines('--threads', 2 - i % 2, '--until', stamp(cut), path)
        name = f'{world}, cut {i}'
        t.ok(of_file == until, f'{name}: the file cut is the time cut, octet for octet')
        now = found_in(of_file)
        ever |= accused(now)
        counts.append(check_cut(t, name, cut, whole, now))
    tell(world, truth, ever)
    return counts


def main():
    t, small = Tap(), sanitizer() != ''
    worlds = {'a small world': ('--scale', '0.1', '--seed', '2'),
              **{f'a wide one, upstream, {seed}': (*WIDE, 'wide', '--seed', seed) for seed in '458'},
              'one of the honest alone': (*WIDE, 'honest', '--seed', '3')}
    with tempfile.TemporaryDirectory() as to:
        counts = [c for world, options in list(worlds.items())[:1 if small else None] for c in check(t, to, world, options)]
    by_then, at_cut, edge = map(sum, zip(*counts))
    t.ok(by_then >= BY_THEN * at_cut > 0, f'{by_then} of {at_cut} accused at a cut were decided by then')
    t.ok(edge <= LAPSED * by_then, f'{edge} of {by_then} decided by then were at the edge again at the cut')
    t.done()


main()
