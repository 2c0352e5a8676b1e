"""`deflux records`: what is a record, that all forms of odd names and data come back, and that memory is bounded."""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

import capture as c
from tap import Tap, run

DEFLUX = sys.argv[1]
LONG = [b'l' * 63, b'm' * 63, b'n' * 63, b'o' * 49, b'example', b'com'] # 255 octets with the lengths and the root
ODD = [
    [b'with.dot', b'example', b'com'],
    [b'nul\0octet', b'example', b'com'],
    [b'MiXeD', b'ExAmPlE', b'CoM'],
    [b'back\\slash', b'quo"te', b'com'],
    [b'blank and\ttab', b'example', b'com'],
    [bytes(range(128, 160)), b'\xff', b'com'],
    [b'*', b'_tcp', b'example', b'com'],
    [b'<b>&\'x', b'<script>alert(1)</script>', b'com'],
    [b'=1+1', b'=cmd|calc', b'com'],
    [b'comma,semi;', b'a,b', b'com'],
    LONG,
]
FIELDS = ['rrname', 'rrtype', 'rdata', 'time_first', 'time_last', 'count']


def lower(labels):
    return [x.lower() for x in labels]


def messages():
    """One response for each odd name, and records of every kind."""
    out, at = [], 1700000000
    for i, labels in enumerate(ODD):
        owner = c.name(*labels)
        for k in range(2): # each twice
            out.append((at + 10 * i + 5 * k, c.response(owner, c.A, [c.record(owner, c.A, bytes([93, 184, i, 9]))],
                                                        [c.record(owner, c.NS, owner)])))
    x = c.name('x', 'com')
    rows = [(c.MX, b'\0\x0a' + b'\xc0\x0c'), (c.TXT, b'\x04a"\\\0' + bytes([3]) + b'\xff \n'),
            (c.SOA, b'\xc0\x0c' + b'\xc0\x0c' + bytes(range(20))), (c.AAAA, bytes([32, 1, 13, 184]) + bytes(12)),
            (c.HTTPS, b'\0\1\0' + b'\0\4\0\4\xc0\0\2\1'), (65280, b'\x0a\x0b'), (257, b'\0\5issueca.x; a'),
            (c.RRSIG, bytes(18) + b'\0' + b'sig'), (c.CNAME, b'\xc0\x0c')]
    out.append((at, c.response(x, 255, [c.record(b'\xc0\x0c', kind, data) for kind, data in rows], [],
                               [c.record(b'\0', c.OPT, b'', 0, 4096),
                                c.record(b'\xc0\x0c', c.A, b'\1\2\3\4', 0, 3)]))) # of class CHAOS
    out.append((at, c.response(x, c.A, [c.record(x, c.A, b'\1')]))) # malformed
    return [(when, c.packet(m)) for when, m in out]


def records(path, *options):
    out = run(DEFLUX, 'records', *options, path)
    return out, [json.loads(line) for line in out.stdout.splitlines()]


def check_names(t, rows):
    addresses = {tuple(c.octets_of(r['rrname'])): r for r in rows if r['rrtype'] == 'A'}
    for i, labels in enumerate(ODD):
        row = addresses.get(tuple(lower(labels)), {})
        t.equal([row.get(k) for k in FIELDS[2:]],
                [f'93.184.{i}.9', 1700000000 + 10 * i, 1700000005 + 10 * i, 2], f'A of {labels!r:.60}')
    t.equal(len(addresses), len(ODD), 'no other A records')
    servers = {tuple(c.octets_of(r['rrname'])): tuple(c.octets_of(r['rdata'])) for r in rows if r['rrtype'] == 'NS'}
    t.equal(servers, {tuple(lower(x)): tuple(lower(x)) for x in ODD}, 'NS records, names in the data too')


def check_data(t, rows):
    got = {r['rrtype']: r['rdata'] for r in rows if r['rrname'] == 'x.com'}
    t.equal(got, {
        'MX': '10 x.com', 'TXT': '"a\\"\\\\\\000" "\\255 \\010"', 'AAAA': '2001:db8::', 'CNAME': 'x.com',
        'SOA': 'x.com x.com 66051 67438087 134810123 202182159 269554195', 'HTTPS': '1 . ipv4hint=192.0.2.1',
        'TYPE65280': '\\# 2 0a0b', 'CAA': '0 issue "ca.x; a"',
    }, 'data of each type; no OPT, no RRSIG, no other class')


