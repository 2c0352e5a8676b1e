"""What users read, to the letter, kept in tests/golden: a small lab world without any database.

GOLDEN=write in the environment writes the files anew: look at the difference before you keep it.
"""
import difflib
import json
import os
import sys
import tempfile

from tap import ROOT, Tap, read, run

DEFLUX = os.path.abspath(sys.argv[1]) # runs elsewhere
FOLDER = os.path.join('tests', 'golden')


def cases(capture, flux, honest):
    """file name: (arguments, exit status)"""
    scan, explain = ('scan', '-q', '--no-nets'), ('explain', '-q', '--no-nets')
    return {'scan.txt': ([*scan, capture], 1),
            'scan.csv': ([*scan, '--format', 'csv', capture], 1),
            'scan.jsonl': ([*scan, '--format', 'jsonl', '--top', '2', capture], 1),
            'explain-flux.txt': ([*explain, flux, capture], 1),
            'explain-honest.txt': ([*explain, honest, capture], 0),
            'scan-help.txt': (['scan', '--help'], 0)}


def compare(t, name, text):
    path = os.path.join(FOLDER, name)
    if os.environ.get('GOLDEN') == 'write':
        with open(os.path.join(ROOT, path), 'w', encoding='utf-8') as f:
            f.write(text)
    kept = read(path) if os.path.exists(os.path.join(ROOT, path)) else ''
    why = '\n'.join(list(difflib.unified_diff(kept.splitlines(), text.splitlines(), path, 'now', lineterm=''))[:60])
    t.ok(kept == text, f'as kept: {path}', why)


def main():
    t = Tap()
    env = dict(os.environ, LC_ALL='C.UTF-8', COLUMNS='100')
    with tempfile.TemporaryDirectory() as to:
        capture, truth = os.path.join(to, 'lab.pcap'), os.path.join(to, 'truth.jsonl')
        made = run(DEFLUX, 'lab', '--made-up', '--scale', '0.2', '--seed', '5', '-o', capture, '--truth', truth)
        t.ok(made.returncode == 0, 'a lab capture', made.stderr)
        with open(truth, encoding='utf-8') as f:
            of_class = {}
            for x in map(json.loads, f):
                of_class.setdefault(x['class'], []).append((x['lookups'], x['domain']))
        flux, honest = (max(of_class[c])[1] for c in ('flux-double', 'volunteer-pool'))
        for name, (arguments, status) in cases(capture, flux, honest).items():
            out = run(DEFLUX, *arguments, env=env, cwd=to)
            t.ok(out.returncode == status and not out.stderr, f'{name}: status {status}, nothing on standard error',
                 f'status {out.returncode}\n{out.stderr}')
            compare(t, name, out.stdout.replace(to + os.sep, ''))
    t.done()


main()
