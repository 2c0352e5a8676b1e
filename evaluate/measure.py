"""The figures of the report, over all worlds together. Intervals resample networks and operators, not domains."""
import bisect
import collections
import itertools
import math

from . import stats

STRONG = 15 # independent members from which on flux has to be found
FEW = 5 # members from which on an honest domain can be mistaken, and calibration is looked at
MANY_ANSWERS, MANY_MEMBERS = 30, 20 # by which an honest domain, a flux domain should be decided
PREVALENCE = 1e-5
THRESHOLDS = [*range(-20, 100, 2), *range(100, 301, 10)]
ACCUSE_DB, SHOWN_LEAST, BINS = 50, 0.1, 10
CALIBRATION_TURNS = 200


class Case:
    """
    One domain of one world. Its unit is what is resampled; it has a sibling when another domain of its flux network was
    looked up, or when the honest operator runs a twin. siblings: the domains of its flux network, itself included.
    """
    __slots__ = ('world', 'domain', 'truth', 'unit', 'sibling', 'siblings')

    def __init__(self, world, domain, truth):
        self.world, self.domain, self.truth, self.sibling, self.siblings = world, domain, truth, False, 1
        self.unit = (world.seed, truth.network or domain) if truth.flux else (world.seed, truth.operator)

    def found(self, scan):
        return self.world.found[scan].get(self.domain)

    def verdict(self, scan):
        found = self.found(scan)
        return found.verdict if found else 'benign'

    def accused(self, scan):
        return self.verdict(scan) == 'fast-flux'

    def score(self, scan):
        """The evidence; of what is not accused for want of homes, short of an accusation."""
        found = self.found(scan)
        if found is None:
            return -999.0
        return found.llr_db if found.verdict == 'fast-flux' else min(found.llr_db, ACCUSE_DB - 0.01)

    def first_answers_at(self, n):
        """When its answer number n came; None where there are fewer."""
        return self.truth.times[n - 1] if len(self.truth.times) >= n else None

    def late(self):
        """Seconds from its fifteenth independent member to the verdict; (seconds, whether it came)."""
        if self.accused('deflux/all'):
            return max(0, self.found('deflux/all').decided - self.truth.fifteenth), True
        return max(0, self.world.end - self.truth.fifteenth), False

    def spent(self, moments):
        """How many of these moments had passed at the verdict, else at the end; and whether it came."""
        if self.accused('deflux/all'):
            return max(1, bisect.bisect_right(moments, self.found('deflux/all').decided)), True
        return max(1, len(moments)), False


def any_case(_):
    return True


def is_apart(c):
    return not c.truth.twin


def is_large(c):
    return not c.truth.twin and c.truth.members >= FEW


def is_foreign(c):
    return not c.sibling


def counted(cases, hit):
    """Unit to (hits, n), for a bootstrap."""
    counts = {}
    for c in cases:
        h, n = counts.get(c.unit, (0, 0))
        counts[c.unit] = (h + bool(hit(c)), n + 1)
    return counts


