"""
The second step of the fit: how frequent honest classes are. The first step takes features for independent; but how many members
there are and how large answers hang on each other, and the judge counts but a part of these (`counts`). What it then lacks is
made up for here: shares of classes are moved a step at a time while that betters what is counted, who is accused and who falsely.
"""
import torch

from .model import CLASSES, HONEST, likelihoods, llr_db

AROUND_DB = (-2, 0, 2)    # of the evidence that accuses: counted at each, so that single domains do not decide
PRICE = 300               # of one honest domain accused, in flux domains missed, each as a share of all there are
BEYOND = 1.0              # of flux beyond doubt whose members are not marked, and of services that are accused, the same
TRIFLE = 2e-4             # less is no gain
BEGIN = (0.2, 0.45, 0.7, 1.5) # of what the first step found: where shares begin; where that ends is not the same
LEAST, MOST = 0.2, 4      # and how far they may go
STEPS = (4, 2, 1.4)
ORDINARY = 'ordinary'     # what other classes leave


class Shares:
    """of: a Fit; p: its tables."""

    def __init__(self, of, p):
        with torch.no_grad():
            self.l = likelihoods(of.cases, p, of.start.general).float()
        self.weights, self.accuse_db = p['weight'].detach().float(), of.start.general('accuse_db')
        self.sets = [(of.strong & in_world, of.false & in_world, n) for in_world, n in of.worlds]
        self.right = [*((flux, of.start.general('marks_over_db'), True) for flux in of.plain), (of.spared, 0, False)]
        self.moved = [k for k in CLASSES[:HONEST] if k != ORDINARY and self.weights[CLASSES.index(k)] > 0]

    def shares(self, factors):
        w = self.weights.clone()
        for k, factor in factors.items():
            w[CLASSES.index(k)] *= factor
        if w[CLASSES.index(ORDINARY)] > 0: # else it is what is left out
            w[CLASSES.index(ORDINARY)] += self.weights[:HONEST].sum() - w[:HONEST].sum()
        return w

    def worth(self, factors):
        over = llr_db(self.l, {'weight': self.shares(factors)}) - self.accuse_db
        out = [(over[flux] >= at).double().mean() - PRICE * (over[honest] >= at).sum() / n
               for flux, honest, n in self.sets for at in AROUND_DB]
        wrong = [((over[who] >= at) != accused).double().mean() for who, at, accused in self.right]
        return float(sum(out) / len(out) - BEYOND * sum(wrong))


def found(of, p):
    """The shares of all classes, by the best of the ways."""
    s = Shares(of, p)
    return s.shares(max((way(s, begin) for begin in BEGIN), key=lambda end: end[0])[1]).double()


def way(s, begin):
    """(what it is worth, the factors) where no further step betters it."""
    factors = dict.fromkeys(s.moved, begin)
    best = s.worth(factors)
    for step in STEPS:
        better = True
        while better:
            better = False
            for k in s.moved:
                for value in (max(LEAST, factors[k] / step), min(MOST, factors[k] * step)):
                    to = {**factors, k: value}
                    if (worth := s.worth(to)) > best + TRIFLE:
                        best, factors, better = worth, to, True
    return best, factors
