"""Same input, same octets out: whatever the threads, the memory, the bucket keys (random in each run), the files."""
import itertools
import os
import random
import tempfile

import capture as c
from crowds import address, crowd
from dnswire import frames, open_file, pcap
from scans import DEFLUX, accused, counts, differences, findings, lab, lines, sanitizer, write
from tap import Tap, run

THREADS = (1, 2, 3, 16)
MEMORY = {'ample': '4G', 'a quarter': '1G', 'tiny': '32M'} # tiny: the least there is; the crowd does not fit in
KEYS = 5
SEEDED = ['verdict', 'kind', 'carrier', 'names', 'addresses', 'answers'] # what does not change with --seed
MEMO = 'exact repeats that were not parsed again' # of work saved, which depends on who does it
SECOND, DAY = 10**9, 86400 * 10**9


def traffic(to, small):
    """A lab with a crowd in between: (nanoseconds, frame), no two at one time."""
    path = lab(os.path.join(to, 'lab.pcap'), '--scale', '0.1' if small else '0.2', '--hours', '3' if small else '5')
    records = [(ns // 1000 * 1000, frame) for ns, frame in frames(open_file(path))]
    start, end = records[0][0], records[-1][0]
    size = (40, 20) if small else (400, 60)
    records += [(ns // 1000 * 1000, f) for ns, f in crowd(start, end - start, *size)]
    records.sort(key=lambda r: r[0])
    out = {}
    for ns, frame in records: # equal times have an order of their own; not the matter here
        while ns in out:
            ns += 1000
        out[ns] = frame
    return sorted(out.items())


def seven(to, records):
    size = len(records) // 7 + 1
    return [write(to, f'part{i}.pcap', pcap(records[i * size:i * size + size])) for i in range(7)]


def arrangements(to, records):
    """The same records in several files and orders."""
    parts = seven(to, records)
    mixed = parts[:]
    random.Random(2).shuffle(mixed)
    return {'one file': [write(to, 'one.pcap', pcap(records))], 'seven files': parts, 'seven, backwards': parts[::-1],
            'seven, mixed': mixed}


def settings(inputs, small):
    """Every number of threads with every arrangement; a quarter of the memory with some."""
    for memory, threads, how in itertools.product(MEMORY, THREADS[1::2] if small else THREADS, inputs):
        if memory != 'a quarter' or (threads in THREADS[::3] and how in ('one file', 'seven, mixed')):
            yield memory, threads, how


def findings_of(text):
    return {line.split('"')[3] for line in text.splitlines() if '"verdict":"fast-flux"' in line}


def check_all(t, inputs, small):
    """Every setting against the first of its memory."""
    first = {}
    for memory, threads, how in settings(inputs, small):
        got = lines('--memory', MEMORY[memory], '--threads', threads, *inputs[how])
        want = first.setdefault(memory, got)
        t.ok(got == want, f'memory {memory}, {threads} threads, {how}', 'not the same octets')
    found = {k: findings_of(v) for k, v in first.items()}
    t.ok(found['ample'] and all(f == found['ample'] for f in found.values()), 'less memory: the same findings', found)
    t.ok(small or first['ample'] == first['a quarter'], 'a quarter of the memory: the same octets')
    return first


def check_keys(t, path, first):
    for memory, want in first.items():
        same = sum(lines('--memory', MEMORY[memory], path) == want for _ in range(KEYS))
        t.equal(same, KEYS, f'memory {memory}: {KEYS} runs, each with keys of its own')
        t.ok(lines('--memory', MEMORY[memory], '--no-memo', path) == want, f'memory {memory}: --no-memo')
    evicted = {m: counts('--memory', MEMORY[m], path)['evictions for --memory'] for m in MEMORY}
    t.ok(evicted['tiny'] > 0 and evicted['ample'] == evicted['a quarter'] == 0, 'only tiny memory evicts', evicted)


def check_table(t, inputs):
    want = run(DEFLUX, 'scan', '--threads', 1, *inputs['one file'])
    t.ok('fast flux' in want.stdout and want.returncode == 1, 'the table', want.stdout[-300:])
    for threads in THREADS[1:]:
        for memo in ([], ['--no-memo']):
            got = run(DEFLUX, 'scan', '--threads', threads, '--memory', MEMORY['ample'], *memo, *inputs['one file'])
            t.equal(got.stdout, want.stdout, f'the table and its summary, {threads} threads {"".join(memo)}')
    quiet = run(DEFLUX, 'scan', '-q', *inputs['one file']).stdout
    t.equal(run(DEFLUX, 'scan', '-q', *inputs['seven, mixed']).stdout, quiet, 'the table out of seven files')


def check_permuted(t, to, records, want):
    """Records late by less than the window of 2 seconds."""
    r = random.Random(3)
    moved = sorted(records, key=lambda x: x[0] + r.randrange(19 * SECOND // 10))
    path = write(to, 'late.pcap', pcap(moved))
    t.ok(moved != records and lines('--memory', MEMORY['ample'], path) == want, 'permuted within the window: the same')
    late = 'late records, used'
    t.ok(counts(path)[late] == 0 < counts('--window', '1s', path)[late], 'a smaller window does not put them in order')


def check_dates(t, to, records, want):
    """One record whose date is wrong, wherever it stands."""
    path = os.path.join(to, 'one.pcap')
    before, wrong = counts(path), 'records with a time that no other agrees with'
    stray = c.name('stray', 'example', 'com')
    frame = c.packet(c.response(stray, c.A, [c.record(stray, c.A, address(1))]))
    for year, ns in (('2106', 4291747200 * SECOND), ('1970', 0), ('the year before', records[0][0] - 366 * DAY)):
        for where, at in (('first', 0), ('amid', len(records) // 2), ('last', len(records))):
            path = write(to, 'dated.pcap', pcap(records[:at] + [(ns, frame)] + records[at:]))
            after = counts(path)
            changed = {k: after[k] - before[k] for k in before if after[k] != before[k] and k != MEMO}
            t.ok(changed == {wrong: 1, 'records (packets, frames, lines)': 1} and lines(path) == want,
                 f'a record of {year}, {where}: one counter', changed)


def three(n):
    """A domain whose alias leads to a second, whose servers lie in a third; its addresses flux."""
    www, edge, zone = c.name('www', 'asked', 'com'), c.name('edge', 'target', 'net'), c.name('asked', 'com')
    server = c.name('ns1', 'servers', 'org')
    answer = [c.record(www, c.CNAME, edge, 300)]
    answer += [c.record(edge, c.A, address(n * 5 + k * 7919), 180) for k in range(5)]
    return c.packet(c.response(www, c.A, answer, [c.record(zone, c.NS, server)],
                               [c.record(server, c.A, address(n * 3 + 500))]))


def check_partitions(t, to, lab_records):
    """--seed moves domains to other partitions: each sees what the others hold all the same."""
    start = lab_records[0][0]
    own = [(start + i * 600 * SECOND + 3000, three(i)) for i in range(30)]
    path = write(to, 'three.pcap', pcap(sorted(own + lab_records, key=lambda r: r[0])))
    names, want = {'asked.com', 'target.net', 'servers.org'}, None
    for seed in range(8):
        found = {d: f for d, f in findings('--seed', seed, path).items()}
        told = {d: [f[k] for k in SEEDED] for d, f in found.items()}
        want = want or told
        t.ok(told == want, f'--seed {seed}: other partitions, same verdicts', differences(told, want))
    t.ok(names <= want.keys(), 'all three are told of', sorted(names - want.keys()))
    t.ok({'asked.com', 'target.net'} <= accused(found), 'the alias and where it leads are accused',
         [(d, want.get(d)) for d in sorted(names)])


def main():
    t, small = Tap(), sanitizer() != ''
    with tempfile.TemporaryDirectory() as to:
        records = traffic(to, small)
        inputs = arrangements(to, records)
        first = check_all(t, inputs, small)
        if small:
            t.done()
        check_keys(t, inputs['one file'][0], first)
        check_table(t, inputs)
        check_permuted(t, to, records, first['ample'])
        check_dates(t, to, records, first['ample'])
        check_partitions(t, to, frames(open_file(os.path.join(to, 'lab.pcap'))))
    t.done()


main()
