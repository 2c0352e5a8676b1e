"""
Fits the numbers that verdicts are weighed by to worlds of the lab, from those that were estimated (estimates.json).

    /usr/bin/python3 -m fit DEFLUX [--seeds A-B] [--left-out NAME] [--out FILE.json] [--kept FOLDER]

Flux of enough independent members is to be accused and honest domains are not, each at the evidence that accuses; flux as
literature describes it and that of the demo are to be accused with some to spare; honest domains are to be called by their
class, flux by its kind; probabilities are to be right; and every number is held near to its estimate, which has a source.
Worlds are of real networks, whose kind is in doubt, and of made-up ones that say theirs: how far names are to be trusted
differs from database to database. What accused siblings say is left out: it follows from the rest. The result is for
`--parameters` of deflux, and for `python3 -m fit.table`, which writes it into the judge's table. Recorded traffic, and the
worlds that `make evaluate` measures, are never fitted to.
"""
import argparse
import json
import math
import os
import sys

import torch

from evaluate.measure import FEW, STRONG
from evaluate.variants import DESCRIBED, WITHIN

from . import shares, textbook
from .cases import Cases, HONEST_DOMAINS, all_made
from .model import (CHANCES, CLASSES, DECIBANS, FIELDS, HONEST, NUMBERS, ROWS, SHARES, WIDTHS, Parameters, likelihoods, llr_db,
                    naming)

MARGIN_DB = 5 # over so many a verdict is more or less right
FALSE = 300   # what an honest domain accused costs, in flux domains missed, each as a share of all there are
CALLED = 1.0  # what it is worth to call all honest domains by their class
KINDS = 0.1   # what it is worth to call flux by its kind
RIGHT = 0.05  # what it is worth that probabilities are right where flux is as frequent as in these worlds
HELD = 0.005  # what it costs to move a number by its unit squared: a factor e, or a step of one on its scale
NARROWED = 0.6 # a class stays at least so broad, of what it was
PLAIN = 1.0   # what it is worth to find what is beyond doubt, the demo's flux and the textbook's, and to spare the rest
PLAINLY = 0.1 # what it is worth to call the textbook's services by their class
SPARED = 0.5  # with so much of the margin
APART_DB = 0.1 # from what the program says; more, and this is another judge
ESTIMATES = os.path.join(os.path.dirname(__file__), 'estimates.json') # what every fit begins with
STEPS, RATE = 150, 0.03

# Kinds of flux, with the classes that each has; of these mechanisms it is beyond doubt.
FLUX = (('single', ('flux', 'flux-homes', 'flux-mixed')), ('double', ('flux-double', 'flux-double-homes')),
        ('ns-only', ('flux-ns', 'flux-ns-homes')))
# What has parameters under another name goes with them.
WITHOUT = {**{k: (k, *more) for k, more in WITHIN.items()},
           **{k: (described, *WITHIN.get(described, ())) for k, described in DESCRIBED.items()}}
# What is not fitted. What is of no known class stays broad in every feature; of ordinary names worlds have hardly any with many
# members, and say little of how these lie; a part of flux stays of agents that are all in homes, as recorded flux is; and how
# much is seen to move is a matter of how long one looks, and worlds do not vary that.
KEPT = ([('unknown', [f for f in FIELDS if f not in SHARES]),
         ('ordinary', ['networks_mean', 'networks_sd']), ('flux-homes', ['kind', 'weight']), ('flux-double-homes', ['weight']),
         ('flux-ns-homes', ['weight'])] + [(k, ['moved']) for k in CLASSES])
# What is said of agents is said once, and what flux is like wherever they sit: (of a class, of another, its fields and theirs).
AGENTS = ('networks_mean', 'networks_sd', 'answer', 'size_mean', 'size_sd', 'ttl_mean', 'ttl_sd')
SERVERS = ('ns_networks', 'ns_shared', 'ns_among')
TIED = (*((to, 'flux', [(f, f) for f in (*AGENTS, *SERVERS, 'ns_kind')]) for to in ('flux-homes', 'flux-mixed')),
        ('flux-double', 'flux', [(f, f) for f in (*AGENTS, 'kind')] + [('ns_kind', 'kind')]),
        ('flux-double-homes', 'flux-double', [(f, f) for f in (*AGENTS, *SERVERS)]),
        ('flux-double-homes', 'flux-homes', [('kind', 'kind'), ('ns_kind', 'kind')]),
        ('flux-ns', 'flux', [('ns_kind', 'kind')]),
        ('flux-ns-homes', 'flux-ns', [(f, f) for f in (*AGENTS, *SERVERS, 'kind', 'moved')]),
        ('flux-ns-homes', 'flux-homes', [('ns_kind', 'kind')]))


def seeds(text):
    first, _, last = text.partition('-')
    return [str(s) for s in range(int(first), int(last or first) + 1)]


