"""
Writes what was fitted into the judge's table.

    python3 -m fit.table FIT.json [--table src/judge/class.c] [--names src/judge/parameters.c]

Of each class all numbers are replaced, in the layout of the table; what stands before and behind the classes stays.
"""
import argparse
import json
import re

LAYOUT = (('weight', 'named'), ('kind',), ('ns_kind',), ('networks_mean', 'networks_sd', 'moved', 'answer'),
          ('size_mean', 'size_sd', 'ttl_mean', 'ttl_sd'), ('ns_networks', 'ns_shared', 'ns_among'),
          ('names_mean', 'names_sd', 'fresh_mean', 'fresh_sd'), ('own_address', 'others_mean', 'others_sd'))
FIRST, LAST = '\t.class = {\n', '\t},\n};\n'


def number(x):
    return f'{x:.3g}'


def whole(parts):
    """Of three digits, none of them 0, and still 1 together."""
    out = [max(round(x, 3), 0.001) for x in parts]
    out[out.index(max(out))] += 1 - sum(out)
    return [f'{x:.3f}' for x in out]


def fields(values, row):
    """`.weight = ...` of one number, `.kind = {...}` of the parameters class.X.kind.*; what is 0 is left out."""
    for name in row:
        parts = [v for k, v in values.items() if k.startswith(name + '.')]
        if parts:
            yield f'.{name} = {{{", ".join(map(number, parts) if name == "moved" else whole(parts))}}}'
        elif values[name] != 0:
            yield f'.{name} = {number(values[name])}'


def block(symbol, printed, values):
    lines = [', '.join(fields(values, row)) for row in LAYOUT]
    lines[0] = f'.name = "{printed}", {lines[0]}'
    return f'\t\t[{symbol}] = {{\n' + ''.join(f'\t\t\t{line},\n' for line in lines) + '\t\t},\n'


def main():
    p = argparse.ArgumentParser(prog='fit.table', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('fit', help='of `python3 -m fit`')
    p.add_argument('--table', default='src/judge/class.c')
    p.add_argument('--names', default='src/judge/parameters.c', help='which class each parameter is of')
    args = p.parse_args()
    with open(args.fit, encoding='utf-8') as f:
        fitted = json.load(f)
    with open(args.names, encoding='utf-8') as f:
        names = dict(re.findall(r'\t\[(CLASS_\w+)\] = "([a-z-]+)"', f.read()))
    with open(args.table, encoding='utf-8') as f:
        head, classes = f.read().split(FIRST)
    classes, tail = classes.split(LAST)
    out = ''
    for symbol, printed in re.findall(r'\[(CLASS_\w+)\] = \{\n\s+\.name = "([a-z-]+)"', classes):
        prefix = f'class.{names[symbol]}.'
        out += block(symbol, printed, {k[len(prefix):]: v for k, v in fitted.items() if k.startswith(prefix)})
    with open(args.table, 'w', encoding='utf-8') as f:
        f.write(head + FIRST + out + LAST + tail)


if __name__ == '__main__':
    main()
