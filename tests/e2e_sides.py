"""Both sides of the resolver in one run: one look-up is one sighting."""
import json
import os
import tempfile

import capture as c
from scans import DEFLUX, differences, findings, lab, verdicts, write
from tap import Tap, run

WORLD = ('--scale', '0.2', '--hours', '5')
FIELDS = ('answers', 'addresses', 'names')


def check_sides(t, to):
    """Two sides are one: the side nearest to the authority, which sees each look-up once."""
    both = lab(os.path.join(to, 'both.pcap'), *WORLD, '--side', 'both')
    up = lab(os.path.join(to, 'up.pcap'), *WORLD, '--side', 'upstream')
    down = lab(os.path.join(to, 'down.pcap'), *WORLD, '--side', 'clients')
    tap = lab(os.path.join(to, 'both.dnstap'), *WORLD, '--side', 'both', '--format', 'dnstap')
    want = verdicts(findings(up), *FIELDS)
    for name, paths in (('one capture', [both]), ('one dnstap', [tap]), ('two files', [up, down]),
                        ('two files, the other first', [down, up])):
        got = verdicts(findings(*paths), *FIELDS)
        t.ok(want and got == want, f'{name}: as the side of the authorities alone', differences(got, want))
    t.ok(verdicts(findings(down), *FIELDS) != want, 'the sides are not the same by themselves')


def check_turning_alias(t, to):
    """An alias that leads to another name each time: a resolver asks for the addresses of each apart."""
    www, up, down = c.name('www', 'front', 'com'), [], []
    for i in range(60): # 40 names, half of them twice
        at = 1700000000 + i * 900
        target = c.name('n', f'back{i % 40}', 'net')
        alias = c.record(www, c.CNAME, target, 60)
        address = c.record(target, c.A, bytes([60 + i % 40, 4 * i, 9, 1 + i]), 60)
        up += [(at, c.packet(c.response(www, c.A, [alias]))), (at, c.packet(c.response(target, c.A, [address])))]
        down.append((at, c.packet(c.response(www, c.A, [alias, address]))))
    up, down = (write(to, n, c.pcap(x)) for n, x in (('turn-up.pcap', up), ('turn-down.pcap', down)))
    fields = ('addresses', 'kind', 'carrier', 'first_seen')
    want = findings(down)['front.com']
    got = findings(up)['front.com']
    turnover = [[e['value'] for e in f['evidence'] if e['feature'] == 'turnover'] for f in (got, want)]
    t.ok(got['addresses'] == want['addresses'] == 60, 'an alias that turns: all its members are seen', got)
    t.ok(turnover[0] == turnover[1] and turnover[0], 'and that they came one after the other', turnover)
    t.ok([got[k] for k in fields] == [want[k] for k in fields], 'as clients see it', (got, want))
    # without --all only those newcomers get a profile that somebody looks at
    plain = json.loads(run(DEFLUX, 'scan', '-q', '--format', 'jsonl', up).stdout or '{}')
    t.ok(plain == got and plain['carrier'] == 'CNAME', 'accused, with names that were looked up once', plain)
    told = run(DEFLUX, 'explain', 'www.front.com', up).stdout
    t.ok('40 names, the last: n.back19.net' in told, 'explain says how many names it led to', told)


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        check_sides(t, to)
        check_turning_alias(t, to)
    t.done()


main()
