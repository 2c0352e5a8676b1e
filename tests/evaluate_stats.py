"""The statistics behind `make evaluate`, against figures from textbooks and by hand."""
import math
import random
import sys

from tap import ROOT, Tap

sys.path.insert(0, ROOT)
from evaluate import stats # noqa: E402


def near(got, want, by=1e-6):
    return got is not None and abs(got - want) <= by


def bounds(t):
    for events, want in ((0, 2.9957), (1, 4.7439), (3, 7.7537), (10, 16.9622)): # half of chi-square's 95th percentile
        t.ok(near(stats.poisson_upper(events), want, 1e-3), f'at most {want} where {events} were seen',
             stats.poisson_upper(events))
    b = stats.Bootstrap(500)
    counts = {('net', i): (i % 4 != 0, 1) for i in range(40)}
    share, low, high = b.share(counts)
    t.ok(share == 0.75 and 0.55 < low < 0.68 < 0.82 < high < 0.92, 'a share of 40 networks', (share, low, high))
    t.equal(stats.Bootstrap(500).share(counts), (share, low, high), 'the same again')
    few = {('net', i): (10 if i % 4 else 0, 10) for i in range(40)}
    t.equal(b.share(few), (share, low, high), 'ten domains of each network say no more than one')
    t.equal(b.share({}), (None, None, None), 'a share of nothing')
    share, low, high = b.share({i: (1, 1) for i in range(10)})
    t.ok(share == high == 1 and near(low, 0.025 ** 0.1), 'ten of ten', low)
    share, low, high = b.share({i: (0, 1) for i in range(10)})
    t.ok(share == low == 0 and near(high, 1 - 0.025 ** 0.1), 'none of ten', high)
    rate, low, upper = b.rate({}, 30000)
    t.ok(rate == low == 0 and near(upper, 2.9957 / 30000, 1e-6), 'no event in 30,000', upper)
    rate, low, upper = b.rate({'a': (6, 6), 'b': (2, 2)}, 1000)
    t.ok(rate == 0.008 and upper >= stats.poisson_upper(2) * 4 / 1000, 'eight domains of two operators are two events', upper)
    better = {k: (1, 1) for k in counts}
    difference, low, high = b.difference(better, counts)
    t.ok(near(difference, 0.25) and 0.08 < low < high < 0.45, 'a difference in pairs', (low, high))
    t.equal(b.difference(counts, counts), (0, 0, 0), 'no difference from itself')


def survival(t):
    # by hand: of 5, one at 1, one at 2 beside one that left at 2, one at 4, one left at 5
    events = [(4, True), (1, True), (2, False), (2, True), (5, False)]
    curve = stats.kaplan_meier(events)
    t.equal([(at, round(1 - had, 6)) for at, had in curve], [(0, 1), (1, 0.8), (2, 0.6), (4, 0.3)], 'Kaplan-Meier')
    t.equal([stats.time_of(curve, q) for q in (0.2, 0.4, 0.5, 0.8)], [1, 2, 4, None], 'when a share is reached')
    t.equal([stats.quantile(events, q) for q in (0.2, 0.4, 0.6, 0.8)], [1, 2, 4, None], 'where the missed never are')
    t.equal(stats.reached(events), [(0, 0), (1, 0.2), (2, 0.4), (4, 0.6)], 'the share by then')
    for of, want, name in ((events, 4, 'a median'), (events[2:3] * 3 + events[1:2], math.inf, 'of which fewer than half came'),
                           (iter(events), 4, 'in any form'), ([], None, 'of nothing')):
        t.equal(stats.median(of), want, f'the median {name}')
    t.equal(stats.kaplan_meier([]), [(0, 0.0)], 'nobody was watched')


def calibration(t):
    r = random.Random(1)
    rows = []
    for _ in range(20000):
        x = r.uniform(-4, 4)
        rows.append((x, r.random() < stats.expit(0.5 + 0.8 * x), 1))
    slope, intercept = stats.logistic(rows)
    t.ok(near(slope, 0.8, 0.05) and near(intercept, 0.5, 0.05), 'a regression finds what made the data', (slope, intercept))
    t.equal(stats.logistic([(1, True, 1), (1, False, 1)]), None, 'none where x does not vary')
    rows = [(0.25, True, 1), (0.25, False, 3), (0.95, True, 19), (0.95, False, 1)]
    t.ok(near(stats.calibration_error(stats.reliability(rows, 10)), 0), 'as it says: no error')
    t.ok(near(stats.calibration_error(stats.reliability([(0.8, False, 10)], 10)), 0.8), 'all wrong')
    t.equal(stats.reliability([(0.05, True, 5)], 10, 0.1), [], 'below what is shown')
    t.ok(near(stats.brier_skill([(1, True, 2), (0, False, 6)]), 1) and near(stats.brier_skill(
        [(0.25, True, 2), (0.25, False, 6)]), 0), 'Brier skill of knowing all, of knowing the prevalence')
    t.ok(near(stats.shifted(10, 0.5), math.log(10)) and near(stats.shifted(0, 0.1), math.log(1 / 9)) and
         stats.shifted(9999, 0.5) == 30, 'evidence and prior as log odds')


def groups(t):
    t.equal(stats.agreement([]), (None, None), 'no pairs')
    for pairs, want, name in (([(1, 'a'), (1, 'a'), (2, 'b')], (1, 1), 'the same groups'),
                              ([(1, 'a'), (1, 'b'), (2, 'c'), (2, 'd')], (1, 0.5), 'each cut in two'),
                              ([(1, 'a'), (2, 'a'), (3, 'b'), (4, 'b')], (0.5, 1), 'two glued, twice')):
        got = stats.agreement(pairs)
        t.ok(all(map(near, got, want)), name, got)


def main():
    t = Tap()
    bounds(t)
    survival(t)
    calibration(t)
    groups(t)
    t.done()


main()
