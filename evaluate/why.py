"""The section that says what information limits the figures: whatever it says is drawn from them."""
from . import limits, variants
from .limits import FEWEST, RATES, Price
from .measure import ACCUSE_DB, FEW, MANY_ANSWERS, MANY_MEMBERS, SHOWN_LEAST, STRONG, is_apart
from .plot import Plot
from .sections import ALL, WANTED_RATE, WANTED_RECALL
from .words import NOTHING, counted, listed, per_10000, percent, points

SPOKEN = 3 # features, classes or cuts that a sentence names
DRAWN = 5 # curves beside that of all classes
SOON = 15 # minutes
UNKNOWN = f'without/{variants.KINDS_UNKNOWN}'


def accused(c):
    return c.accused(ALL)


def recall_of(m, cases):
    return m.recall(ALL, set(cases).__contains__)


def networks_in(cases):
    return len({c.unit for c in cases})


def shares(cases, value):
    """'cdn 60 %, unknown 30 %': the most frequent values."""
    counts = {}
    for c in cases:
        counts[value(c)] = counts.get(value(c), 0) + 1
    most = sorted(counts.items(), key=lambda x: (-x[1], x[0]))[:SPOKEN]
    return ', '.join(f'{name} {percent(n / len(cases), 0)}' for name, n in most)


# ---- who is missed

def missed(m):
    cases = [c for c in m.strong if not accused(c)]
    if not cases:
        return 'No flux domain.'
    undecided = sum(c.verdict(ALL) == 'undecided' for c in cases) / len(cases)
    lacking = limits.lacking(cases, ALL)
    quarter, half = (limits.quantile(lacking, q) for q in (0.25, 0.5))
    taken = shares([f for c in cases if (f := c.found(ALL)) is not None], lambda f: f.class_)
    return (f'{len(cases):,} of the {counted(len(m.strong), "flux domain")} with {STRONG} independent members, in '
            f'{networks_in(cases)} of {counted(networks_in(m.strong), "network")}: {percent(undecided, 0)} of them are '
            f'undecided, the others cleared. Of the {ACCUSE_DB} decibans that an accusation takes, a quarter of them lack '
            f'{quarter:.0f} or less, half {half:.0f} or less. They look most like: {taken or NOTHING}.')


def extremes(m, bands):
    """(worst, best) of the bands that enough networks are in, each (label, recall); None: there are no two."""
    rows = [(label, recall_of(m, cases)[0]) for label, cases in bands if networks_in(cases) >= FEWEST]
    rows.sort(key=lambda row: row[1])
    return (rows[0], rows[-1]) if len(rows) > 1 else None


def sorted_cuts(m):
    """[(cut, bands, what they account for)], what tells most first."""
    rows = [(cut, bands := cut.bands(m.strong), limits.told(bands, accused)) for cut in limits.cuts(ALL)]
    return sorted(rows, key=lambda row: -(row[2] or 0))


def what_tells(m, rows):
    said = []
    for cut, bands, told in rows:
        ends = extremes(m, bands)
        if told and ends:
            (low, worst), (high, best) = ends
            said.append(f'{cut.name}, {percent(told, 0)} (recall {percent(worst, 0)} at {low}, {percent(best, 0)} at '
                        f'{high})')
    return ('Of the variance between found and missed, each looked at alone accounts for: ' +
            ('; '.join(said) or NOTHING) + '.')


def table_cuts(report, m, rows):
    report.head('Who is missed', 3)
    report.say(f'Recall among flux with {STRONG} independent members, in bands. The number after a name is the share of the '
               'variance between found and missed that the bands account for, less what so many bands do by chance. Bands '
               f'of fewer than {FEWEST} networks are in the table, but no sentence above speaks of them.')
    out = []
    for cut, bands, told in rows:
        name = f'{cut.name}: {NOTHING if told is None else percent(told, 0)}'
        for label, cases in bands:
            scores = sorted(c.score(ALL) for c in cases)
            undecided = sum(c.verdict(ALL) == 'undecided' for c in cases) / len(cases)
            out.append([name, label, networks_in(cases), len(cases), percent(recall_of(m, cases)), percent(undecided),
                        f'{limits.quantile(scores, 0.5):.0f} dB'])
            name = ''
    report.table(['by', 'band', 'networks', 'domains', 'recall', 'undecided', 'median evidence'], out)


