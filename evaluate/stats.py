"""The statistics of the report: intervals by resampling units, survival, calibration, agreement of two groupings."""
import math
import random
import zlib

DECIBANS = 10 / math.log(10)
ALL_EQUAL = 0.025 # one side of a 95 % interval
MANY_UNITS = 5000 # of so many, only those with hits are drawn: the others' sum hardly varies


def poisson_upper(events, level=0.95):
    """The largest mean under which so few events are not rarer than 1 - level."""
    low, high = 0.0, 10.0 + 3 * events
    for _ in range(60):
        mean = (low + high) / 2
        term = total = math.exp(-mean)
        for i in range(1, events + 1):
            term *= mean / i
            total += term
        low, high = (mean, high) if total > 1 - level else (low, mean)
    return high


class Bootstrap:
    """
    Resamples units (networks, operators): each counts as often as a Poisson draw of mean 1 says. A unit has the same
    draws in every figure, so that two methods on the same units are compared in pairs.
    """
    CUMULATIVE = [sum(math.exp(-1) / math.factorial(i) for i in range(k + 1)) for k in range(9)]

    def __init__(self, turns=1000):
        self.turns, self.drawn = turns, {}

    def weights(self, unit):
        if unit not in self.drawn:
            r = random.Random(zlib.crc32(repr(unit).encode()))
            self.drawn[unit] = bytes(r.choices(range(9), cum_weights=self.CUMULATIVE, k=self.turns))
        return self.drawn[unit]

    def ratios(self, counts, whole=None):
        """Sum of hits over sum of n for each turn; counts: unit to (hits, n). With whole, that is the sum of n always."""
        hits, n = [0.0] * self.turns, [0.0] * self.turns
        for unit, (hit, of) in counts.items():
            if whole is not None and not hit:
                continue
            for turn, weight in enumerate(self.weights(unit)):
                hits[turn] += weight * hit
                n[turn] += weight * of
        return [h / (whole or m) for h, m in zip(hits, n) if whole or m]

    @staticmethod
    def interval(values, level=0.95):
        """The middle part of the values; (None, None) without any."""
        if not values:
            return None, None
        ordered, out = sorted(values), round((1 - level) / 2 * (len(values) - 1))
        return ordered[out], ordered[-1 - out]

    def share(self, counts):
        """(share, low, high), 95 %. Where all units agree, resampling sees nothing: then their number alone bounds it."""
        hits, n = (sum(c[i] for c in counts.values()) for i in (0, 1))
        if not n:
            return None, None, None
        edge = ALL_EQUAL ** (1 / len(counts))
        if hits in (0, n):
            return (0.0, 0.0, 1 - edge) if not hits else (1.0, edge, 1.0)
        return hits / n, *self.interval(self.ratios(counts, n if len(counts) > MANY_UNITS else None))

    def rate(self, counts, whole):
        """
        (rate, low, upper): of rare events in a whole that does not vary; upper holds with 95 %, from one side, and is no
        smaller than what so few units can say.
        """
        hits, units = sum(h for h, _ in counts.values()), sum(h > 0 for h, _ in counts.values())
        ratios = sorted(self.ratios(counts, whole))
        each = hits / units if units else 1
        upper = max(ratios[round(0.95 * (len(ratios) - 1))], poisson_upper(units) * each / whole)
        return hits / whole, ratios[round(0.05 * (len(ratios) - 1))], upper

    def difference(self, counts, others):
        """(difference, low, high) of two shares over the same units."""
        mine, theirs = ([sum(c[i] for c in x.values()) for i in (0, 1)] for x in (counts, others))
        if not mine[1] or not theirs[1]:
            return None, None, None
        pairs = [a - b for a, b in zip(self.ratios(counts), self.ratios(others))]
        return mine[0] / mine[1] - theirs[0] / theirs[1], *self.interval(pairs)


def kaplan_meier(events):
    """
    The curve [(time, share that had the event by then)] of (time, whether the event came; else it was watched until
    then).
    """
    at_risk, without, curve = len(events), 1.0, [(0, 0.0)]
    ordered = sorted(events, key=lambda e: (e[0], not e[1]))
    at = 0
    while at < len(ordered):
        time, came, left = ordered[at][0], 0, 0
        while at < len(ordered) and ordered[at][0] == time:
            came, left, at = came + ordered[at][1], left + 1, at + 1
        without *= 1 - came / at_risk
        at_risk -= left
        if came:
            curve.append((time, 1 - without))
    return curve


