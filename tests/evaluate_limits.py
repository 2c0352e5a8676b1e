"""What the report says limits the figures: bands, evidence, and what each honest class costs, counted by hand."""
import sys

from judged import TRUTH, found, flux, honest, made
from tap import ROOT, Tap

sys.path.insert(0, ROOT)
from evaluate import limits, measure, report, why # noqa: E402

ALL = 'deflux/all'


def measured(*made_):
    return measure.Measure(list(made_), 200)


def bands(t):
    edges, shares = limits.Cut('members', lambda c: c, (15, 20, 30)), limits.Cut('homes', lambda c: c, (0, 0.4, 0.6), 0.01)
    for cut, values, want in ((edges, [15, 19, 20, 400], [('15 to 19', [15, 19]), ('20 to 29', [20]), ('30 or more', [400])]),
                              (edges, [30, None], [('30 or more', [30]), ('not known', [None])]),
                              (limits.Cut('domains', lambda c: c, (1, 2, 4)), [1, 3], [('1', [1]), ('2 to 3', [3])]),
                              (shares, [0.39, 0.4, 1], [('0 to under 40 %', [0.39]), ('40 to under 60 %', [0.4]),
                                                        ('60 % or more', [1])]),
                              (limits.Cut('kind', lambda c: c), ['single', 'double'], [('double', ['double']),
                                                                                       ('single', ['single'])]),
                              (edges, [], [])):
        t.equal(cut.bands(values), want, f'{cut.name} in bands: {values}')
    m = measured(made())
    by_name = {cut.name: cut.bands(m.strong) for cut in limits.cuts(ALL)}
    t.equal({name: [(label, len(cases)) for label, cases in rows] for name, rows in by_name.items()},
            {'independent members': [('15 to 19', 3), ('30 to 49', 1)], 'networks of the members': [('10 to 19', 4)],
             'share of members in homes, as deflux takes it': [('0 to under 40 %', 1), ('50 to under 60 %', 2),
                                                               ('60 % or more', 1)],
             'domains of its network': [('1', 2), ('2 to 3', 2)], 'answers seen': [('1 to 9', 4)],
             'kind of flux': [('double', 2), ('single', 2)], 'mechanism': [('double', 2), ('single', 2)]}, 'all cuts')


def servers(t):
    """Where the name servers alone flux, they are the members."""
    values = found('undecided', 40)
    values[-1].update({'server_spread': (17, 3.0), 'server_kind': (0.7, 9.0)})
    truth = {'n.com': flux('flux-1', kind='ns-only'), 'a.com': flux('flux-2'), 'no.com': flux('flux-3')}
    m = measured(made(1, truth, {'n.com': values, 'a.com': values}))
    t.equal({c.domain: (limits.networks_of(c, ALL), limits.homes_of(c, ALL)) for c in m.flux},
            {'n.com': (17, 0.7), 'a.com': (12, 0.5), 'no.com': (None, None)}, 'networks and homes of members')


class Unit:
    """A case of which only its network and whether it is found is known."""

    def __init__(self, unit, hit):
        self.unit, self.hit = unit, hit


def told(t):
    one, none = [Unit(n, True) for n in range(10)], [Unit(n, False) for n in range(10, 20)]
    half = one[:5] + none[:5], one[5:] + none[5:]
    for rows, want, name in ((((0, one), (1, none)), 1.0, 'bands that tell all'), (((0, half[0]), (1, half[1])), 0.0,
                                                                                  'bands that tell nothing'),
                             (((0, one),), None, 'all found'), (((0, one[:1]), (1, none[:1])), None, 'as many bands as networks'),
                             (((0, one[:8] + none[:2]), (1, one[8:] + none[2:])), 1 - (1 - 0.36) * 19 / 18, 'eight of ten')):
        got = limits.told(rows, lambda c: c.hit)
        t.ok(got == want or None not in (got, want) and abs(got - want) < 1e-9, f'what bands account for: {name}', got)


