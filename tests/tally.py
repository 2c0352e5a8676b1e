"""Counts single tests for scripts/check.sh.

usage: tally.py FOLDER MESON-STATUS OUT      out of meson's log in FOLDER
       tally.py --tap NAME FILE OUT          out of a file of TAP lines
Adds "passed failed skipped" to OUT/counts and a line for each failure and skip to OUT/notes, and prints what failed.
"""
import json
import os
import re
import sys

TAP = re.compile(r'^(not )?ok\b\s*\d*\s*-?\s*(.*)$', re.M)
PLAN = re.compile(r'^1\.\.(\d+)', re.M)
CMOCKA = re.compile(r'^\[\s+(OK|FAILED|SKIPPED)\s+\] (?!\d+ test)(\S+)', re.M)


def count_tap(text):
    """{'OK' | 'FAILED' | 'SKIPPED': [names]}"""
    seen = {'OK': [], 'FAILED': [], 'SKIPPED': []}
    for bad, name in TAP.findall(text):
        kind = 'FAILED' if bad else 'SKIPPED' if re.search(r'# SKIP', name, re.I) else 'OK'
        seen[kind].append(name)
    plan = PLAN.search(text)
    if plan is None or int(plan.group(1)) != sum(map(len, seen.values())):
        seen['FAILED'].append('stopped before its end')
    return seen


def count_cmocka(text):
    seen = {'OK': [], 'FAILED': [], 'SKIPPED': []}
    for kind, name in CMOCKA.findall(text): # the summary names some once more
        if name not in seen[kind]:
            seen[kind].append(name)
    return seen


def count(record):
    """One record of meson's log. A program that failed counts as a failure whatever it printed."""
    text = record.get('stdout') or ''
    seen = count_tap(text) if PLAN.search(text) or TAP.search(text) else count_cmocka(text)
    if record['result'] not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not seen['FAILED']:
        seen['FAILED'].append(record['result'].lower())
    if not any(seen.values()):
        seen['SKIPPED' if record['result'] == 'SKIP' else 'OK'].append('')
    return seen


def add(out, name, seen):
    with open(os.path.join(out, 'counts'), 'a', encoding='utf-8') as f:
        f.write(f"{len(seen['OK'])} {len(seen['FAILED'])} {len(seen['SKIPPED'])}\n")
    with open(os.path.join(out, 'notes'), 'a', encoding='utf-8') as f:
        for kind in ('FAILED', 'SKIPPED'):
            for one in seen[kind]:
                f.write(f'{kind.lower()}: {name} {one}'.rstrip() + '\n')


def show(record):
    """What a failed test said; of TAP only what is wrong."""
    lines = (record.get('stdout') or '').splitlines()
    if PLAN.search(record.get('stdout') or ''):
        lines = [x for x in lines if not x.startswith('ok ')]
    lines = lines[:100] + (record.get('stderr') or '').splitlines()[-60:]
    print(f"--- {record['name']}: {record['result']}", *lines, '---', sep='\n', flush=True)


def meson(folder, status, out):
    records = []
    try:
        with open(os.path.join(folder, 'meson-logs', 'testlog.json'), encoding='utf-8') as f:
            records = [json.loads(line) for line in f]
    except OSError:
        pass
    for record in records:
        seen = count(record)
        add(out, record['name'], seen)
        if seen['FAILED']:
            show(record)
    good = all(r['result'] in ('OK', 'SKIP', 'EXPECTEDFAIL') for r in records)
    if not records or (status != '0' and good):
        add(out, f'meson test in {folder} ended with status {status}', {'OK': [], 'FAILED': [''], 'SKIPPED': []})


if sys.argv[1] == '--tap':
    with open(sys.argv[3], encoding='utf-8', errors='replace') as taps:
        add(sys.argv[4], sys.argv[2], count_tap(taps.read()))
else:
    meson(*sys.argv[1:4])