def arguments():
    p = argparse.ArgumentParser(prog='fit', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('deflux', help='the program')
    p.add_argument('--seeds', type=seeds, default=seeds('501-508'), help='of the worlds, as 501-508')
    p.add_argument('--left-out', help='a mechanism of flux, or an honest class, of which nothing is known')
    p.add_argument('--out', default='.fit/fit.json', help='where the parameters go')
    p.add_argument('--kept', default='.fit', help='where cases are kept for a second run')
    return p.parse_args()


def free(field, table):
    """A number that may be any, of one that may not."""
    if field in ROWS:
        return torch.log(table)
    if field in CHANCES:
        return torch.logit(table)
    return table.clone() if field in NUMBERS else torch.log(table.clamp(min=1e-12))


def bound(field, x, start):
    if field in ROWS:
        return torch.softmax(x, -1).clamp(1e-4, 1 - 1e-4)
    if field in CHANCES:
        return torch.sigmoid(x).clamp(1e-4, 1 - 1e-4)
    if field in NUMBERS:
        return x
    return torch.maximum(torch.exp(x), NARROWED * start) if field.endswith('_sd') else torch.exp(x)


def put(table, row, of, other):
    """The table with one row taken from another."""
    return torch.cat([table[:row], of[other:other + 1], table[row + 1:]])


class Fit:
    def __init__(self, args):
        self.start = Parameters(args.deflux, ESTIMATES)
        self.counts = self.start.whole() # features are taken for independent, as gradients are then well behaved
        lines = all_made(args.deflux, args.kept, args.seeds)
        if args.left_out is not None and not any(args.left_out in (x['class'], x['mechanism']) for x in lines):
            sys.exit(f'fit: no world has {args.left_out}: --left-out wants a mechanism of flux or an honest class, as '
                     'truth names it')
        lines = [x for x in [*lines, *textbook.cases()]
                 if args.left_out is None or args.left_out not in (x['class'], x['mechanism'])]
        self.cases = Cases(lines, WIDTHS)
        of = self.cases.lines
        self.suspect = torch.tensor([x['suspect'] for x in of])
        self.flux = torch.tensor([x['flux'] for x in of])
        wide, told = (torch.tensor([x['world'] in of_ for x in of]) for of_ in (HONEST_DOMAINS, ('textbook',)))
        self.worlds = [(torch.tensor([x['world'] == w for x in of]), n * len(args.seeds)) for w, n in HONEST_DOMAINS.items()]
        self.strong = self.flux & wide & torch.tensor([(x['independent'] or 0) >= STRONG for x in of])
        self.false = self.suspect & ~self.flux & ~told
        self.plain = [self.flux & self.suspect & ~wide & ~told, self.flux & told]
        self.spared = ~self.flux & told
        names = [name for name, _ in FLUX]
        self.kind_of = torch.tensor([names.index(x['mechanism']) if x['mechanism'] in names and x['world'] != 'demo' and
                                     x['suspect'] else -1 for x in of])
        self.classes = torch.tensor([CLASSES.index(x['class']) if x['world'] != 'demo' and x['class'] in CLASSES and
                                     not x['flux'] else -1 for x in of])
        self.named = [k for k in range(HONEST) if (self.classes == k).any()]
        # Calibration is looked at where there are a few members. The prior is the share of flux among all domains, not among
        # these: how many members there are is evidence.
        of_all = self.cases.stands_for * wide
        self.few = of_all * torch.tensor([x['members'] >= FEW for x in of])
        self.odds = torch.logit((of_all * self.flux).sum() / of_all.sum())
        self.n_flux, self.n_honest = self.strong.sum(), sum(HONEST_DOMAINS.values()) * len(args.seeds)
        self.at = {f: free(f, t) for f, t in self.start.classes.items()}
        self.x = {f: t.clone().requires_grad_() for f, t in self.at.items()}
        self.check(Parameters(args.deflux))
        self.kept_out = torch.tensor([k in WITHOUT.get(args.left_out, (args.left_out,)) for k in CLASSES])

    def check(self, own):
        """These likelihoods are a second telling of the program's: they have to say the same."""
        told = torch.tensor([math.nan if x['llr_db'] is None or x['shared_db'] is not None else x['llr_db']
                             for x in self.cases.lines])
        apart = (llr_db(likelihoods(self.cases, own.classes, own.general), own.classes) - told).abs()
        if not (apart[~torch.isnan(apart)] < APART_DB).all():
            sys.exit(f'fit: the program says other than fit/model.py, by {float(apart.nan_to_num().max()):.2f} dB: they have '
                     'to be brought together')

    def tables(self):
        p = {f: self.start.limited(f, bound(f, x, self.start.classes[f])) for f, x in self.x.items()}
        for name, fields in KEPT:
            for f in fields:
                p[f] = put(p[f], CLASSES.index(name), self.start.classes[f], CLASSES.index(name))
        for to, of, fields in TIED:
            for f, g in fields:
                p[f] = put(p[f], CLASSES.index(to), p[g], CLASSES.index(of))
        for f in SHARES:
            p[f] = torch.where(self.kept_out, torch.zeros(()), p[f])
        return p

    def called(self, l, p):
        """How well honest domains are called by their class; caches are called cdn."""
        score = naming(self.cases, l, p, self.start.general)
        cdn, caches = CLASSES.index('cdn'), CLASSES.index('isp-caches')
        score = torch.cat([score[:, :cdn], torch.logsumexp(score[:, [cdn, caches]], 1)[:, None], score[:, cdn + 1:]], 1)
        score[:, caches] = score[:, caches] - 1000
        lost = torch.nn.functional.nll_loss(torch.log_softmax(score, 1), self.classes.clamp(min=0), reduction='none')
        each, weights = [], []
        for k in self.named:
            n = self.cases.stands_for * (self.classes == k)
            each.append((lost * n).sum() / n.sum())
            weights.append(n.sum() ** .75) # nearly as frequent as it is
        return sum(e * w for e, w in zip(each, weights)) / sum(weights), lost[self.spared & (self.classes >= 0)].mean(), score

    def kinds_called(self, l, p):
        score = (l + torch.log(p['weight'].clamp(min=1e-30)))[self.kind_of >= 0]
        score = [torch.logsumexp(score[:, [CLASSES.index(k) for k in classes]], 1) for _, classes in FLUX]
        return torch.nn.functional.cross_entropy(torch.stack(score, 1), self.kind_of[self.kind_of >= 0])

    def surprise(self, db):
        """Of the truth, after what was said of it; for each flux domain."""
        odds = db / DECIBANS + self.odds
        each = torch.nn.functional.binary_cross_entropy_with_logits(odds, self.flux.double(), reduction='none')
        return (each * self.few).sum() / (self.few * self.flux).sum()

    def loss(self):
        p = self.tables()
        l = likelihoods(self.cases, p, self.start.general)
        db = llr_db(l, p)
        over = (db - self.start.general('accuse_db')) / MARGIN_DB
        soft = torch.nn.functional.softplus
        missed = soft(-over[self.strong]).sum() / self.n_flux
        false = soft(over[self.false]).sum() / self.n_honest
        called, plainly, _ = self.called(l, p)
        moved = sum(((x - self.at[f]) ** 2).sum() for f, x in self.x.items())
        plain = sum(soft(SPARED - over[p]).mean() for p in self.plain) + soft(SPARED + over[self.spared]).mean()
        return (missed + FALSE * false + PLAIN * plain) / 2 + CALLED * called + PLAINLY * plainly \
            + KINDS * self.kinds_called(l, p) + RIGHT * self.surprise(db) + HELD * moved

    def run(self):
        by = torch.optim.Adam(self.x.values(), lr=RATE)
        for step in range(STEPS):
            if step % 50 == 0:
                self.tell(f'{step} of {STEPS}', self.tables())
            loss = self.loss()
            by.zero_grad()
            loss.backward()
            by.step()
        p = self.tables()
        self.tell(f'{STEPS} of {STEPS}', p)
        self.start.values.update(self.counts)
        p['weight'] = shares.found(self, p)
        self.tell('then shares', p)
        return self.start.named(p)

    def tell(self, step, p):
        with torch.no_grad():
            l = likelihoods(self.cases, p, self.start.general)
            db = llr_db(l, p)
            called = (self.called(l, p)[2].argmax(1) == self.classes).double()
            n = [self.cases.stands_for * (self.classes == k) for k in self.named]
            each = [float((called * x).sum() / x.sum()) for x in n]
        accused = (db >= self.start.general('accuse_db')) & self.suspect
        beyond = torch.cat([accused[p] for p in self.plain] + [~accused[self.spared]])
        print(f'fit: {step}: recall {float((accused & self.strong).sum() / self.n_flux):.3f}, false '
              f'{float((accused & self.false).sum()) / self.n_honest * 1e4:.2f} per 10,000, right of what is beyond doubt '
              f'{float(beyond.double().mean()):.2f}, classes called {sum(each) / len(each):.3f}',
              file=sys.stderr, flush=True)


def main():
    args = arguments()
    os.makedirs(os.path.dirname(args.out) or '.', exist_ok=True) # before the work, not after it
    torch.set_num_threads(1) # sums come out the same however many processors there are
    parameters = Fit(args).run()
    with open(args.out + '.part', 'w', encoding='utf-8') as f: # whole or not at all
        json.dump(parameters, f, indent=1)
        f.write('\n')
    os.rename(args.out + '.part', args.out)


if __name__ == '__main__':
    main()
