"""What `make evaluate` reads and keeps: dnstap, the lab's truth, the lines of a scan, recorded traffic."""
import os
import struct
import sys
import tempfile

from tap import ROOT, Tap

sys.path.insert(0, ROOT)
from evaluate import anchors, dnstap, worlds # noqa: E402

START = struct.pack('!III', 0, 4, 2)


def varint(n):
    out = b''
    while n >= 0x80:
        out, n = out + bytes([n & 0x7f | 0x80]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(name, answers=1):
    labels = b''.join(bytes([len(x)]) + x for x in name.encode().split(b'.'))
    return struct.pack('!6H', 1, 0x8400, 1, answers, 0, 0) + labels + b'\0' + struct.pack('!HH', 1, 1)


def frame(second, name, answers=1):
    inside = field(1, 4) + field(12, second) + varint(13 << 3 | 5) + b'\0\0\0\0' + field(14, message(name, answers))
    data = field(1, b'lab') + field(14, inside) + field(15, 1)
    return struct.pack('!I', len(data)) + data


def question_only(name):
    data = field(14, field(1, 3) + field(10, message(name, 0)))
    return struct.pack('!I', len(data)) + data


def cut(t, to):
    kept = [frame(10, 'a.com'), frame(11, 'www.A.com', 0), frame(12, 'x.co.uk'), frame(20, 'b.a.com')]
    gone = [frame(30, 'a.com'), frame(31, 'a.com', 0)]
    others = [frame(32, 'a.net'), frame(33, 'com'), question_only('a.com')]
    path, out = os.path.join(to, 'in'), os.path.join(to, 'out')
    with open(path, 'wb') as f:
        f.write(b''.join([START, *kept, *gone, *others, dnstap.FINISH]))
    times = dnstap.cut(path, out, ['a.com', 'x.co.uk', 'never.org'], 2)
    t.equal(times, {'a.com': [10, 20, 30], 'x.co.uk': [12]}, 'when each domain was answered for')
    with open(out, 'rb') as f:
        t.equal(f.read(), b''.join([START, *kept, *others, dnstap.FINISH]), 'what comes after two answers is gone')
    t.equal(dnstap.varint(b'\xac\x02', 0), (300, 2), 'a number of two octets')


LINE = {'domain': 'a.com', 'verdict': 'fast-flux', 'llr_db': 61.5, 'class': 'flux', 'network': 'bod-bad',
        'decided_at': '2026-03-01T01:00:02.5Z', 'answers': 7, 'addresses': 30, 'asns': 20,
        'evidence': [{'feature': 'ttl', 'value': 300, 'weight': -2.0}, {'feature': 'size', 'value': 30, 'weight': 9.0},
                     {'feature': 'spread', 'value': 20, 'weight': -1}]}
TRUTH = {'domain': 'a.com', 'class': 'flux', 'flux': True, 'network': 'flux-3', 'operator': 'flux-3', 'mechanism': 'double',
         'members': ['1.2.3.4', '2.3.4.5'], 'servers': [], 'members_first': [30, 10], 'servers_first': [20],
         'independent': 2, 'lookups': 9}


def reduced(t):
    found = worlds.Found(worlds.Found.reduced(LINE))
    t.equal((found.verdict, found.decided, found.networks), ('fast-flux', 3602, 20), 'a line of a scan')
    t.equal((found.against(), found.value('size'), found.value('shared')), ('ttl', 30, None), 'what it says for and against')
    t.equal(worlds.Found(worlds.Found.reduced({**LINE, 'evidence': LINE['evidence'][1:2]})).against(), None, 'no evidence against')
    found = worlds.Found(worlds.Found.reduced({**LINE, 'decided_at': None}))
    t.equal(found.decided, None, 'undecided as yet')
    truth = worlds.Truth(worlds.Truth.reduced(TRUTH, [worlds.START + 5, worlds.START + 9]))
    t.equal((truth.members, truth.fifteenth, truth.firsts, truth.times, truth.twin), (2, None, [10, 20, 30], [5, 9], False),
            'a line of the truth')
    truth = worlds.Truth(worlds.Truth.reduced({**TRUTH, 'flux': False, 'twin_of': 'flux-1'}, [1, 2, 3]))
    t.equal((truth.times, truth.firsts, truth.twin), (3, None, True), 'of an honest one, less is kept')
    t.equal(len({s.key() for s in worlds.main_scans()}), 10, 'ten scans, each kept under a name of its own')


def pruned(t):
    """Why is asked of flux and of the accused alone."""
    truth = {'f.com': worlds.Truth.reduced(TRUTH, []), 'h.com': worlds.Truth.reduced({**TRUTH, 'flux': False}, [])}
    rows = {name: worlds.Found.reduced({**LINE, 'verdict': verdict}) for name, verdict in
            (('f.com', 'benign'), ('h.com', 'undecided'), ('x.com', 'benign'), ('y.com', 'fast-flux'))}
    kept_ = {name: bool(worlds.Found(values).evidence) for name, values in worlds.pruned(rows, truth).items()}
    t.equal(kept_, {'f.com': True, 'h.com': False, 'x.com': False, 'y.com': True}, 'whose evidence is kept')


def members(t):
    v4 = [f'192.0.{i}.{k}' for i in range(20) for k in (1, 2)]
    v6 = [f'2001:db8:{i:x}::1' for i in range(17)]
    for more, want, name in (({'independent': 9, 'members': v4}, 9, 'as the lab counts, below fifteen'),
                             ({'members': v4}, 20, 'two of a /24 are one'),
                             ({'members': v4 + v6}, 20, 'a second address is no member'),
                             ({'members': v6 + v4[:4]}, 17, 'by their /48s, where there are more'),
                             ({'members': v4, 'decoys': 3}, 17, 'decoys are none'),
                             ({'members': v4, 'decoys': 9}, 15, 'but fifteen there are'),
                             ({'members': v4[:2], 'servers': v4[2:], 'kind': 'ns-only'}, 20, 'name servers that flux are'),
                             ({'members': v4[:2], 'servers': v4[2:], 'kind': 'single'}, 15, 'others are not')):
        t.equal(worlds.groups({'independent': 15, 'servers': [], **more}), want, f'independent members: {name}')


def kept(t, to):
    program = os.path.join(to, 'program')
    with open(program, 'wb') as f:
        f.write(b'one')
    maker = worlds.Maker(program, os.path.join(to, 'kept'), 1, 48)
    t.equal(maker.read(7, 'truth'), None, 'nothing is kept yet')
    maker.keep(7, 'truth', {'a.com': [1, None]})
    t.equal(worlds.Maker(program, maker.folder, 1, 48).read(7, 'truth'), {'a.com': [1, None]}, 'kept for the next run')
    t.equal((maker.read(8, 'truth'), maker.read(7, 'scan'), worlds.Maker(program, maker.folder, 2, 48).read(7, 'truth')),
            (None, None, None), 'not for another seed, scan or scale')
    made_up = worlds.Maker(program, maker.folder, 1, 48, ['--made-up'])
    t.equal((made_up.read(7, 'truth'), made_up.table('--asn-table', to), maker.table('--asn-table', to)),
            (None, ['--asn-table', os.path.join(to, 'networks.csv')], []), 'made-up networks are others, and told')
    with open(program, 'wb') as f:
        f.write(b'two')
    t.equal(worlds.Maker(program, maker.folder, 1, 48).read(7, 'truth'), None, 'nor for another program')


def recorded(t, to):
    for name, text in (('t.tsv', '# domain lookups addresses label\na.com\t9\t20\tflux\nb.com\t3\t6\tflux\nc.com\t1\t1\tunsure\n'),
                       ('README.md', 'TTL 172,800 and one small set (x.com, y.tk): nothing there')):
        with open(os.path.join(to, name), 'w', encoding='utf-8') as f:
            f.write(text)
    t.equal(anchors.labelled(os.path.join(to, 't.tsv')), {'a.com': 20, 'b.com': 6}, 'labels of recorded traffic')
    t.equal(anchors.look_alikes(os.path.join(to, 'README.md')), {'x.com', 'y.tk'}, 'and what only looks like it')
    none = anchors.Anchors(None, os.path.join(to, 'nowhere'))
    t.equal((none.flux, none.honest, len(none.missing)), (None, [], 4), 'none of it is there')
    none.flux, none.labelled = anchors.Anchor('x', 3, {'deflux': ['a.com', 'c.com']}), {'a.com': 20, 'b.com': 6}
    t.equal((none.recall('deflux'), none.recall('deflux', 15)), ((1, 2), (1, 1)), 'recall among the labelled')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        cut(t, to)
        reduced(t)
        pruned(t)
        members(t)
        kept(t, to)
        recorded(t, to)
    t.done()


main()
