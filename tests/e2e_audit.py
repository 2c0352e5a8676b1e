"""The leak audit of the lab's wide worlds: what does not make fast flux must not give it away.

Of every domain only the position of its owners, its TTLs, those of its name servers, its mix of records, its demand, its
start and its end are told to a shallow tree. It learns on some worlds; its average precision on others must stay low,
or a judge could look good by learning the lab. Where it does not, mend the lab (src/lab/priors.c), not this.

    e2e_audit.py DEFLUX [--worlds N] [--scale X] [--hours H] [--rate Q]
"""
import argparse
import json
import os
import statistics
import struct
import sys
import tempfile

from tap import ROOT, Tap, run

sys.path.insert(0, ROOT)
from evaluate import dnstap # noqa: E402

A, NS, CNAME, AAAA, HTTPS = 1, 2, 5, 28, 65
FEATURES = ['apex', 'www', 'labels', 'ttl', 'ttl_least', 'alias_ttl', 'ns_ttl', 'ns_addr_ttl', 'share_a', 'share_aaaa',
            'share_cname', 'share_https', 'answers', 'names', 'start', 'end']
DEPTH, LEAF = 3, 20
LIMIT, TWINS_LIMIT = 0.2, 0.75


def answers(path):
    """(seconds, DNS message) of each answer in a dnstap file."""
    with open(path, 'rb') as f:
        for _, frame in dnstap.frames(f):
            found = dnstap.answer(frame) if frame is not None else None
            if found is not None:
                second, start, end = found
                yield second, frame[start:end]


def skip_name(wire, at):
    while True:
        size = wire[at]
        if size >= 0xc0:
            return at + 2
        at += 1 + size
        if size == 0:
            return at


def records(wire):
    """Section, type and TTL of each record; the question's labels first."""
    counts = struct.unpack_from('!4H', wire, 4)[1:]
    labels, at = [], 12
    while wire[at] != 0:
        labels.append(wire[at + 1:at + 1 + wire[at]])
        at += 1 + wire[at]
    at += 5
    rows = []
    for section, n in enumerate(counts):
        for _ in range(n):
            at = skip_name(wire, at)
            kind, _, ttl, size = struct.unpack_from('!HHIH', wire, at)
            at += 10 + size
            rows.append((section, kind, ttl))
    return labels, rows


class Domain:
    """What the audit may know of a domain."""

    def __init__(self, truth):
        self.flux, self.twin = truth['flux'], 'twin_of' in truth
        self.answers, self.apex, self.www = 0, 0, 0
        self.names, self.times, self.kinds = set(), [], {A: 0, AAAA: 0, CNAME: 0, HTTPS: 0}
        self.ttls, self.alias_ttls, self.ns_ttls, self.ns_addr_ttls = [], [], [], []

    def add(self, second, below, rows):
        self.answers += 1
        self.apex += below == b''
        self.www += below == b'www'
        self.names.add(below)
        self.times.append(second)
        for kind in {kind for section, kind, _ in rows if section == 0}:
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
        for section, kind, ttl in rows:
            if section == 0:
                (self.alias_ttls if kind == CNAME else self.ttls).append(ttl)
            elif kind in (NS, A, AAAA):
                (self.ns_ttls if kind == NS else self.ns_addr_ttls).append(ttl)

    def row(self):
        n = self.answers
        middle = lambda ttls: statistics.median(ttls) if ttls else -1
        return [self.apex / n, self.www / n, len(self.names) / n, middle(self.ttls), min(self.ttls, default=-1),
                middle(self.alias_ttls), middle(self.ns_ttls), middle(self.ns_addr_ttls), self.kinds[A] / n,
                self.kinds[AAAA] / n, self.kinds[CNAME] / n, self.kinds[HTTPS] / n, n, len(self.names), self.times[0],
                self.times[-1]]


def world(deflux, seed, args, to):
    """(row, is flux, is a twin) of every domain that was answered for."""
    path, truth = os.path.join(to, 'world.dnstap'), os.path.join(to, 'truth.jsonl')
    made = run(deflux, 'lab', '--world', 'wide', '--seed', str(seed), '--scale', str(args.scale), '--hours',
               str(args.hours), '--rate', str(args.rate), '--side', 'upstream', '--format', 'dnstap', '--no-queries',
               '--truth', truth, '-o', path)
    if made.returncode != 0:
        raise RuntimeError(made.stderr)
    with open(truth, encoding='utf-8') as f:
        domains = {tuple(t['domain'].encode().split(b'.')): Domain(t) for t in map(json.loads, f)}
    for second, wire in answers(path):
        labels, rows = records(wire)
        for n in range(2, min(len(labels), 5) + 1):
            found = domains.get(tuple(labels[-n:]))
            if found is not None and any(section == 0 for section, *_ in rows):
                found.add(second, b'.'.join(labels[:-n]), rows)
    return [(d.row(), d.flux, d.twin) for d in domains.values() if d.answers]


