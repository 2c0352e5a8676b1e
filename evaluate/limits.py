"""What limits the figures: what tells the found from the missed, and what each honest class costs."""
import bisect
import collections
import itertools

from . import stats
from .measure import ACCUSE_DB, FEW, SHOWN_LEAST, is_apart

RATES = (0.5e-4, 5e-4, 50e-4) # false accusations per honest domain at which recall is looked at
LEAST_DB = 10 # no threshold is looked at below this
TRIFLE = 0.01 # of recall, over all rates
TURNS = 200
FEWEST = 5 # networks in a band whose recall is spoken of


def networks_of(case, scan):
    """Of its members; where the name servers alone are members, of these."""
    found = case.found(scan)
    if found is None:
        return None
    return found.value('server_spread') if case.truth.kind == 'ns-only' else found.networks


def homes_of(case, scan):
    """The share of its members that deflux takes to be in networks of homes."""
    found = case.found(scan)
    return found and found.value('server_kind' if case.truth.kind == 'ns-only' else 'member_kind')


class Cut:
    """One way to sort flux domains: in bands that begin at edges, or by the value itself."""

    def __init__(self, name, value, edges=None, unit=1):
        self.name, self.value, self.edges, self.unit = name, value, edges, unit

    def label(self, at):
        """Of the band that begins at that edge; unit: 0.01 for percent."""
        low, high = self.edges[at], self.edges[at + 1] if at + 1 < len(self.edges) else None
        shown = lambda x: f'{round(x / self.unit)}'
        if self.unit != 1:
            return f'{shown(low)} % or more' if high is None else f'{shown(low)} to under {shown(high)} %'
        if high is None:
            return f'{shown(low)} or more'
        return shown(low) if high == low + 1 else f'{shown(low)} to {shown(high - 1)}'

    def bands(self, cases):
        """[(label, cases)], without the empty ones; what has no value comes last."""
        rows, nothing = collections.defaultdict(list), []
        for c in cases:
            value = self.value(c)
            if value is None:
                nothing.append(c)
            else:
                rows[value if self.edges is None else sum(value >= e for e in self.edges[1:])].append(c)
        named = [(at if self.edges is None else self.label(at), rows[at]) for at in sorted(rows)]
        return named + ([('not known', nothing)] if nothing else [])


def cuts(scan):
    return [Cut('independent members', lambda c: c.truth.independent, (15, 20, 30, 50)),
            Cut('networks of the members', lambda c: networks_of(c, scan), (0, 10, 20, 40)),
            Cut('share of members in homes, as deflux takes it', lambda c: homes_of(c, scan), (0, 0.4, 0.5, 0.6), 0.01),
            Cut('domains of its network', lambda c: c.siblings, (1, 2, 4, 8)),
            Cut('answers seen', lambda c: len(c.truth.times), (1, 10, 30, 100)),
            Cut('kind of flux', lambda c: c.truth.kind),
            Cut('mechanism', lambda c: c.truth.mechanism)]


def told(bands, hit):
    """
    The share of the variance of being hit that the bands account for, less what so many bands do by chance, the units
    being what varies; None: nothing varies.
    """
    cases = list(itertools.chain.from_iterable(band for _, band in bands))
    units, hits = len({c.unit for c in cases}), sum(map(hit, cases))
    if hits in (0, len(cases)) or units <= len(bands):
        return None
    mean = hits / len(cases)
    between = sum(len(band) * (sum(map(hit, band)) / len(band) - mean) ** 2 for _, band in bands)
    share = between / len(cases) / (mean * (1 - mean))
    return max(0.0, 1 - (1 - share) * (units - 1) / (units - len(bands)))


def evidence(cases, scan):
    """Feature to its mean evidence in decibans; where it is none, 0."""
    found = [f for c in cases if (f := c.found(scan)) is not None]
    sums = collections.Counter()
    for f in found:
        for feature, (_, weight) in f.evidence.items():
            sums[feature] += weight
    return {feature: total / len(found) for feature, total in sums.items()}


def lacking(cases, scan):
    """How many decibans each lacks to an accusation, least first."""
    return sorted(ACCUSE_DB - c.score(scan) for c in cases)


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