def time_of(curve, share):
    """When the curve reaches the share; None: never."""
    return next((time for time, had in curve if had >= share - 1e-12), None)


def median(events):
    """When half had the event, as Kaplan-Meier has it: infinite where fewer ever had; None without any."""
    events = list(events)
    time = time_of(kaplan_meier(events), 0.5)
    return (math.inf if time is None else time) if events else None


def reached(events):
    """The curve [(time, share of all that had the event by then)], where what was not seen to come never does."""
    times = sorted(time for time, came in events if came)
    return [(0, 0.0)] + [(time, n / len(events)) for n, time in enumerate(times, 1)]


def quantile(events, share):
    """When that share of all had the event, where what was not seen to come never does; None: never."""
    times = sorted(time for time, came in events if came)
    needed = math.ceil(share * len(events) - 1e-9)
    return times[needed - 1] if 0 < needed <= len(times) else None


def logit(p):
    return math.log(p / (1 - p))


def expit(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def shifted(llr_db, prevalence):
    """Log odds after evidence of so many decibans, where so large a share is flux; kept where a double can tell."""
    return max(-30.0, min(30.0, llr_db / DECIBANS + logit(prevalence)))


def logistic(rows):
    """(slope, intercept) of the logistic regression of y on x, rows being (x, y, weight); None when it has no answer."""
    slope, intercept = 1.0, 0.0
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, y, weight in rows:
            p = expit(intercept + slope * x)
            g, h = weight * (y - p), weight * p * (1 - p)
            g0, g1, h00, h01, h11 = g0 + g, g1 + g * x, h00 + h, h01 + h * x, h11 + h * x * x
        det = h00 * h11 - h01 * h01
        if det < 1e-12:
            return None
        d0, d1 = (h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det
        largest = max(abs(d0), abs(d1) * 5)
        scale = min(1.0, 2 / largest) if largest else 1.0 # a step no larger than the model is good for
        intercept, slope = intercept + scale * d0, slope + scale * d1
        if largest < 1e-9:
            break
    return slope, intercept


def reliability(rows, bins, least=0.0):
    """[(mean p, share of flux, n)] of rows (p, y, weight) with p >= least, in bins of equal width."""
    sums = [[0.0, 0.0, 0.0] for _ in range(bins)]
    for p, y, weight in rows:
        if p >= least:
            s = sums[min(bins - 1, int((p - least) / (1 - least) * bins))]
            s[0], s[1], s[2] = s[0] + weight * p, s[1] + weight * y, s[2] + weight
    return [(p / n, y / n, n) for p, y, n in sums if n]


def calibration_error(points):
    """Expected calibration error of what reliability gives; None without any."""
    whole = sum(n for _, _, n in points)
    return sum(n * abs(p - y) for p, y, n in points) / whole if whole else None


def brier_skill(rows):
    """One less the squared error over that of always saying the prevalence; rows: (p, y, weight). None: it has none."""
    n = sum(w for *_, w in rows)
    if not n:
        return None
    mean = sum(y * w for _, y, w in rows) / n
    flat = mean * (1 - mean)
    return 1 - sum(w * (p - y) ** 2 for p, y, w in rows) / n / flat if flat else None


def entropy(counts):
    n = sum(counts)
    return -sum(c / n * math.log(c / n) for c in counts if c)


def agreement(pairs):
    """(homogeneity, completeness) of (true group, found group) pairs."""
    true, found, both = {}, {}, {}
    for a, b in pairs:
        true[a], found[b], both[a, b] = true.get(a, 0) + 1, found.get(b, 0) + 1, both.get((a, b), 0) + 1
    if not pairs:
        return None, None
    h_true, h_found, h_both = (entropy(x.values()) for x in (true, found, both))
    return (1 - (h_both - h_found) / h_true if h_true else 1.0, 1 - (h_both - h_true) / h_found if h_found else 1.0)
