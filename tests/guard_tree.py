"""Rules of the tree: sizes, licence lines, and that no test, fuzzer or corpus is left out of the lists."""
import json
import os
import re
import shutil

from layers import layers, listed
from tap import ROOT, Tap, files, read, run

FILE_LINES_MAX, FUNCTION_LINES_MAX, PARAMETERS_MAX = 600, 80, 5
DICTATED = {'say_nothing'} # callbacks whose parameters a library says: libloc's log function
LICENCE = '/* SPDX-License-Identifier: Apache-2.0 */\n'


def sizes(t):
    sources = files('.c', '.h')
    long = [f'{p}: {n} lines' for p in sources + files('.py', under='tests') + files('.py', under='evaluate') + files('.py', under='fit')
            if (n := read(p).count('\n')) > FILE_LINES_MAX]
    t.ok(not long, f'no file over {FILE_LINES_MAX} lines', '\n'.join(long))
    if shutil.which('ctags') is None:
        t.skip('functions', 'no universal-ctags here')
        return
    out = run('ctags', '--c-kinds=f', '--fields=+neS', '--output-format=json', '-f', '-', *sources, cwd=ROOT)
    tags = [json.loads(line) for line in out.stdout.splitlines()]
    t.ok(len(tags) > 100 or out.returncode == 0, 'ctags read the sources', out.stderr)
    long = [f"{f['path']}:{f['line']} {f['name']}: {n} lines" for f in tags
            if (n := f.get('end', f['line']) - f['line'] + 1) > FUNCTION_LINES_MAX]
    t.ok(not long, f'no function over {FUNCTION_LINES_MAX} lines', '\n'.join(long))
    many = [f"{f['path']}:{f['line']} {f['name']}{f['signature']}" for f in tags if f['name'] not in DICTATED
            and re.sub(r'\([^()]*\)', '', f.get('signature', '()')[1:-1]).count(',') >= PARAMETERS_MAX]
    t.ok(not many, f'no function with over {PARAMETERS_MAX} parameters', '\n'.join(many))


def lists(t):
    for folder in layers():
        names = [os.path.basename(p) for p in files('.c', under=f'src/{folder}')]
        for what, ending in (('tests', '_test.c'), ('fuzz', '_fuzz.c')):
            want = {n[:-len(ending)] for n in names if n.endswith(ending)}
            t.equal(set(listed(folder, what)), want, f'{folder}_{what} names every *{ending}')
        want = {n for n in names if not n.endswith(('_test.c', '_fuzz.c'))}
        t.equal(set(listed(folder, 'src')), want, f'{folder}_src names every source')
        for f in listed(folder, 'fuzz'):
            kept = os.path.join(ROOT, 'tests', 'corpus', f'{folder}_{f}')
            t.ok(os.path.isdir(kept) and os.listdir(kept), f'fuzzer {folder}_{f} has a kept corpus', kept)
    build = read('tests/meson.build')
    for kind in ('guard', 'e2e', 'evaluate'):
        name = {'guard': 'guards', 'e2e': 'e2e', 'evaluate': 'evaluate'}[kind]
        said = re.findall(r"'(\w+)'", re.search(rf'^{name} = \[(.*?)\]', build, re.S | re.M).group(1))
        there = [os.path.basename(p)[len(kind) + 1:-3] for p in files('.py', under='tests')
                 if os.path.basename(p).startswith(kind + '_')]
        t.equal(sorted(said), sorted(there), f'tests/meson.build names every {kind}_*.py')


def lines(t):
    bare = [p for p in files('.c', '.h') if not read(p).startswith(LICENCE)]
    t.ok(not bare, 'every source begins with its licence', '\n'.join(bare))
    marks = [f'{p}:{n}: {line.strip()}' for p in files('.c', '.h') for n, line in enumerate(read(p).splitlines(), 1)
             if re.search(r'\b(TODO|FIXME|XXX|HACK)\b', line)]
    t.ok(not marks, 'nothing is left for later in the sources', '\n'.join(marks))
    prints = [f'{p}:{n}: {line.strip()}' for folder in layers() for p in files('.c', under=f'src/{folder}')
              if not p.endswith(('_test.c', '_fuzz.c')) for n, line in enumerate(read(p).splitlines(), 1)
              if re.search(r'\b(printf|fprintf|puts|perror)\s*\(', line)]
    t.ok(not prints, 'libraries do not print', '\n'.join(prints))


def main():
    t = Tap()
    sizes(t)
    lists(t)
    lines(t)
    t.done()


main()
