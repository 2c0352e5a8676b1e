"""Every recorded and every malformed file is read without a crash, and the messages counted are those tshark counts."""
import gzip
import json
import os
import shutil
import struct
import tempfile

import capture as c
from dnswire import Message, frames, open_file
from scans import DEFLUX, counts, write
from tap import Tap, run, shared

# Captures where the two disagree: messages by tshark and by deflux, and why.
DISAGREE = {
    'dnscap/dnso1tcp-bighole.pcap': (41, 76, 'tshark takes no more of a connection behind its first hole; deflux '
                                             'counts two messages lost in holes and reads on behind them'),
    'dnscap/do1t-nosyn-1nolen.pcap': (2, 3, 'the capture begins behind the length octets of a query: tshark takes its '
                                            'first octets for a length and loses both queries; deflux counts the first '
                                            'as lost and finds the second'),
}
REFUSED = 'expected a capture' # in the one line about a file that is no input
PLAIN = {'dnstap/dnstap.text', 'dnstap/query.auth', 'dnstap/query.recursive', 'dnstap/response.auth',
         'dnstap/response.recursive', # texts and hexadecimal
         'dnstap/correct_query_nanosec.dnstap', 'dnstap/correct_response_nanosec.dnstap',
         'dnstap/invalid_message_type.dnstap', 'dnstap/query_time_nanosec_big.dnstap',
         'dnstap/response_time_nanosec_big.dnstap'} # one protobuf message without Frame Streams around it
BY_PORT = {137, 5353, 5355} # NetBIOS, mDNS, LLMNR: rows of Zeek that are no DNS here


def below(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder)
                  for at, _, names in os.walk(folder) for name in names)


def data_frames(octets):
    """Data frames of Frame Streams."""
    at, n = 0, 0
    while at + 4 <= len(octets):
        size = struct.unpack('!I', octets[at:at + 4])[0]
        if size == 0:
            at += 8 + struct.unpack('!I', octets[at + 4:at + 8])[0]
        else:
            n, at = n + 1, at + 4 + size
    return n


def count_rows(name, octets):
    """Messages in a file of formats/, told by the plainest reading."""
    rows = [line for line in octets.decode('utf-8', 'replace').splitlines() if line and line[0] != '#']
    if name.startswith('cof/'):
        return len(rows)
    if name.startswith('dnstap/'):
        return data_frames(octets)
    if name.startswith('eve/'):
        return sum(json.loads(row)['event_type'] == 'dns' for row in rows)
    if rows and rows[0][0] == '{':
        rows = [json.loads(row) for row in rows]
        return sum('query' in r and r['qclass'] == 1 and not {r['id.orig_p'], r['id.resp_p']} & BY_PORT for r in rows)
    return {'bad_ttl.log': 1, 'nbtstat.log': 0}[os.path.basename(name)] # port 137


def check_formats(t, folder):
    for name in below(folder):
        path = os.path.join(folder, name)
        out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--all', path)
        if name in PLAIN:
            t.ok(out.returncode == 2 and REFUSED in out.stderr and out.stderr.count('\n') == 1 and not out.stdout,
                 f'{name}: refused in one line', f'{out.returncode} {out.stderr}')
            continue
        t.ok(out.returncode == 0 and not out.stderr, f'{name}: read', f'{out.returncode} {out.stderr}')
        t.equal(counts(path)['messages'], count_rows(name, open_file(path)), f'{name}: messages')


def by_tshark(path):
    out = run('tshark', '-r', path, '-Y', 'dns', '-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=,', '-e',
              'dns.id')
    return sum(len(line.split(',')) for line in out.stdout.splitlines() if line)


def check_captures(t, folder):
    for name in below(folder):
        path = os.path.join(folder, name)
        mine, theirs = counts(path)['messages'], by_tshark(path)
        if name in DISAGREE:
            want, why = DISAGREE[name][:2], DISAGREE[name][2]
            t.equal((theirs, mine), want, f'{name}: not as tshark, since {why}')
        else:
            t.ok(mine == theirs and mine > 0, f'{name}: {mine} messages, as tshark', f'tshark {theirs}')


def is_broken(message):
    try:
        Message(message)
    except (IndexError, ValueError, struct.error):
        return True
    return False


def check_malformed(t, folder, to):
    """As files they are no input; as datagrams from a server each is a message, however broken."""
    out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', folder)
    names = below(folder)
    t.ok(out.returncode == 2 and not out.stdout and 0 < out.stderr.count('\n') <= len(names),
         f'{len(names)} malformed messages as files: refused', f'{out.returncode} {out.stderr[-300:]}')
    packets, fit, broken = [], 0, 0
    for i, name in enumerate(names):
        with open(os.path.join(folder, name), 'rb') as f:
            message = f.read()
        if len(message) <= 65000:
            packets.append((1700000000 + i, c.packet(message)))
            fit += len(message) >= 12
            broken += is_broken(message)
    path = write(to, 'malformed.pcap', c.pcap(packets))
    found = counts(path)
    t.equal(found['messages'], fit, f'{fit} as datagrams: each is a message that has a header')
    t.ok(found['malformed messages'] == broken > 5, f'{broken} are malformed, as a reader of ten lines finds', found)
    t.equal(found['records (packets, frames, lines)'], len(packets), 'and each packet is counted')
    for verb in (['scan', '--all', '--format', 'jsonl'], ['records']):
        out = run(DEFLUX, *verb, '-q', path)
        t.ok(out.returncode in (0, 1) and not out.stderr, f'{verb[0]}: status {out.returncode}', out.stderr)


def check_squeezed(t, folder, to):
    """A capture is the same, compressed, and cut short at any place it keeps what stands before."""
    path = os.path.join(folder, 'dnscap', 'dns.pcap')
    with open(path, 'rb') as f:
        octets = f.read()
    want = counts(path)['messages']
    t.equal(counts(write(to, 'again.gz', gzip.compress(octets)))['messages'], want, 'compressed: as many')
    places = range(24, len(octets), 997)
    got = [counts(write(to, 'cut.pcap', octets[:n]))['records (packets, frames, lines)'] for n in places]
    whole = [len(frames(octets[:n])) for n in places]
    t.ok(all(w <= g <= w + 1 for g, w in zip(got, whole)), 'cut: no whole record is lost', [*zip(got, whole)])


def main():
    t, data = Tap(), shared()
    if data is None or shutil.which('tshark') is None:
        t.skip('recorded files', 'no DEFLUX_SHARED' if data is None else 'no tshark')
        t.done()
    with tempfile.TemporaryDirectory() as to:
        check_formats(t, os.path.join(data, 'formats'))
        check_captures(t, os.path.join(data, 'captures'))
        check_malformed(t, os.path.join(data, 'malformed'), to)
        check_squeezed(t, os.path.join(data, 'captures'), to)
    t.done()


main()
