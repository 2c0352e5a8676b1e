"""--memory is kept to whatever comes, what was given up is said, and what matters is still found."""
import json
import os
import re
import resource
import subprocess
import tempfile

from crowds import crowd, endless
from dnswire import pcap
from scans import DEFLUX, accused, counts, findings, lab, sanitizer, write
from tap import Tap, run

START, HOUR = 1772323200 * 10**9, 3600 * 10**9 # the lab's start
NAMES = 300000


def check_endless(t, to):
    path = os.path.join(to, 'endless.pcap')
    with open(path, 'wb') as f: # not in memory at once: what this program holds would count as its children's
        f.writelines(endless(START, 5 * HOUR, NAMES))
    other = lab(os.path.join(to, 'lab.pcap'), '--scale', '0.2', '--hours', '5')
    with subprocess.Popen([DEFLUX, 'scan', '--memory', '64M', '--format', 'jsonl', path, other],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8') as p:
        out, errors = p.communicate()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    want = accused(findings(other)) # behind the peak: it has all the memory it likes
    got = {json.loads(line)['domain'] for line in out.splitlines()}
    t.ok(want and got == want, 'beside a domain without end: the findings are the same',
         f'{sorted(got ^ want)} {errors[-300:]}')
    if sanitizer():
        t.skip('peak of memory', 'a sanitizer holds memory of its own')
    else:
        t.ok(peak < 96, f'--memory 64M: at most {peak} MiB resident')
    found = findings('--memory', '64M', path)
    t.ok(0.9 * NAMES < found['endless.com']['names'] < 1.1 * NAMES, 'the number of names is near',
         found['endless.com']['names'])


def check_crowd(t, to):
    """More domains than fit: whole domains go, and are counted."""
    n = 800
    path = write(to, 'crowd.pcap', pcap(crowd(START, HOUR, n, 60)))
    ample, tiny = counts('--memory', '1G', path), counts('--memory', '32M', path)
    t.equal((ample['domains kept'], ample['evictions for --memory']), (n, 0), 'ample memory keeps all')
    t.ok(tiny['evictions for --memory'] > 10 and tiny['names kept'] < ample['names kept'], 'little evicts',
         tiny)
    out = run(DEFLUX, 'scan', '--memory', '32M', path)
    told = re.search(r'([\d,]+) domains were given up for\s+--memory', out.stdout)
    t.ok(told and int(told[1].replace(',', '')) >= tiny['evictions for --memory'], 'and says how many', told)
    held = re.search(r'([\d.]+) MiB held', out.stderr)
    t.ok(held and 8 < float(held[1]) < 32, 'less is held than was asked for', held)


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        check_endless(t, to) # first: the peak is of all children so far
        check_crowd(t, to)
    t.done()


main()