class Price:
    """Recall where no more than so many are falsely accused, whatever threshold that takes; twins stand apart."""

    def __init__(self, m, scan):
        self.boot, self.turns = m.boot, min(TURNS, m.boot.turns)
        flux = sorted(((c.score(scan), c.unit) for c in m.strong), key=lambda x: -x[0])
        self.scores = [-score for score, _ in flux]
        self.honest = sorted(((s, c.unit, c.truth.class_) for c in filter(is_apart, m.honest)
                              if (s := c.score(scan)) >= LEAST_DB), key=lambda x: -x[0])
        self.whole = sum(map(is_apart, m.honest))
        drawn = [m.boot.weights(unit) for _, unit in flux]
        self.above = [list(itertools.accumulate(([w[t] for w in drawn]), initial=0)) for t in range(self.turns)]
        self.with_all = self.recalls()

    def thresholds(self, honest, weigh):
        """For each rate, the score that has to be exceeded for no more to be accused."""
        out, total = [], 0
        for score, unit in honest:
            total += weigh(unit)
            while len(out) < len(RATES) and total > RATES[len(out)] * self.whole:
                out.append(score)
            if len(out) == len(RATES):
                return out
        return out + [LEAST_DB - 0.01] * (len(RATES) - len(out))

    def count(self, threshold):
        """Flux domains with a higher score."""
        return bisect.bisect_left(self.scores, -threshold)

    def near(self, without):
        return [(score, unit) for score, unit, name in self.honest if name not in without]

    def once(self, without=()):
        """Recall at each rate; those classes are never accused."""
        return [self.count(t) / max(1, len(self.scores)) for t in self.thresholds(self.near(without), lambda unit: 1)]

    def recalls(self, without=()):
        """(recall at each rate, for each turn of the bootstrap the same)"""
        one, honest, turns = self.once(without), self.near(without), []
        for turn, above in enumerate(self.above):
            if above[-1]:
                found = self.thresholds(honest, lambda unit, turn=turn: self.boot.weights(unit)[turn])
                turns.append([above[self.count(t)] / above[-1] for t in found])
        return one, turns

    def gained(self, without):
        """For each rate, what of recall is gained when these honest classes are never accused: (by, low, high)."""
        (one, turns), (base, bases) = self.recalls(without), self.with_all
        return [(one[i] - base[i], *self.boot.interval([t[i] - b[i] for t, b in zip(turns, bases)]))
                for i in range(len(RATES))]

    def reached(self, without=()):
        """For each rate, recall: (value, low, high)."""
        one, turns = self.recalls(without) if without else self.with_all
        return [(one[i], *self.boot.interval([t[i] for t in turns])) for i in range(len(RATES))]

    def steps(self, names, wanted):
        """
        Honest classes to take out one after another, each time the one that gains most, all rates together, until recall
        is as wanted where the fewest are falsely accused, or none gains more than a trifle.
        """
        out, now = [], self.once()
        while now[0] < wanted:
            rows = [(self.once({*out, name}), name) for name in names if name not in out]
            best, name = max(rows, default=(now, None), key=lambda row: (round(sum(row[0]), 9), row[0]))
            if sum(best) - sum(now) < TRIFLE:
                break
            out, now = out + [name], best
        return out


def cost_of(recall, curve):
    """(threshold, false accusations per honest domain) of the highest threshold with that recall; None: there is none."""
    return next(((t, rate) for t, rate, found in reversed(curve) if found >= recall), None)


def likely_from(m, scan):
    """
    (evidence from which on the probability is shown to be wrong or right, after shifting to the prevalence of flux; the
    honest domains with a few members; those with as much evidence). None: there are none, or no flux.
    """
    honest = [c for c in m.honest if c.truth.members >= FEW and c.found(scan) is not None]
    if not honest or not m.flux:
        return None
    least = stats.DECIBANS * (stats.logit(SHOWN_LEAST) - stats.logit(m.prevalence()))
    return least, honest, [c for c in honest if c.found(scan).llr_db >= least]


def by_class(cases):
    """[(honest class, cases)] of the falsely accused, the most first."""
    rows = collections.defaultdict(list)
    for c in cases:
        rows[c.truth.class_].append(c)
    return sorted(rows.items(), key=lambda x: (-len(x[1]), x[0]))
