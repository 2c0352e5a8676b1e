"""Includes point left: each folder includes only what src/meson.build lets it use, and ARCHITECTURE.md says the same."""
import re

from layers import layers
from tap import Tap, files, read

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]*)"', re.M)


def arrows_broken(path, allowed, known):
    folder = path.split('/')[1]
    wrong = []
    for target in INCLUDE.findall(read(path)):
        to = target.split('/')[0]
        if '/' not in target or to not in known:
            wrong.append(f'{path}: "{target}" does not begin with a folder of src/')
        elif to != folder and to not in allowed:
            wrong.append(f'{path}: {folder} must not include {to} ("{target}")')
    return wrong


def main():
    t = Tap()
    table = layers()
    seen = []
    t.ok(len(table) >= 10, 'the list of folders was read', table)
    for folder, uses in table.items():
        t.ok(set(uses) <= set(seen), f'{folder} uses only folders before it', f'{uses} of {seen}')
        seen.append(folder)
    known = set(table) | {'cli'}
    table['cli'] = list(table)
    for folder, uses in table.items():
        wrong = []
        for path in files('.c', '.h', under=f'src/{folder}'):
            wrong += arrows_broken(path, uses, known)
        t.ok(not wrong, f'includes of {folder}', '\n'.join(wrong))
    others = {p.split('/')[1] for p in files('.c', '.h')} - known
    t.ok(not others, 'every folder of src/ is in the list', others)

    said = dict(re.findall(r'^(\w+)\s+-> ([\w ]+?)(?:\s{2,}.*)?$', read('ARCHITECTURE.md'), re.M))
    for folder, uses in table.items():
        want = {'base': {'libc'}, 'cli': {'all', 'of', 'the', 'above'}}.get(folder, set(uses))
        t.equal(set(said.get(folder, '').split()), want, f'ARCHITECTURE.md on {folder}')
    t.done()


main()
