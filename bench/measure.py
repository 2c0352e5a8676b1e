"""Messages per second of `deflux scan` beside other programs: warm, interleaved, the median of the rounds.

usage: measure.py BUILD FOLDER COUNT ROUNDS      (scripts/bench.sh makes the captures)

What is wanted is told of deflux as it runs unless told otherwise, on all processors, and of one thread of it.

tshark and dnstop (whose lists of names are searched from end to end) are so slow that they get a fiftieth of the
capture. dnscap passes packets through, dnstop counts names: both do less than deflux does. The exit status is 1 when
the outputs with and without the repeat memo differ.
"""
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

# what a round must reach: times the messages per second of another, by capture
WHOLE, ONE = 'deflux', 'deflux, 1 thread'
USUAL = ('bare', 1 / 3), ('dnscap', 3), ('tshark', 100)
WANTED = {'usual': [*((program, *than) for program in (WHOLE, ONE) for than in USUAL), ('deflux, 2 threads', ONE, 1.7)],
          'hostile': [(WHOLE, 'bare', 1 / 10), (ONE, 'bare', 1 / 10)]}

NETWORKS_MIB = 13 # the table of networks out of libloc's database, mapped


def once(command, out=subprocess.DEVNULL):
    """Seconds, and the peak of resident memory in MiB."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1): # 1: findings
        raise SystemExit(f'{" ".join(command)}: status {child.returncode}')
    return time.monotonic() - began, usage.ru_maxrss / 1024


def programs(build, folder, kind, count):
    """{name: (command, messages)}"""
    whole, part = (os.path.join(folder, f'{kind}-{n}.pcap') for n in (count, count // 50))
    scan = [os.path.join(build, 'deflux'), 'scan', '-q', '--format', 'jsonl']
    found = {'bare': ([os.path.join(build, 'bench', 'bench-bare'), whole], count),
             WHOLE: (scan + [whole], count),
             ONE: (scan + ['--threads', '1', whole], count),
             'deflux, 2 threads': (scan + ['--threads', '2', whole], count),
             'deflux, no memo': (scan + ['--threads', '1', '--no-memo', whole], count),
             'dnscap': (['dnscap', '-r', whole, '-w', '-'], count),
             'dnstop': (['dnstop', '-R', part], count // 50),
             'tshark': (['tshark', '-n', '-r', part, '-T', 'fields', '-e', 'dns.qry.name', '-e', 'dns.a'], count // 50)}
    return {n: c for n, c in found.items() if os.sep in c[0][0] or shutil.which(c[0][0])}


def same_output(build, folder, kind, count):
    seen = set()
    for more in ([], ['--no-memo']):
        hashed = hashlib.sha256() # piece by piece: what this program holds would count as its children's
        with subprocess.Popen([os.path.join(build, 'deflux'), 'scan', '-q', '--format', 'jsonl', '--all', *more,
                               os.path.join(folder, f'{kind}-{count}.pcap')], stdout=subprocess.PIPE) as scan:
            while piece := scan.stdout.read(1 << 20):
                hashed.update(piece)
        seen.add(hashed.hexdigest())
    return len(seen) == 1


def counted(build, path):
    """What the summary of one run with -v says: the parts of the time, and the counts by their words."""
    out = subprocess.run([os.path.join(build, 'deflux'), 'scan', '-v', '--threads', '1', '--format', 'jsonl', '-o', os.devnull,
                          path], stderr=subprocess.PIPE, check=False, encoding='utf-8').stderr
    parts = re.search(r'reading.*?judging [0-9.]+ m?s', re.sub(r'\s+', ' ', out))
    return parts.group(0) if parts else 'not told', {w: int(n) for n, w in re.findall(r'^ +(\d+)  (.+)$', out, re.M)}


def budget(counts):
    """MiB of peak memory that so much to keep may take; an owner's octets are taken as 20."""
    octets = (counts['pairs of name and address kept'] * 150 + counts['names kept'] * 120 +
              counts['domains kept'] * 200)
    return 64 + octets / 2 ** 20


def measure(build, folder, kind, count, rounds):
    rivals = programs(build, folder, kind, count)
    taken = {name: [] for name in rivals}
    for turn in range(rounds + 1): # the first is warm-up
        for name, (command, _) in rivals.items():
            seconds, mebibytes = once(command)
            if turn > 0:
                taken[name].append((seconds, mebibytes))
    rate = {n: rivals[n][1] / statistics.median(s for s, _ in runs) for n, runs in taken.items()}
    print(f'\n{kind}: {count} responses, {rounds} rounds')
    for name, runs in taken.items():
        print(f'  {name:18} {rate[name] / 1e6:8.3f} M/s   {rate[name] / rate["bare"]:7.4f} of bare'
              f'   peak {max(m for _, m in runs):7.0f} MiB')
    parts, counts = counted(build, rivals[ONE][0][-1])
    peak = max(m for _, m in taken[ONE])
    print(f'  parts, one thread: {parts}')
    print(f'  memory: peak {peak:.0f} MiB, wanted {budget(counts):.0f} and the table of networks: '
          f'{"met" if peak <= budget(counts) + NETWORKS_MIB else "MISSED"}')
    for name, other, least in WANTED[kind]:
        if name in rate and other in rate:
            ratio = rate[name] / rate[other]
            print(f'  {name} / {other}: {ratio:.2f}, wanted {least:.2f}: {"met" if ratio >= least else "MISSED"}')


def main():
    build, folder, count, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    print(f'{os.cpu_count()} processors')
    good = True
    for kind in WANTED:
        measure(build, folder, kind, count, rounds)
        same = same_output(build, folder, kind, count)
        print(f'  output with and without the repeat memo: {"the same" if same else "DIFFERENT"}')
        good = good and same
    sys.exit(0 if good else 1)


main()
