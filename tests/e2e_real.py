"""Recorded traffic: fast flux of 2009 is found, nothing honest is accused, and no name or address is known by heart."""
import collections
import os
import re
import sys
import tempfile

from disguise import Disguise
from dnswire import Message, Suffixes, frames, messages, open_file, pcap, text_of
from scans import accused, differences, findings, write
from tap import Tap, shared


def truth(path):
    """The labelled domains, from the table beside the capture."""
    with open(path, encoding='utf-8') as f:
        rows = [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]
    return {r[0] for r in rows if r[3] == 'flux'}


def look_alikes(readme):
    """The domains that the data's README lists as giving no ground for an accusation."""
    with open(readme, encoding='utf-8') as f:
        return set(re.search(r'one small set \(([^)]*)\)', f.read())[1].split(', '))


def fluxing_servers(records):
    """
    Registrable domains of name servers that flux, told by counting alone: the names that NS records name below it had
    20 addresses or more, one of them in as many as ten sets, and nearly each address in a /24 of its own.
    """
    suffixes, servers, sets = Suffixes(), set(), collections.defaultdict(set)
    for _, wire in messages(records):
        rows = [r for section in Message(wire).sections for r in section]
        servers |= {r.text.lower() for r in rows if r.type == 2}
        now = collections.defaultdict(set)
        for r in rows:
            if r.type == 1 and r.text:
                now[text_of(r.owner).lower()].add(r.text)
        for owner, addresses in now.items():
            sets[owner].add(frozenset(addresses))
    addresses, most = collections.defaultdict(set), collections.Counter()
    for name in servers & sets.keys():
        domain = suffixes.domain(name)
        addresses[domain] |= frozenset().union(*sets[name])
        most[domain] = max(most[domain], len(sets[name]))
    return {d for d, a in addresses.items() if len(a) >= 20 and most[d] >= 10 and
            len({x.rsplit('.', 1)[0] for x in a}) >= 0.8 * len(a)}


def compare(t, path, labelled, found):
    """What the published methods say of the same file, beside it."""
    mine = accused(found)
    print(f'# {os.path.basename(path)}: deflux accuses {len(mine)}, {len(mine & labelled)} of them labelled')
    for method in ('holz2008', 'zeek', 'fluxbuster', 'stalmans'):
        other = accused(findings('--method', method, path))
        print(f'# {os.path.basename(path)}: {method} accuses {len(other)}, {len(other & labelled)} of them labelled')
        if method == 'holz2008' and labelled:
            t.ok(0 < len(other & labelled) < len(mine & labelled), 'holz2008 finds some, deflux more')


def check_flux(t, data, path, records):
    labelled, found = truth(os.path.join(data, 'flux', 'fluxor-2009.truth.tsv')), findings(path)
    hit = accused(found) & labelled
    t.equal(len(labelled), 198, 'the truth is whole')
    t.ok(len(hit) >= 0.95 * len(labelled), f'{len(hit)} of {len(labelled)} labelled domains are "fast-flux"',
         '\n'.join(f'{d}: {found[d]["verdict"]} {found[d]["llr_db"]}' if d in found else d
                   for d in sorted(labelled - hit)[:20]))
    honest = look_alikes(os.path.join(data, 'README.md'))
    t.ok(len(honest) == 10 and honest <= found.keys(), 'ten look-alikes are in it', sorted(honest - found.keys()))
    t.equal(sorted(honest & accused(found)), [], 'no look-alike is accused')
    servers = fluxing_servers(records)
    t.ok(len(servers) >= 5, f'{len(servers)} domains of name servers flux', sorted(servers))
    t.equal(sorted(servers - accused(found)), [], 'the domains of fluxing name servers are found')
    t.ok(all(found[d]['kind'] in ('double', 'ns') for d in servers & accused(found)), 'and named as such',
         [(d, found[d]['kind']) for d in sorted(servers)])
    compare(t, path, labelled, found)
    return found


def check_disguised(t, to, records, found):
    hidden = Disguise(records)
    again = findings(write(to, 'hidden.pcap', pcap(hidden.records)))
    want = {hidden.text(d): f['verdict'] for d, f in found.items()}
    t.ok(len(want) == len(found) and not {d for d in want if len(d.split('.')[0]) > 2} & found.keys(),
         'every domain has another name', sorted(want.keys() & found.keys())[:5])
    moved = {a for a, b in zip(records, hidden.records) if a != b}
    t.ok(len(moved) == len(records), 'every message was rewritten', len(records) - len(moved))
    got = {d: f['verdict'] for d, f in again.items()}
    t.ok(got == want, 'renamed and moved: the same verdicts', differences(got, want))


def check_benign(t, folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        found = findings(path)
        t.ok(found and not accused(found), f'{name}: {len(found)} domains, none is "fast-flux"', sorted(accused(found)))
        compare(t, path, set(), found)
        if 'wrccdc' in name:
            t.equal(found.get('ntp.org', {}).get('class'), 'volunteer-pool', f'{name}: the NTP pool is one')


def main():
    t, data = Tap(), shared()
    if data is None:
        t.skip('recorded traffic', 'no DEFLUX_SHARED')
        t.done()
    path = os.path.join(data, 'flux', 'fluxor-2009.pcap.gz')
    records = frames(open_file(path))
    found = check_flux(t, data, path, records)
    with tempfile.TemporaryDirectory() as to:
        check_disguised(t, to, records, found)
    check_benign(t, os.path.join(data, 'benign'))
    t.done()


if __name__ == '__main__':
    sys.exit(main())