def check_order(t, text, rows):
    t.ok(all(list(r) == FIELDS for r in rows), 'the fields of the Common Output Format')
    keys = [(c.octets_of(r['rrname'])[::-1], r['rrtype'], r['rdata']) for r in rows]
    t.ok([k[0] for k in keys] == sorted(k[0] for k in keys), 'sorted, a domain together')
    t.equal(len({json.dumps(k, default=repr) for k in keys}), len(keys), 'each record once')
    t.ok(text.isascii() and '\0' not in text, 'printable')


def check_domain(t, pcap):
    _, rows = records(pcap, '-q', '--domain', 'example.com')
    want = sum(1 for x in ODD if lower(x)[-2:] == [b'example', b'com'])
    t.equal(len({r['rrname'] for r in rows}), want, '--domain: what lies below it')
    _, rows = records(pcap, '-q', '--since', '1700000099', '--until', '1700000105')
    t.equal({(r['rrname'][:3], r['count']) for r in rows}, {('lll', 1)}, '--since and --until')


def check_scan(t, pcap, cof):
    """The same names through scan, and explained."""
    want = {tuple(lower(x)[-2:]) for x in ODD}
    for what, path in (('pcap', pcap), ('records', cof)):
        out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--all', path)
        got = {tuple(c.octets_of(json.loads(line)['domain'])) for line in out.stdout.splitlines()}
        t.equal(got, want, f'scan finds each domain in the {what}')
    text = run(DEFLUX, 'scan', '-q', '--format', 'csv', '--all', pcap).stdout
    t.ok("\n'=cmd|calc.com," in text and '\n"a,b.com",' in text, 'CSV guards and quotes names', text)
    name = '<script>alert\\(1\\)</script>.com'
    page = run(DEFLUX, 'explain', '-q', '--format', 'html', name, pcap).stdout
    t.ok('&lt;script&gt;alert(1)&lt;/script&gt;.com' in page and '<script' not in page, 'a page escapes names', page[:500])
    plain = run(DEFLUX, 'explain', '-q', '-v', 'a.nul\\000octet.example.com', pcap).stdout
    t.ok('nul\\000octet.example.com' in plain and 'with\\.dot.example.com' in plain, 'explain takes and shows escapes',
         plain)


def check_memory(t, to):
    """More records than fit: written early, none lost, and the memory kept to."""
    path, n = os.path.join(to, 'many.cof'), 400000
    with open(path, 'w', encoding='ascii') as f:
        for i in range(n):
            k = i % (n // 2) # each a second time, long after
            f.write(f'{{"rrname":"n{k}.example.com","rrtype":"A","rdata":"10.{k >> 16}.{k >> 8 & 255}.{k & 255}",'
                    f'"time_first":{1600000000 + i},"time_last":{1600000000 + i},"count":1}}\n')
    with subprocess.Popen([DEFLUX, 'records', '--memory', '32M', path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding='ascii') as p:
        rows = [json.loads(line) for line in p.stdout]
        errors = p.stderr.read()
    t.ok(p.returncode == 0 and 'written early for --memory' in errors, 'it says what memory did', errors)
    seen = {}
    for r in rows:
        seen[r['rrname']] = seen.get(r['rrname'], 0) + r['count']
    t.ok(len(seen) == n // 2 and set(seen.values()) == {2}, 'every record and every sighting is there', len(seen))
    with open(DEFLUX, 'rb') as f:
        if re.search(rb'__[at]san_init', f.read()):
            t.skip('--memory 32M', 'a sanitizer holds memory of its own')
            return
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    t.ok(peak < 64, f'--memory 32M: {peak} MiB at the most')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        check_memory(t, to) # first: the peak is of all children so far
        pcap, cof = os.path.join(to, 'odd.pcap'), os.path.join(to, 'odd.cof')
        with open(pcap, 'wb') as f:
            f.write(c.pcap(messages()))
        out, rows = records(pcap)
        t.ok(out.returncode == 0 and 'malformed' in out.stderr, 'records: status 0, the malformed message is counted',
             f'{out.returncode} {out.stderr}')
        check_names(t, rows)
        check_data(t, rows)
        check_order(t, out.stdout, rows)
        check_domain(t, pcap)
        t.equal(run(DEFLUX, 'records', '-q', '-o', cof, pcap).returncode, 0, 'records -o')
        again, _ = records(cof, '-q')
        t.ok(again.stdout == out.stdout, 'read again, the same records, octet for octet')
        check_scan(t, pcap, cof)
    t.done()


main()
