"""`make evaluate` on two small worlds: a report comes out, the same again from what was kept, and quickly."""
import os
import re
import sys
import tempfile
import time

import browser
from scans import DEFLUX, sanitizer
from tap import ROOT, Tap, run

AIMS = 13
HEADS = ('It must show', 'What information limits it', 'Found, and falsely accused',
         'Recall against false accusations', 'By mechanism',
         'Accused operators of each honest class', 'Undecided', 'Calibration', 'Latency', 'Hour by hour', 'Networks', 'Confusion of class',
         'Without a group of features', 'Leave one out', 'Recorded traffic')
LIMITS = ('Missed', 'What tells the found from the missed', 'Evidence', 'Falsely accused', 'What that costs',
          'Kinds of network', 'Undecided', 'Probabilities', 'Latency')


def evaluate(to, *options, **environment):
    env = dict(os.environ, EVALUATE_QUICK='1', DEFLUX_DATA='', PYTHONDONTWRITEBYTECODE='1', **environment)
    began = time.monotonic()
    out = run(sys.executable, '-m', 'evaluate', os.path.abspath(DEFLUX), '--out', to, *options, cwd=ROOT, env=env)
    return out, time.monotonic() - began


def text(to, name):
    with open(os.path.join(to, name), encoding='utf-8') as f:
        return f.read()


def first(t, to):
    out, took = evaluate(to)
    if not t.ok(out.returncode == 0, f'it runs ({took:.0f} s)', out.stderr):
        return
    t.ok('world 1002: scan 1 of ' in out.stderr and not out.stdout, 'progress on standard error', out.stderr)
    report = text(to, 'report.md')
    t.equal(re.findall('^## (.+)$', report, re.M), list(HEADS), 'the sections')
    aims = re.search(r'^\| figure \| wanted .*\n.*\n((?:\|.*\n)+)', report, re.M).group(1).splitlines()
    t.ok(len(aims) >= AIMS - 1 and all(line.endswith(('| yes |', '| no |')) for line in aims), 'the aims, reached or not', aims)
    t.equal(re.findall(r'^- \*\*(.+?)\.\*\*', report, re.M), list(LIMITS), 'what limits them, in sentences')
    for method in ('deflux', 'holz2008', 'zeek', 'fluxbuster', 'stalmans'):
        t.ok(re.search(rf'^\| {method} \| [0-9.]+ % ', report, re.M), f'recall of {method}')
    page = text(to, 'report.html')
    t.ok(page.count('<svg') == 6 and 'prefers-color-scheme: dark' in page and 'http' not in page, 'a page with six plots')
    browser.check(t, to, 'the report', os.path.join(to, 'report.html'), 6)
    curve = [line.split('\t') for line in text(to, 'curve.tsv').splitlines()[1:]]
    recall = [float(c[2]) for c in curve]
    t.ok(len(curve) > 50 and recall == sorted(recall, reverse=True) and recall[0] > 0, 'a curve over the threshold', recall)


def again(t, to):
    before = text(to, 'report.html')
    out, took = evaluate(to)
    t.ok('world 1002: as kept' in out.stderr and 'scan' not in out.stderr and took < 20, f'again, as kept ({took:.0f} s)',
         out.stderr)
    t.equal(text(to, 'report.html') == before, True, 'the same report')
    out, _ = evaluate(to, '--seeds', '1001', '--brief')
    report = text(to, 'report.md')
    t.ok('world 1001: as kept' in out.stderr and '1 world of' in report and 'Leave one out' not in report,
         'other seeds, and nothing left out', out.stderr)


def wrong(t, to):
    out = run(sys.executable, '-m', 'evaluate', 'no-such-program', '--out', to, cwd=ROOT)
    t.ok(out.returncode != 0 and 'no-such-program' in out.stderr.splitlines()[-1], 'a program that is not there', out.stderr)


def main():
    t = Tap()
    if sanitizer():
        t.skip('an evaluation', 'slow with a sanitizer, which has nothing new to see in it')
        t.done()
    with tempfile.TemporaryDirectory() as to:
        first(t, to)
        if not t.failed:
            again(t, to)
        wrong(t, to)
    t.done()


main()
