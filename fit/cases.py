"""Domains whose truth is known, with what verdicts are weighed from: `deflux scan --format features` of worlds of the lab."""
import gzip
import json
import math
import os
import random
import subprocess
from collections import defaultdict

import torch

from evaluate.measure import FEW
from evaluate.worlds import digest

HOMES_LEAST = 5  # fewer are never accused: what weighs there does not matter
OTHERS = 80      # of the other domains, so many of each class and world, with a few members and with fewer: to call classes


# How a world is made, and seen. Of real networks the kind is in doubt; those of `named` say theirs.
SEEN = ('--hours', '48', '--side', 'upstream', '--format', 'dnstap', '--no-queries')
WORLDS = {
    'wide': ('--world', 'wide', '--scale', '16', *SEEN),
    'named': ('--world', 'wide', '--scale', '8', '--made-up', *SEEN),
    'demo': ('--world', 'demo'),
}
HONEST_DOMAINS = {'wide': 39000, 'named': 19500} # of a world, about
DEMOS = range(1, 7)


def made(deflux, folder, world, seed):
    """The lines of one world, kept in the folder for this program: of a domain its inputs and its truth."""
    path = os.path.join(folder, f'{world}-{seed}-{digest(deflux)}.jsonl.gz')
    if os.path.exists(path):
        with gzip.open(path, 'rt', encoding='utf-8') as f:
            return [json.loads(line) for line in f]
    os.makedirs(folder, exist_ok=True)
    capture, truth, nets = (os.path.join(folder, f'{world}-{seed}.{x}') for x in ('capture', 'truth', 'csv'))
    writes, reads = ((), ()) if '--made-up' not in WORLDS[world] else (('--networks', nets), ('--asn-table', nets))
    subprocess.run([deflux, 'lab', '--seed', str(seed), *WORLDS[world], *writes, '--truth', truth, '-o', capture], check=True)
    with open(truth, encoding='utf-8') as f:
        true = {x['domain']: x for x in map(json.loads, f)}
    command = [deflux, 'scan', '-q', '--all', '--format', 'features', *reads, capture]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as scan:
        lines = chosen(map(json.loads, scan.stdout), true, world, seed)
    if scan.returncode not in (0, 1): # nothing found, something found
        raise subprocess.CalledProcessError(scan.returncode, scan.args)
    for made_file in (capture, truth, *writes[1:]):
        os.remove(made_file)
    write(path, lines)
    return lines


def all_made(deflux, folder, seeds):
    """The lines of all that is fitted to: worlds of these seeds, and the demo's."""
    of = [(world, seed) for world in HONEST_DOMAINS for seed in seeds] + [('demo', seed) for seed in DEMOS]
    return [x for world, seed in of for x in made(deflux, folder, world, seed)]


def write(path, lines):
    """Whole or not at all."""
    with gzip.open(path + '.part', 'wt', encoding='utf-8') as f:
        f.writelines(json.dumps(x) + '\n' for x in lines)
    os.rename(path + '.part', path)


def chosen(lines, true, world, seed):
    """All that could be accused; of the others some of each class, drawn by lot among those with a few members and those
    with fewer, which stand for all of these."""
    others, out = defaultdict(list), []
    for x in lines:
        t = true.get(x['domain'])
        if t is None:
            continue
        suspect = max(x['homes'], x['server_homes']) >= HOMES_LEAST
        x.update({k: t.get(k) for k in ('flux', 'class', 'mechanism', 'independent')}, suspect=suspect, world=world,
                 stands_for=1)
        if suspect:
            out.append(x)
        elif not x['flux']:
            others[x['class'], x['members'] >= FEW].append(x)
    lot = random.Random(f'{world} {seed}')
    for _, all_of in sorted(others.items()):
        some = lot.sample(sorted(all_of, key=lambda x: x['domain']), min(OTHERS, len(all_of)))
        out += [{**x, 'stands_for': len(all_of) / len(some)} for x in some]
    return out


def column(lines, of, missing=0):
    return torch.tensor([float(missing if (v := of(x)) is None else v) for x in lines])[:, None]


def row(n):
    return 0 if n <= 1 else 1 if n <= 4 else 2 if n <= 12 else 3


def networks(lines, field):
    """Distinct networks, how far each is believed, and which of them each domain has: each once."""
    index, at = {}, [[], []]
    for i, x in enumerate(lines):
        trust = round(x['trust'], 3) # hours move it by nothing that can be seen
        for k in x[field]:
            at[0].append(i)
            at[1].append(index.setdefault((*k, trust), len(index)))
    has = torch.sparse_coo_tensor(torch.tensor(at, dtype=torch.long), torch.ones(len(at[0])), (len(lines), max(1, len(index))))
    of = torch.tensor(list(index) or [[1.0] * 7])
    return of[:, :6], of[:, 6:], has.coalesce()


def shares(lines, hits, n):
    """Distinct pairs of hits and of how many, and which each domain has: they are few."""
    pairs, which = torch.unique(torch.cat([column(lines, lambda x: x[hits]), column(lines, lambda x: x[n])], 1), dim=0,
                                return_inverse=True)
    return pairs[:, :1], pairs[:, 1:], which


def spread(lines, widths):
    """src/judge/spread.c: how likely so many networks of so many members are, for each width."""
    n, d = column(lines, lambda x: x['drawn']), column(lines, lambda x: x['networks'])
    seen = torch.arange(64)[:, None, None]
    of = torch.where(seen < d, torch.log(torch.clamp(widths - seen, min=1e-300) / widths), torch.zeros(())).sum(0)
    of = of - (n - d) * torch.log(widths)
    return torch.exp(of - of.max(1, keepdim=True).values)


class Cases:
    """Columns of them all; `has_` is 1 where something is evidence."""

    def __init__(self, lines, widths):
        def has(field):
            return column(lines, lambda x: x[field] is not None)

        self.lines = lines
        self.kinds, self.server_kinds = networks(lines, 'kinds'), networks(lines, 'server_kinds')
        self.spread, self.has_spread = spread(lines, widths), column(lines, lambda x: x['drawn'] > 1)
        self.size = column(lines, lambda x: math.log2(max(1, x['members'])))
        self.has_hosts = column(lines, lambda x: x['members'] > 0)
        self.moved = shares(lines, 'moved', 'movable')
        self.answer_row = torch.tensor([row(x['answer_size'] or 0) for x in lines])
        self.has_moved, self.has_answer = has('movable'), has('answer_size')
        self.ttl, self.has_ttl = column(lines, lambda x: math.log10((x['ttl'] or 0) + 1)), has('ttl')
        self.both = shares(lines, 'both', 'servers')
        self.has_pages = has('both')
        self.server_row = torch.tensor([min(max(x['server_networks'] or 1, 1), 5) - 1 for x in lines])
        self.has_servers = has('server_networks')
        self.stands_for = column(lines, lambda x: x['stands_for'])[:, 0]
        self.names = column(lines, lambda x: math.log2(max(1, x['names'])))
        self.fresh = self.names - column(lines, lambda x: math.log2(max(1, x['answers'])))
        self.others = column(lines, lambda x: math.log2(x['users']))
        self.own = column(lines, lambda x: x['own_address'])