# ---- what the evidence says

def groups(m):
    """[(name, cases)] whose evidence is held beside each other."""
    falsely = limits.by_class(m.falsely(ALL, is_apart))[:SPOKEN]
    return [('flux found', [c for c in m.strong if accused(c)]), ('flux missed', [c for c in m.strong if not accused(c)]),
            *((f'{name}, accused', cases) for name, cases in falsely)]


def evidence(named):
    (_, found), (_, lost), *falsely = [(name, limits.evidence(cases, ALL)) for name, cases in named]
    less = sorted(((found.get(f, 0) - lost.get(f, 0), f) for f in found.keys() | lost.keys()), reverse=True)
    said = 'Of what the found have, the missed lack most: ' + listed(
        [f'{f} ({by:.0f} dB)' for by, f in less[:SPOKEN] if by > 0]) + '.'
    for name, spoke in falsely[:1]:
        loudest = sorted(spoke, key=lambda f: (-spoke[f], f))[:SPOKEN]
        said += f' What accuses {name.split(",")[0]} falsely: ' + listed(
            [f'{f} ({spoke[f]:.0f} dB; in flux that is found {found.get(f, 0):.0f})' for f in loudest]) + '.'
    return said


def table_evidence(report, named):
    report.head('What the evidence says', 3)
    report.say('Mean decibans of each feature, over the domains of a column; 0 where it was no evidence.')
    means = [limits.evidence(cases, ALL) for _, cases in named]
    features = sorted(set().union(*means), key=lambda f: (-means[0].get(f, 0), f))
    rows = [['(domains)', *(f'{len(cases):,}' for _, cases in named)],
            *([f, *(f'{mean.get(f, 0):+.1f}' for mean in means)] for f in features)]
    report.table(['feature', *(name for name, _ in named)], rows)


# ---- whom it accuses falsely, and what that costs

def falsely_accused(m):
    cases = m.falsely(ALL, is_apart)
    if not cases:
        return 'No honest domain.'
    every = m.classes()
    held = [f'{name} {percent(len(of) / len(cases), 0)} ({networks_in(of)} of {counted(every[name], "operator")})'
            for name, of in limits.by_class(cases)[:SPOKEN]]
    twins = sum(c.sibling for c in cases) / len(cases)
    return (f'{counted(len(cases), "domain")} of {counted(networks_in(cases), "operator")}, twins apart: {listed(held)}. Of '
            f'these domains {percent(twins, 0)} belong to operators that also run a twin, a service made to look like a '
            'flux network.')


def table_falsely(report, m):
    report.head('Who is falsely accused', 3)
    report.say('Twins apart. The rate is per 10,000 honest domains of all classes, so that the rows add up; homes are what '
               'deflux takes for such.')
    cases, every, rows = m.falsely(ALL, is_apart), m.classes(), []
    for name, of in limits.by_class(cases):
        homes = [v for c in of if (v := limits.homes_of(c, ALL)) is not None]
        own = sum(c.truth.class_ == name and is_apart(c) for c in m.honest)
        rows.append([name, f'{networks_in(of)} of {every[name]}', f'{len(of)} of {own}', percent(len(of) / len(cases)),
                     per_10000(m.rate_of(of)), percent(sum(homes) / len(homes)) if homes else NOTHING])
    report.table(['class', 'operators accused', 'domains accused', 'share of all false', 'false per 10,000 honest',
                  'members in homes'], rows)


class Costs:
    """What each honest class costs of recall, the dearest first; and what is gained as one after another is taken out."""

    def __init__(self, m):
        self.price = Price(m, ALL)
        rows = [(name, self.price.gained({name})) for name in m.classes()]
        self.rows = sorted(((name, by) for name, by in rows if any(one for one, *_ in by)),
                           key=lambda row: tuple(-one for one, *_ in row[1]))
        steps = self.price.steps(list(m.classes()), WANTED_RECALL)
        self.steps = [(name, set(steps[:n])) for n, name in enumerate(steps, 1)]


def rates():
    return [f'{1e4 * rate:g}' for rate in RATES]


