"""Tries README.md's commands literally, in a copy of the tree that holds nothing built.

A fenced block of `sh` is tried when the line before it is `<!-- try -->` or `<!-- try: exit N -->` (N: status of each
command in it) and left when it is `<!-- not tried: why -->`; a block without either is a failure. Blocks share one
folder and run in order; each line is a command.
"""
import os
import re
import subprocess
import tempfile

from tap import ROOT, Tap, read, run

BLOCK = re.compile(r'^([^\n]*)\n```sh\n(.*?)^```$', re.M | re.S)
TRY = re.compile(r'<!-- try(?:: exit (\d+))? -->$')
LEFT = re.compile(r'<!-- not tried: .+ -->$')


def try_block(t, body, status, folder):
    for line in body.replace('\\\n', ' ').splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        out = subprocess.run(['bash', '-c', line], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, encoding='utf-8', errors='replace', timeout=1200, check=False)
        why = f'status {out.returncode}, README says {status}\n' + '\n'.join(out.stdout.splitlines()[-40:])
        t.ok(out.returncode == status, f'`{line}`', why)


def main():
    t = Tap()
    found = BLOCK.findall(read('README.md'))
    t.ok(any(TRY.match(before) for before, _ in found), 'README.md has commands to try')
    with tempfile.TemporaryDirectory() as folder:
        copied = run(os.path.join(ROOT, 'scripts', 'copy-tree.sh'), folder)
        t.ok(copied.returncode == 0, 'a copy of the tree', copied.stderr)
        for before, body in found:
            tried = TRY.match(before)
            if tried:
                try_block(t, body, int(tried.group(1) or 0), folder)
            elif not LEFT.match(before):
                t.ok(False, 'every sh block says whether it is tried', body)
    t.done()


main()