class Measure:
    def __init__(self, worlds, turns):
        self.worlds, self.boot = worlds, stats.Bootstrap(turns)
        cases = [Case(w, d, t) for w in worlds for d, t in w.truth.items() if t.times]
        self.flux = [c for c in cases if c.truth.flux]
        self.honest = [c for c in cases if not c.truth.flux]
        networks = collections.Counter(c.unit for c in self.flux)
        for c in self.flux:
            c.siblings, c.sibling = networks[c.unit], networks[c.unit] > 1
        operators = {c.unit for c in self.honest if c.truth.twin}
        for c in self.honest:
            c.sibling = c.unit in operators
        self.strong = [c for c in self.flux if c.truth.independent >= STRONG]
        self.by_name = {(c.world.seed, c.domain): c for c in self.honest}

    # ---- who is accused

    def recalled(self, scan, keep=any_case):
        return counted(filter(keep, self.strong), lambda c: c.accused(scan))

    def recall(self, scan, keep=any_case):
        return self.boot.share(self.recalled(scan, keep))

    def falsely(self, scan, keep=any_case):
        """The honest domains that a scan accuses."""
        named = (self.by_name.get((w.seed, d)) for w in self.worlds for d in w.accused(scan))
        return [c for c in named if c is not None and keep(c)]

    def rate(self, scan, keep=is_apart):
        """False accusations per honest domain that keep holds for: (rate, low, upper bound of 95 %)."""
        whole = sum(map(keep, self.honest))
        return self.boot.rate(counted(self.falsely(scan, keep), any_case), whole) if whole else (None, None, None)

    def rate_of(self, cases):
        """So many false accusations per honest domain of any class, twins apart: (rate, low, upper bound of 95 %)."""
        whole = sum(map(is_apart, self.honest))
        return self.boot.rate(counted(cases, any_case), whole) if whole else (None, None, None)

    def twins(self, scan):
        return self.boot.share(counted((c for c in self.honest if c.truth.twin), lambda c: c.accused(scan)))

    def beats(self, scan, other, keep=is_apart):
        """How much more is recalled, and how much less falsely accused per honest domain, each (by, low, high)."""
        recall = self.boot.difference(self.recalled(scan), self.recalled(other))
        whole = sum(map(keep, self.honest))
        mine, theirs = ({u: h for u, (h, _) in counted(self.falsely(s, keep), any_case).items()} for s in (scan, other))
        less = {u: (theirs.get(u, 0) - mine.get(u, 0), 0) for u in mine.keys() | theirs.keys()}
        return recall, (sum(h for h, _ in less.values()) / whole, *self.boot.interval(self.boot.ratios(less, whole)))

    def precision(self, scan):
        """At the prevalence of real traffic: (value, at the upper bound of false accusations)."""
        recall, (rate, _, upper) = self.recall(scan)[0], self.rate(scan)
        if recall is None or rate is None:
            return None, None
        found = PREVALENCE * recall
        return tuple(found / (found + (1 - PREVALENCE) * r) if found else 0.0 for r in (rate, upper))

    def classes(self):
        """Honest class to the number of its operators, twins apart."""
        units = collections.defaultdict(set)
        for c in filter(is_apart, self.honest):
            units[c.truth.class_].add(c.unit)
        return {name: len(units[name]) for name in sorted(units)}

    def operators(self, scan, name):
        """Operator to (accused, 1), of those of that honest class with a large domain."""
        cases = (c for c in self.honest if c.truth.class_ == name and is_large(c))
        return {u: (int(h > 0), 1) for u, (h, _) in counted(cases, lambda c: c.accused(scan)).items()}

    def confusion(self, scan):
        """(true class, class in the output) to domains, among those with a few members."""
        counts = collections.Counter()
        for c in self.flux + self.honest:
            found = c.found(scan)
            if c.truth.members >= FEW and found is not None:
                counts[c.truth.class_, found.class_] += 1
        return counts

    def undecided(self, scan):
        """Among honest domains with many answers, among flux with many members: (share, low, high)."""
        is_open = lambda c: c.verdict(scan) == 'undecided'
        honest = (c for c in self.honest if (f := c.found(scan)) is not None and f.answers >= MANY_ANSWERS)
        flux = (c for c in self.flux if c.truth.members >= MANY_MEMBERS)
        return self.boot.share(counted(honest, is_open)), self.boot.share(counted(flux, is_open))

    def curve(self, scan, without=()):
        """[(threshold, false accusations per honest domain, recall)]; those honest classes count, but are never accused."""
        flux = sorted(c.score(scan) for c in self.strong)
        honest = sorted(c.score(scan) if c.truth.class_ not in without else -math.inf for c in self.honest if is_apart(c))
        above = lambda scores, at: (len(scores) - bisect.bisect_left(scores, at)) / max(1, len(scores))
        return [(t, above(honest, t), above(flux, t)) for t in THRESHOLDS]

    # ---- how sure it is

    def large(self, scan):
        """(unit, evidence in half decibans, is flux) of domains with a few members."""
        return [(c.unit, round(2 * f.llr_db) / 2, c.truth.flux) for c in self.flux + self.honest
                if c.truth.members >= FEW and (f := c.found(scan)) is not None]

    def prevalence(self):
        """Of flux among all domains. Among large ones it is more, but that a domain is large is evidence already."""
        return len(self.flux) / max(1, len(self.flux) + len(self.honest))

    def calibration(self, scan):
        """After shifting to the prevalence of flux: {figure: (value, low, high)}, and reliability's points."""
        rows, prevalence = self.large(scan), self.prevalence()
        if not rows or not 0 < prevalence < 1:
            return {}, []
        grouped = collections.defaultdict(collections.Counter)
        for unit, llr, y in rows:
            grouped[unit][llr, y] += 1
        whole = sum(grouped.values(), collections.Counter())
        one = self.calibrated(whole, prevalence)
        turns = []
        for turn in range(min(CALIBRATION_TURNS, self.boot.turns)):
            drawn = collections.Counter()
            for unit, counts in grouped.items():
                weight = self.boot.weights(unit)[turn]
                for key, n in counts.items() if weight else ():
                    drawn[key] += weight * n
            turns.append(self.calibrated(drawn, prevalence))
        values = {k: (v, *self.boot.interval([t[k] for t in turns if t[k] is not None])) for k, v in one.items()}
        return values, stats.reliability(self.probabilities(whole, prevalence), BINS)

    @staticmethod
    def probabilities(counts, prevalence):
        return [(stats.expit(stats.shifted(llr, prevalence)), y, n) for (llr, y), n in counts.items()]

    def calibrated(self, counts, prevalence):
        rows = self.probabilities(counts, prevalence)
        fit = stats.logistic([(stats.shifted(llr, prevalence), y, n) for (llr, y), n in counts.items()])
        slope, intercept = fit or (None, None)
        shown = stats.reliability(rows, BINS, SHOWN_LEAST)
        return {'slope': slope, 'intercept': intercept, 'ece': stats.calibration_error(shown),
                'brier': stats.brier_skill(rows)}

    # ---- how long it takes, and whose it is

    def latency(self):
        """(what of it had passed, whether it was accused then) by answers, by members, by minutes past the fifteenth."""
        past = [c.late() for c in self.strong if c.truth.fifteenth is not None]
        return {'answers': [c.spent(c.truth.times) for c in self.flux],
                'members': [c.spent(c.truth.firsts) for c in self.flux],
                'minutes': [(s / 60, came) for s, came in past]}

    def median_late(self):
        """The median of minutes past the fifteenth member (Kaplan-Meier): (value, low, high); infinite: never."""
        units = collections.defaultdict(list)
        for c in self.strong:
            if c.truth.fifteenth is not None:
                seconds, came = c.late()
                units[c.unit].append((seconds / 60, came))
        one = stats.median(itertools.chain.from_iterable(units.values()))
        turns = range(min(CALIBRATION_TURNS, self.boot.turns) if units else 0)
        drawn = [stats.median(e for unit, events in units.items() for e in events * self.boot.weights(unit)[turn])
                 for turn in turns]
        return (one, *self.boot.interval([t for t in drawn if t is not None]))

    def at_the_end(self):
        """Accused domains, and those of which the verdict came only when all had been read."""
        accused = [c for c in self.flux if c.accused('deflux/all')]
        return len(accused), sum(c.found('deflux/all').decided >= c.world.end - 60 for c in accused)

    def cuts(self):
        """The hours after which some scans end."""
        return sorted(int(name[6:]) for name in self.worlds[0].found if name.startswith('until/'))

    def by_hour(self, hour):
        """
        Of a scan that ended then: (flux that had shown enough members, of it accused, of it decided by then as the scan
        of all says, accused flux that is not accused in the end, honest domains accused).
        """
        scan, until = f'until/{hour}', hour * 3600
        ripe = [c for c in self.strong if c.truth.fifteenth is not None and c.truth.fifteenth < until]
        decided = sum(c.accused('deflux/all') and c.found('deflux/all').decided < until for c in ripe)
        lost = sum(c.accused(scan) and not c.accused('deflux/all') for c in self.flux)
        return len(ripe), sum(c.accused(scan) for c in ripe), decided, lost, len(self.falsely(scan, is_apart))

    def ever_falsely(self, scans):
        """Accused at one time or another, per honest domain: (rate, low, upper)."""
        return self.rate_of({(c.world.seed, c.domain): c for scan in scans for c in self.falsely(scan, is_apart)}.values())

    def networks(self):
        """Of accused flux: (homogeneity, completeness, networks in truth, networks found)."""
        pairs = [(c.unit, (c.world.seed, c.found('deflux/all').network)) for c in self.flux if c.accused('deflux/all')]
        return (*stats.agreement(pairs), len({a for a, _ in pairs}), len({b for _, b in pairs}))

    def mechanisms(self):
        """Mechanism to its cases with enough members."""
        rows = collections.defaultdict(list)
        for c in self.strong:
            rows[c.truth.mechanism].append(c)
        return dict(sorted(rows.items()))
