"""scan --state: a capture in pieces is the capture in one; what is kept survives kills and full disks; damage is told."""
import collections
import datetime
import fcntl
import json
import os
import random
import resource
import shutil
import signal
import statistics
import struct
import subprocess
import tempfile
import termios
import time

from crowds import crowd
from dnswire import frames, open_file, pcap
from scans import DEFLUX, accused, lab, sanitizer, write
from tap import Tap, run

MONTH_H, DAY_S, TICK_S = 28 * 24, 86400, 600
HEAD_OCTETS = 80 # of the file of state; rows of sections stand behind it
ROW_OCTETS = 40
SLOW = 5 # new members a day at the most
CONTINUED, AGAIN, KEPT = 'Continued from a state of', 'to begin anew', 'could not be kept'
START = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)


def scan(state, *command, form=('--format', 'jsonl', '--all', '-q'), **options):
    return run(DEFLUX, 'scan', '--state', state, *form, *command, **options)


def whole(*command):
    return run(DEFLUX, 'scan', '--format', 'jsonl', '--all', '-q', *command).stdout


def pieces(to, records, n):
    size = len(records) // n + 1
    return [write(to, f'{n}-{i}.pcap', pcap(records[i * size:i * size + size])) for i in range(n)]


def hours(to, records):
    """Cut where a pass feeds the member space: at multiples of ten minutes."""
    parts = {}
    for ns, frame in records:
        parts.setdefault(ns // (TICK_S * 10**9) // 6, []).append((ns, frame))
    return [write(to, f'hour{k}.pcap', pcap(part)) for k, part in sorted(parts.items())]


def piecewise(to, paths, *options):
    """What is found when the files are read one after the other, with state between."""
    state = os.path.join(to, 'pieces')
    shutil.rmtree(state, ignore_errors=True)
    for i, path in enumerate(paths):
        mine = options[i % len(options)] if options and isinstance(options[0], tuple) else options
        out = scan(state, *mine, path)
        if out.returncode not in (0, 1) or out.stderr:
            raise RuntimeError(f'{path}: status {out.returncode}: {out.stderr}')
    return out.stdout


def traffic(to):
    """A lab with a crowd that does not fit into the least memory; no two at one time."""
    path = lab(os.path.join(to, 'lab.pcap'), '--scale', '0.2', '--hours', '6')
    records = [(ns // 1000 * 1000, frame) for ns, frame in frames(open_file(path))]
    start, end = records[0][0], records[-1][0]
    records += [(ns // 1000 * 1000, f) for ns, f in crowd(start, end - start, 400, 60)]
    return sorted({ns: frame for ns, frame in records}.items())


def check_pieces(t, to, records):
    one = write(to, 'one.pcap', pcap(records))
    for memory in ('4G', '32M'):
        want = whole('--memory', memory, one)
        t.ok('fast-flux' in want, f'memory {memory}: something is found')
        for n in (2, 7):
            for threads in (1, 2):
                got = piecewise(to, pieces(to, records, n), '--memory', memory, '--threads', threads)
                t.ok(got == want, f'memory {memory}, {threads} threads, in {n}: the same octets')
        t.ok(piecewise(to, hours(to, records), '--memory', memory) == want, f'memory {memory}, by the hour: the same octets')
    mixed = piecewise(to, pieces(to, records, 7), ('--threads', 1), ('--threads', 3, '--no-memo'))
    t.ok(mixed == whole(one), 'other threads in each piece, and no memo in some')


def check_vantages(t, to, records):
    """Named points are told by their names, in whatever order they are given."""
    parts = pieces(to, records, 4)
    state = os.path.join(to, 'vantages')
    for order in ([('north', 0), ('south', 1)], [('south', 3), ('north', 2)]):
        out = scan(state, *(w for name, i in order for w in ('--vantage', name, parts[i])))
    want = whole('--vantage', 'north', parts[0], '--vantage', 'south', parts[1], '--vantage', 'north', parts[2],
                 '--vantage', 'south', parts[3])
    t.ok(out.stdout == want, 'vantage points by name')


def check_words(t, to, paths):
    state = os.path.join(to, 'words')
    first = scan(state, paths[0], form=())
    t.ok('There was no state yet.' in first.stdout and CONTINUED not in first.stdout, 'the first run says so')
    second = scan(state, paths[1], form=())
    said = ' '.join(second.stdout.split())
    t.ok(f'{CONTINUED} ' in said and 'saved at capture time 2026-03-01T0' in said, 'the second says what it went on from',
         said)
    again = scan(state, paths[1], form=())
    t.equal([x.split()[0:2] for x in again.stdout.splitlines() if 'fast-flux' in x],
            [x.split()[0:2] for x in second.stdout.splitlines() if 'fast-flux' in x],
            'the same capture once more changes no verdict')
    mode = os.stat(os.path.join(state, 'state')).st_mode & 0o777
    t.equal((mode, sorted(os.listdir(state))), (0o600, ['lock', 'state']), 'one file that only its owner reads')


def refused(t, state, path, name, says, *options):
    """Status 2, one line that says it, no result, and the file as it was."""
    file = os.path.join(state, 'state')
    with open(file, 'rb') as f:
        before = f.read()
    out = scan(state, *options, path)
    with open(file, 'rb') as f:
        same = f.read() == before
    return t.ok(out.returncode == 2 and out.stdout == '' and out.stderr.count('\n') == 1 and says in out.stderr and same,
                name, f'{out.returncode}: {out.stderr}')


def check_settings(t, state, path):
    refused(t, state, path, 'another seed', 'was made with --seed 0', '--seed', 9)
    refused(t, state, path, 'another method', 'another --method', '--method', 'zeek')
    with open(os.path.join(state, 'lock'), 'r+b') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused(t, state, path, 'two at once', 'another run of deflux')
    file = os.path.join(state, 'state')
    out = scan(file, path)
    t.ok(out.returncode == 2 and 'Not a directory' in out.stderr, 'a file in place of the directory', out.stderr)
    out = scan(os.path.join(state, 'no', 'such'), path)
    t.ok(out.returncode == 2 and 'No such file' in out.stderr, 'a directory below none', out.stderr)


def check_damage(t, to, state, path):
    """Every octet of the head, some of the rest, and what is no state at all."""
    file, hurt = os.path.join(state, 'state'), os.path.join(to, 'hurt')
    with open(file, 'rb') as f:
        good = f.read()
    os.makedirs(hurt)
    empty = write(to, 'empty.pcap', pcap([]))

    def attempt(octets):
        write(hurt, 'state', octets)
        out = scan(hurt, empty)
        return out.returncode == 2 and AGAIN in out.stderr and out.stderr.count('\n') == 1 or (out.returncode, out.stderr)

    r = random.Random(4)
    rows = struct.unpack('<I', good[56:60])[0]
    sections = [struct.unpack('<IIQQ', good[at:at + 24]) for at in range(HEAD_OCTETS, HEAD_OCTETS + rows * ROW_OCTETS,
                                                                         ROW_OCTETS)]
    places = list(range(HEAD_OCTETS)) + r.sample(range(HEAD_OCTETS, HEAD_OCTETS + rows * ROW_OCTETS), 8)
    places += [at + r.randrange(n) for _, _, at, n in r.sample(sections, 12)]
    bad = [(at, got) for at in places
           if (got := attempt(good[:at] + bytes([good[at] ^ 1 << r.randrange(8)]) + good[at + 1:])) is not True]
    t.ok(not bad, f'{len(places)} octets turned, one at a time: refused', bad[:3])
    cuts = [0, 1, HEAD_OCTETS - 1, HEAD_OCTETS, HEAD_OCTETS + 100, len(good) // 2, len(good) - 1]
    bad = [(n, got) for n in cuts if (got := attempt(good[:n])) is not True]
    t.ok(not bad, 'cut short: refused', bad)
    for name, octets in (('a longer one', good + bytes(8)), ('zeros', bytes(len(good))), ('a text', b'state\n' * 100),
                         ('a capture', pcap([]))):
        t.equal(attempt(octets), True, f'{name}: refused')
    newer = good[:12] + struct.pack('<I', 99) + good[16:]
    write(hurt, 'state', newer)
    t.ok('a newer format' in scan(hurt, empty).stderr, 'a newer format is named')
    write(hurt, 'state', good)
    t.ok(scan(hurt, path).stdout == scan(state, path).stdout, 'unharmed it is used')


def limited(octets):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


def check_full(t, to, state, path):
    """No room for the file: the findings are printed, the old state stays."""
    full = os.path.join(to, 'full')
    shutil.copytree(state, full)
    want = scan(shutil.copytree(state, os.path.join(to, 'ample')), path).stdout
    with open(os.path.join(full, 'state'), 'rb') as f:
        before = f.read()
    for octets in (1000, len(before) // 2):
        out = scan(full, path, preexec_fn=limited(octets))
        with open(os.path.join(full, 'state'), 'rb') as f:
            same = f.read() == before
        t.ok(out.returncode == 2 and out.stdout == want and KEPT in out.stderr and same
             and os.listdir(full).count('state.new') == 0, f'room for {octets} octets: findings, and the old state',
             f'{out.returncode} {out.stderr}')
    t.equal(scan(full, path).stdout, want, 'with room again')


def kill_while_saving(state, path):
    """Whether it was killed between the beginning of the new file and its name."""
    new = os.path.join(state, 'state.new')
    with subprocess.Popen([DEFLUX, 'scan', '-q', '--state', state, path], stdout=subprocess.DEVNULL) as p:
        while p.poll() is None and not os.path.exists(new):
            pass
        p.send_signal(signal.SIGKILL)
        p.wait()
    return p.returncode == -signal.SIGKILL and os.path.exists(new)


def check_killed(t, to, parts):
    killed, path, state = 0, parts[1], os.path.join(to, 'before')
    scan(state, parts[0])
    for i in range(20):
        mine = shutil.copytree(state, os.path.join(to, f'killed{i}'))
        with open(os.path.join(mine, 'state'), 'rb') as f:
            before = f.read()
        if not kill_while_saving(mine, path):
            continue
        killed += 1
        with open(os.path.join(mine, 'state'), 'rb') as f:
            t.ok(f.read() == before, 'killed while saving: the old state is whole')
        t.ok(scan(mine, path).stdout == scan(state, path).stdout and 'state.new' not in os.listdir(mine),
             'the next run goes on from it')
        if killed == 2:
            return
    if killed == 0:
        t.skip('killed while saving', 'the file was always there before the signal')


def check_signal(t, to, records, want):
    """A pipe that stays open, ended by a signal: what came by then is kept."""
    state, half = os.path.join(to, 'signal'), len(records) // 2
    rest = write(to, 'rest.pcap', pcap(records[half:]))
    with subprocess.Popen([DEFLUX, 'scan', '--state', state, '-q', '-'], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as p:
        p.stdin.write(pcap(records[:half + 1])) # the last one waits to see what lies behind it, and is not used
        p.stdin.flush()
        while struct.unpack('i', fcntl.ioctl(p.stdin, termios.FIONREAD, bytes(4)))[0] != 0:
            time.sleep(0.05)
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        status = p.wait(60)
        p.stdin.close()
    t.ok(status == 1 and scan(state, rest).stdout == want, 'ended by a signal: the next run goes on from there', status)


def check_less_memory(t, to, records):
    """A state that was made with more memory than there is now."""
    parts = pieces(to, records, 2)
    state = os.path.join(to, 'less')
    scan(state, '--memory', '4G', parts[0])
    size = os.path.getsize(os.path.join(state, 'state'))
    out = scan(state, '--memory', '32M', parts[1], form=('-v',))
    given_up = 'given up for --memory' in ' '.join(out.stdout.split())
    t.ok(out.returncode == 1 and given_up and os.path.getsize(os.path.join(state, 'state')) < size,
         'less memory than before: domains are given up, and that is said', out.stdout[-900:] + out.stderr)
    out = scan(state, '--memory', '4G', parts[1])
    t.equal((out.returncode, out.stderr), (1, ''), 'and more again')


def seconds_of(text):
    return (datetime.datetime.fromisoformat(text[:19] + '+00:00') - START).total_seconds()


def new_members_a_day(x):
    """Of a flux domain in the truth, from its first member to its last."""
    first = sorted(x['members_first'])
    return (len(first) - 1) / max((first[-1] - first[0]) / DAY_S, 1) if first else 0


def decisions(found, truth):
    """(days from its first answer, members by then, new members a day) of the flux that was found."""
    for x in truth:
        f = found.get(x['domain'])
        if x['flux'] and x['members_first'] and f is not None and f['verdict'] == 'fast-flux':
            decided = seconds_of(f['decided_at'])
            yield ((decided - seconds_of(f['first_seen'])) / DAY_S, sum(s <= decided for s in x['members_first']),
                   new_members_a_day(x))


def tell(title, list_of):
    """The figures of issue 3: what it takes until flux is found."""
    days, members = sorted(d for d, _, _ in list_of), sorted(m for _, m, _ in list_of)
    if days:
        print(f'# {title}: {len(days)} found; days to decision: median {statistics.median(days):.1f}, '
              f'longest {days[-1]:.1f}; members to decision: median {statistics.median(members):.0f}, most {members[-1]}')


def check_month(t, to):
    """28 days at a low rate, with a restart half-way."""
    began = time.monotonic()
    truth = os.path.join(to, 'month.jsonl')
    path = lab(os.path.join(to, 'month.pcap'), '--world', 'wide', '--hours', MONTH_H, '--scale', '0.1', '--rate', '0.3',
               '--seed', '5', '--truth', truth)
    records = [(ns // 1000 * 1000, frame) for ns, frame in frames(open_file(path))]
    half = records[0][0] + MONTH_H * 3600 * 10**9 // 2
    parts = [write(to, f'half{i}.pcap', pcap([r for r in records if (r[0] >= half) == bool(i)])) for i in range(2)]
    want = whole(write(to, 'month-one.pcap', pcap(records)))
    got = piecewise(to, parts)
    t.ok(got == want, 'a month cut half-way, with state: the same octets')
    found = {f['domain']: f for f in map(json.loads, got.splitlines())}
    with open(truth, encoding='utf-8') as f:
        known = [json.loads(line) for line in f]
    flux = {x['domain'] for x in known if x['flux']}
    both = accused(found)
    alone = [accused({f['domain']: f for f in map(json.loads, whole(p).splitlines())}) for p in parts]
    t.ok(len(both & flux) > len(flux) / 2, 'most of the flux is found', len(both & flux))
    later = (both & flux) - alone[0] - alone[1]
    classes = collections.Counter(x['class'] for x in known if x['domain'] in both - flux)
    print(f'# {len(both & flux)} of {len(flux)} flux domains; by the first half alone {len(alone[0] & flux)}, by the '
          f'second alone {len(alone[1] & flux)}, {len(later)} by neither; honest ones accused: {dict(classes)}; '
          f'{time.monotonic() - began:.0f} s')
    list_of = list(decisions(found, known))
    tell('all flux', list_of)
    tell(f'slow flux, {SLOW} new members a day at the most', [x for x in list_of if x[2] <= SLOW])


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        records = traffic(to)
        parts = pieces(to, records, 2)
        if not sanitizer(): # a tenfold of the time for the same
            check_pieces(t, to, records)
            check_month(t, to)
            check_killed(t, to, parts)
        few = records[:12000]
        parts = pieces(to, few, 2)
        state = os.path.join(to, 'first')
        first = scan(state, parts[0])
        t.ok(first.returncode == 1 and first.stdout == whole(parts[0]), 'state changes no finding', first.stderr)
        check_signal(t, to, few, whole(*parts))
        check_vantages(t, to, few)
        check_words(t, to, parts)
        check_settings(t, state, parts[1])
        check_damage(t, to, shutil.copytree(state, os.path.join(to, 'damaged')), parts[1])
        check_full(t, to, state, parts[1])
        check_less_memory(t, to, records)
    t.done()


main()
