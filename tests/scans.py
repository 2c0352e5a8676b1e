"""Runs `deflux scan` for the tests, and reads what it prints. Standard library only."""
import json
import os
import re
import sys

from tap import run

DEFLUX = sys.argv[1] if len(sys.argv) > 1 else 'deflux'


def lines(*command):
    """What scan says of every domain, as JSON Lines; the exit status is checked."""
    out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--all', *command)
    if out.returncode not in (0, 1) or out.stderr:
        raise RuntimeError(f'scan {command}: status {out.returncode}: {out.stderr}')
    return out.stdout


def findings(*command):
    """Domain to its line, as objects."""
    return {f['domain']: f for f in map(json.loads, lines(*command).splitlines())}


def verdicts(found, *fields):
    return {d: tuple(f[k] for k in ('verdict', 'llr_db', *fields)) for d, f in found.items()}


def accused(found):
    return {d for d, f in found.items() if f['verdict'] == 'fast-flux'}


def counts(*command):
    """What -v counts, by its words."""
    out = run(DEFLUX, 'scan', '-v', *command)
    return {words: int(n) for n, words in re.findall(r'^ +(\d+)  (.+)$', out.stdout, re.M)}


def differences(a, b):
    """The first few keys that two dictionaries do not agree on, as text."""
    keys = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
    return f'{len(keys)} differ\n' + '\n'.join(f'{k}: {a.get(k)} and {b.get(k)}' for k in keys[:8])


def lab(to, *options):
    """A lab capture (or what --format says) in the file `to`."""
    out = run(DEFLUX, 'lab', *options, '-o', to)
    if out.returncode != 0:
        raise RuntimeError(out.stderr)
    return to


def sanitizer():
    """Whose sanitizer is built into the program: 'asan', 'tsan' or ''."""
    with open(DEFLUX, 'rb') as f:
        found = re.search(rb'__([at]san)_init', f.read())
    return found[1].decode() if found else ''


def write(folder, name, octets):
    path = os.path.join(folder, name)
    with open(path, 'wb') as f:
        f.write(octets if isinstance(octets, bytes) else octets.encode())
    return path