def impurity(flux, n):
    return 2 * flux * (n - flux) / n if n else 0


def best_split(rows):
    """The feature and the threshold that leave least doubt."""
    total, best = sum(flux for _, flux in rows), None
    for feature in range(len(FEATURES)):
        ordered = sorted((row[feature], flux) for row, flux in rows)
        flux = 0
        for i, (value, is_flux) in enumerate(ordered[:-1]):
            flux += is_flux
            n = i + 1
            if n < LEAF or len(ordered) - n < LEAF or value == ordered[n][0]:
                continue
            doubt = impurity(flux, n) + impurity(total - flux, len(ordered) - n)
            if best is None or doubt < best[0]:
                best = (doubt, feature, value)
    return best


def grow(rows, depth=DEPTH):
    """A tree as nested tuples (feature, threshold, low, high); a leaf is the share of flux."""
    flux = sum(f for _, f in rows)
    split = best_split(rows) if depth and flux else None
    if split is None or split[0] >= impurity(flux, len(rows)):
        return flux / len(rows)
    _, feature, value = split
    return (feature, value, grow([r for r in rows if r[0][feature] <= value], depth - 1),
            grow([r for r in rows if r[0][feature] > value], depth - 1))


def score(tree, row):
    while isinstance(tree, tuple):
        tree = tree[2] if row[tree[0]] <= tree[1] else tree[3]
    return tree


def average_precision(scored):
    """Ties count as one step, as they cannot be told apart."""
    flux = sum(f for _, f in scored)
    seen = found = 0
    total, steps = 0.0, {}
    for value, is_flux in scored:
        n, k = steps.get(value, (0, 0))
        steps[value] = (n + 1, k + is_flux)
    for value in sorted(steps, reverse=True):
        n, k = steps[value]
        seen, found = seen + n, found + k
        total += k / flux * found / seen
    return total


def text(tree, indent='# '):
    if not isinstance(tree, tuple):
        return f'{indent}{tree:.3f} of it is flux\n'
    return (f'{indent}{FEATURES[tree[0]]} <= {tree[1]:g}\n{text(tree[2], indent + "  ")}'
            f'{indent}else\n{text(tree[3], indent + "  ")}')


def precision_of(tree, judge):
    return average_precision([(score(tree, row), flux) for row, flux in judge])


def leaky(rows):
    """As if flux had name servers whose TTLs nobody else has, in three of four domains."""
    at = FEATURES.index('ns_ttl')
    return [(row[:at] + [77 if flux and i % 4 else row[at]] + row[at + 1:], flux) for i, (row, flux) in enumerate(rows)]


def audit(t, learn, judge, limit, what):
    tree = grow(learn)
    precision = precision_of(tree, judge)
    share = sum(f for _, f in judge) / len(judge)
    t.ok(precision < limit, f'{what}: average precision {precision:.3f} stays below {limit} (by chance {share:.3f})',
         text(tree))
    print(text(tree), end='')


def main():
    p = argparse.ArgumentParser()
    p.add_argument('deflux')
    p.add_argument('--worlds', type=int, default=3, help='to learn on, and as many to judge')
    p.add_argument('--scale', type=float, default=2)
    p.add_argument('--hours', type=int, default=24)
    p.add_argument('--rate', type=float, default=0.5)
    args = p.parse_args()
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        worlds = [world(args.deflux, 9000 + i, args, to) for i in range(2 * args.worlds)]
    learn, judge = ([row for w in part for row in w] for part in (worlds[:args.worlds], worlds[args.worlds:]))
    t.ok(min(sum(f for _, f, _ in w) for w in worlds) >= 18, 'every world shows flux')
    everything = [[r[:2] for r in part] for part in (learn, judge)]
    audit(t, *everything, LIMIT, 'flux among all')
    planted = precision_of(grow(leaky(everything[0])), leaky(everything[1]))
    t.ok(planted > 2 * LIMIT, f'a leak that is planted is found: {planted:.3f}')
    pairs = [[r[:2] for r in part if r[1] or r[2]] for part in (learn, judge)]
    audit(t, *pairs, TWINS_LIMIT, 'flux among its twins')
    t.done()


if __name__ == '__main__':
    main()