def evidence(t):
    m = measured(made())
    t.equal(limits.evidence([c for c in m.strong if c.truth.kind == 'double'], ALL), {'ttl': 1.0, 'member_kind': 62.5},
            'mean evidence')
    t.equal((limits.evidence([], ALL), limits.lacking([], ALL), limits.quantile([], 0.5)), ({}, [], None), 'of none')
    lacking = limits.lacking([c for c in m.flux if not c.accused(ALL)], ALL)
    t.equal([round(x, 6) for x in lacking], [0.01, 45], 'what the missed lack: for want of homes, little')
    t.equal([limits.quantile([1, 2, 3, 4], q) for q in (0, 0.25, 0.5, 1)], [1, 2, 3, 4], 'quantiles')


# Four flux domains, and of 40,000 honest ones these are not far off: at .5, 5 and 50 per 10,000 so many may be accused:
# 2, 20 and 200.
FLUX = (100, 80, 60, 40)
NEAR = (('peer-cdn', 90, 3), ('vpn-fleet', 70, 20), ('cdn', 45, 200))


def priced(t):
    truth = {f'f{i}.com': flux(f'flux-{i}') for i in range(len(FLUX))}
    rows = {f'f{i}.com': found('fast-flux' if db >= 50 else 'undecided', db) for i, db in enumerate(FLUX)}
    for kind, db, n in NEAR:
        truth.update({f'{kind}-{i}.com': honest(f'{kind}-{i}', kind=kind) for i in range(n)})
        rows.update({f'{kind}-{i}.com': found('fast-flux' if db >= 50 else 'undecided', db) for i in range(n)})
    others = 40000 - sum(n for *_, n in NEAR)
    truth.update({f'o{i}.com': honest(f'ordinary-{i}', kind='ordinary', members=1) for i in range(others)})
    truth['twin.com'], rows['twin.com'] = honest('peer-cdn-1', kind='peer-cdn', twin=True), found('fast-flux', 99)
    m = measured(made(1, truth, rows))
    price = limits.Price(m, ALL)
    for without, want in ((set(), [0.25, 0.5, 0.75]), ({'peer-cdn'}, [0.5, 0.75, 0.75]), ({'vpn-fleet'}, [0.25, 0.75, 0.75]),
                          ({'cdn'}, [0.25, 0.5, 1]), ({'peer-cdn', 'vpn-fleet', 'cdn'}, [1, 1, 1]),
                          ({'parked'}, [0.25, 0.5, 0.75])):
        t.equal((price.once(without), price.recalls(without)[0]), (want, want), f'recall at three rates without {sorted(without)}')
    t.equal((price.count(60), price.count(59.9), price.whole, len(price.honest)), (2, 3, 40000, 223),
            'more evidence than the threshold; twins stand apart')
    gained = price.gained({'peer-cdn'})
    t.equal([one for one, *_ in gained], [0.25, 0.25, 0], 'what a class costs')
    t.ok(all(low <= one <= high for one, low, high in gained + price.reached()), 'within its interval', gained)
    t.equal(price.gained({'parked'}), [(0, 0, 0)] * 3, 'who is never near costs nothing, in no turn')
    costs = why.Costs(m)
    t.equal([name for name, _ in costs.rows], ['peer-cdn', 'vpn-fleet', 'cdn'], 'the dearest first')
    t.equal(costs.steps, [('peer-cdn', {'peer-cdn'}), ('vpn-fleet', {'peer-cdn', 'vpn-fleet'}),
                          ('cdn', {'peer-cdn', 'vpn-fleet', 'cdn'})], 'one after another')
    for names, wanted, want in ((['cdn', 'vpn-fleet'], 0.95, ['vpn-fleet', 'cdn']), (['peer-cdn', 'cdn'], 0.5, ['peer-cdn']),
                                (['peer-cdn'], 0.2, []), ([], 0.95, [])):
        t.equal(price.steps(names, wanted), want, f'of {names} until recall is {wanted}')
    t.equal([(name, len(cases)) for name, cases in limits.by_class(m.falsely(ALL, measure.is_apart))],
            [('vpn-fleet', 20), ('peer-cdn', 3)], 'who holds the false accusations')
    t.equal(limits.cost_of(0.75, m.curve(ALL)), (60, 23 / 40000), 'what a recall costs')
    t.equal(limits.cost_of(1.1, m.curve(ALL)), None, 'a recall that is not there')
    wording(t, m, costs)