def costs_of(m, costs):
    shown = lambda recalls: listed([percent(x) for x in recalls])
    said = (f'With no more than {listed(rates())} false accusations per 10,000, wherever the threshold has to stand for it, '
            f'recall is {shown(costs.price.once())}.')
    for n, (name, without) in enumerate(costs.steps[:SPOKEN]):
        said += f' Were {name} {"neither" if n else "never accused"}, it would be {shown(costs.price.once(without))}.'
    found = limits.cost_of(WANTED_RECALL, m.curve(ALL))
    return f'{said} {percent(WANTED_RECALL, 0)} of recall ' + (
        'is reached at no threshold.' if found is None else
        f'takes a threshold of {found[0]} dB, and costs {1e4 * found[1]:.1f} false accusations per 10,000.')


def table_costs(report, m, costs):
    report.head('What each honest class costs', 3)
    report.say('Recall where no more than so many per 10,000 honest domains are falsely accused, at whatever threshold that '
               'takes, first with all classes; then the points that it gains when one class alone is never accused, its '
               'domains still counted among the honest. A class without a row costs nothing by itself.')
    columns = [f'at {rate} per 10,000' for rate in rates()]
    every = ['(all classes)', *map(percent, costs.price.reached())]
    report.table(['', *columns], [every, *([f'without {name}', *map(points, by)] for name, by in costs.rows)])
    report.say('A class can hide behind another. So they are taken out one after another, each time the one with which '
               'recall gains most over the three rates, until none gains a point: recall without it and those above it. No '
               f'threshold below {limits.LEAST_DB} dB is looked at, so flux with less evidence is never found here.')
    report.table(['', *columns], [every, *([f'without {name}' if n == 0 else f'nor {name}',
                                            *map(percent, costs.price.reached(without))]
                                           for n, (name, without) in enumerate(costs.steps))])
    least, most = 0.01, 1000
    plot = Plot('Recall against false accusations, as one honest class after another is taken out',
                ('false accusations per 10,000 honest domains', least, most, True), ('recall', 0, 1))
    plot.corner((1e4 * WANTED_RATE, WANTED_RECALL))
    for n, (name, without) in enumerate([('all classes', ()), *costs.steps[:DRAWN]]):
        name = name if n == 0 else f'without {name}' if n == 1 else f'nor {name}'
        plot.line(name, [(max(least, 1e4 * rate), recall) for _, rate, recall in m.curve(ALL, without)])
    report.plot(plot)


# ---- the other figures

def undecided(m):
    honest = [c for c in m.honest if c.verdict(ALL) == 'undecided' and c.found(ALL).answers >= MANY_ANSWERS]
    flux = [c for c in m.flux if c.verdict(ALL) == 'undecided' and c.truth.members >= MANY_MEMBERS]
    said = lambda cases, value: f' ({shares(cases, value)})' if cases else ''
    return (f'{counted(len(honest), "honest domain")} with {MANY_ANSWERS} answers'
            f'{said(honest, lambda c: c.truth.class_)}, and {counted(len(flux), "flux domain")} with {MANY_MEMBERS} members'
            f'{said(flux, lambda c: c.truth.mechanism)}.')


def probabilities(m):
    found = limits.likely_from(m, ALL)
    if found is None:
        return 'There is nothing to compare.'
    least, honest, likely = found
    return (f'After the shift to the share of flux among all domains, the probability is {SHOWN_LEAST:g} or more from '
            f'{least:.0f} dB on. Of the honest ones with {FEW} members {percent(len(likely) / len(honest), 0)} have so much '
            'evidence' + (f': {shares(likely, lambda c: c.truth.class_)}.' if likely else '.'))


def latency(m):
    came = sorted(minutes for minutes, had in m.latency()['minutes'] if had)
    if not came:
        return 'None is accused.'
    soon, (n, late) = sum(minutes <= SOON for minutes in came) / len(came), m.at_the_end()
    said = (f'Of those accused in the end, {percent(soon, 0)} were within {SOON} minutes of their fifteenth member, and '
            f'half within {limits.quantile(came, 0.5):.0f}; {percent(late / n, 0)} were only when all had been read. The '
            'median that is wanted counts the missed as well.')
    hour = max(m.cuts(), default=None)
    ripe, accused_, decided, *_ = m.by_hour(hour) if hour else (0, 0, 0)
    if not ripe:
        return said
    return (f'{said} A scan that ends after {hour} h accuses {percent(accused_ / ripe, 0)} of those that had shown {STRONG}; '
            f'one that goes on had accused {percent(decided / ripe, 0)} by then. Both had seen the same.')