def wording(t, m, costs):
    """Each sentence says what the figures are."""
    for got, want in ((why.missed(m), '1 of the 4 flux domains with 15 independent members, in 1 of 4 networks: 100 % of them are '
                       'undecided, the others cleared. Of the 50 decibans that an accusation takes, a quarter of them lack 10 or '
                       'less, half 10 or less. They look most like: cdn 100 %.'),
                      (why.falsely_accused(m), '23 domains of 23 operators, twins apart: vpn-fleet 87 % (20 of 20 operators) and '
                       'peer-cdn 13 % (3 of 3 operators). Of these domains 4 % belong to operators that also run a twin, a '
                       'service made to look like a flux network.')):
        t.equal(got, want, 'in words')
    said = why.costs_of(m, costs)
    t.ok('recall is 25.0 %, 50.0 % and 75.0 %. Were peer-cdn never accused, it would be 50.0 %, 75.0 % and 75.0 %. '
         'Were vpn-fleet neither, it would be 75.0 %, 75.0 % and 100.0 %.' in said and
         '95 % of recall takes a threshold of 40 dB, and costs 55.8 false' in said, 'what the classes cost, in words', said)
    said = why.kinds(m, None, costs)
    t.ok(said.startswith('Without the kinds of network recall is 75.0 %, +0.0 (') and 'made-up' not in said,
         'kinds of network, where no other worlds were made', said)
    said = why.kinds(m, m, costs)
    t.ok(said.endswith('So knowing them better is worth +0 of the 20 points that recall lacks to 95 %.'), 'and where they were', said)


def others(t):
    """Of undecided ones, of probabilities, of latency."""
    m = measured(made())
    least, honest_, likely = limits.likely_from(m, ALL)
    t.ok(abs(least - -9.54) < 0.01, 'where p is .1, of five flux domains in ten', least)
    t.equal(([c.domain for c in honest_], [c.domain for c in likely]), (['h1.com', 'h2.com', 'h4.com', 'tw.com'],
                                                                        ['h1.com', 'tw.com']), 'who is as likely')
    for got, want in ((why.undecided(m), '1 honest domain with 30 answers (cdn 100 %), and 1 flux domain with 20 members '
                       '(double 100 %).'),
                      (why.probabilities(m), 'After the shift to the share of flux among all domains, the probability is 0.1 or '
                       'more from -10 dB on. Of the honest ones with 5 members 50 % have so much evidence: cdn 100 %.'),
                      (why.latency(m), 'Of those accused in the end, 67 % were within 15 minutes of their fifteenth member, '
                       'and half within 1; 33 % were only when all had been read. The median that is wanted counts the missed '
                       'as well. A scan that ends after 1 h accuses 25 % of those that had shown 15; one that goes on had '
                       'accused 50 % by then. Both had seen the same.')):
        t.equal(got, want, 'in words, of the other figures')


def nobody(t):
    """Words where there is nothing to say."""
    truth = {**TRUTH, 'h1.com': honest('cdn-1')}
    m = measured(made(1, truth, {d: found('fast-flux', 60, 90) for d in truth if d.startswith('f')}))
    t.equal((why.missed(m), why.falsely_accused(m)), ('No flux domain.', 'No honest domain.'), 'none missed nor falsely accused')
    r = report.Report('x')
    why.limited(r, m, None)
    t.ok('%. 95 % of recall takes' in r.markdown(), 'the section all the same', r.markdown())
    m = measured(made(1, {d: x for d, x in TRUTH.items() if d.startswith('h')}))
    r = report.Report('x')
    why.limited(r, m, None)
    t.ok('none there' in r.markdown(), 'and where there is no flux', r.markdown())


def main():
    t = Tap()
    bands(t)
    servers(t)
    told(t)
    evidence(t)
    priced(t)
    others(t)
    nobody(t)
    t.done()


main()