# ---- whether it is the kinds of network

def homes_in(m):
    homes = [v for c in m.strong if (v := limits.homes_of(c, ALL)) is not None]
    return sum(homes) / len(homes) if homes else None


def middle(price):
    """Recall at the middle one of the rates: (value, low, high)."""
    return price.reached()[1]


def kinds(m, plain, costs):
    recall = m.recall(ALL)[0]
    change = m.boot.difference(m.recalled(UNKNOWN), m.recalled(ALL))
    said = (f'Without the kinds of network recall is {percent(m.recall(UNKNOWN)[0])}, {points(change)} points, and '
            f'{per_10000(m.rate(UNKNOWN))} per 10,000 are falsely accused instead of {per_10000(m.rate(ALL))}.')
    other = plain.recall(ALL)[0] if plain else None
    if recall is None or other is None:
        return said
    rows = limits.by_class(plain.falsely(ALL, is_apart))
    of = f', {percent(len(rows[0][1]) / sum(len(cases) for _, cases in rows), 0)} of them {rows[0][0]}' if rows else ''
    said += (f' In made-up networks whose names say their kind, deflux takes {percent(homes_in(plain), 0)} of the members '
             f'of flux to be in homes instead of {percent(homes_in(m), 0)}: recall is {percent(other)} instead of '
             f'{percent(recall)}, {per_10000(plain.rate(ALL))} per 10,000 are falsely accused{of}, and recall with no more '
             f'than {rates()[1]} of these is {percent(middle(Price(plain, ALL))[0])} instead of '
             f'{percent(middle(costs.price)[0])}.')
    if recall < WANTED_RECALL:
        said += (f' So knowing them better is worth {100 * (other - recall):+.0f} of the '
                 f'{100 * (WANTED_RECALL - recall):.0f} points that recall lacks to {percent(WANTED_RECALL, 0)}.')
    return said


def table_kinds(report, m, plain):
    report.head('Whether it is the kinds of network', 3)
    report.say('deflux infers the kind of each network: homes are what it takes for such. The lab puts some members into '
               'networks of another kind than they should be in, and some into networks whose names say little. The names '
               'of made-up networks all say their kind, and members stand in the wrong ones there too: these are other '
               'worlds, of the same seeds.')
    rows = [['as it is', m, ALL], ['kinds of network unknown', m, UNKNOWN]]
    if plain is not None:
        rows.append(['made-up networks that say their kind', plain, ALL])
    out = []
    for name, of, scan in rows:
        whole = scan == ALL # of the others, the evidence is not kept
        out.append([name, len(of.strong), percent(homes_in(of)) if whole else '', percent(of.recall(scan)),
                    per_10000(of.rate(scan)), percent(of.twins(scan)), percent(middle(Price(of, scan))) if whole else ''])
    report.table(['', f'flux with {STRONG} members', 'its members in homes', 'recall',
                  'false per 10,000', 'twins accused', f'recall at {rates()[1]} per 10,000'], out)


def limited(report, m, plain):
    """What limits the figures: first in sentences, then in tables."""
    report.head('What information limits it')
    rows, named, costs = sorted_cuts(m), groups(m), Costs(m)
    report.items([('Missed', missed(m)), ('What tells the found from the missed', what_tells(m, rows)),
                  ('Evidence', evidence(named)), ('Falsely accused', falsely_accused(m)),
                  ('What that costs', costs_of(m, costs)), ('Kinds of network', kinds(m, plain, costs)),
                  ('Undecided', undecided(m)), ('Probabilities', probabilities(m)), ('Latency', latency(m))])
    table_cuts(report, m, rows)
    table_evidence(report, named)
    table_falsely(report, m)
    table_costs(report, m, costs)
    table_kinds(report, m, plain)
