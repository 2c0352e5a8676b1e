"""The sections of the report: each takes the figures and says what they come to."""
from . import measure, variants
from .measure import FEW, MANY_ANSWERS, MANY_MEMBERS, STRONG, is_apart, is_foreign, is_large
from .plot import Plot
from .stats import kaplan_meier, quantile, reached, time_of
from .words import NOTHING, counted, figure, listed, moment, per_10000, percent, points
from .worlds import FIRST_ANSWERS, METHODS

ALL, FIRST = 'deflux/all', 'deflux/first'
WANTED_RECALL, WANTED_RATE = 0.95, 0.5e-4
SIZE = (8, 16, 48) # worlds, their scale and hours: the least that the figures are asked of


def is_beaten(m, name):
    """On recall and on false accusations both; who accuses nobody, on recall."""
    recall, less = m.beats(ALL, f'{name}/all')
    silent = not any(w.accused(f'{name}/all') for w in m.worlds)
    return (recall[1] or 0) > 0 and (silent or (less[1] or 0) > 0)


def methods(report, m):
    report.head('Found, and falsely accused')
    report.say(f'Recall is of flux domains with at least {STRONG} independent members; a sibling is another domain of the '
               f'network that was looked up. After {FIRST_ANSWERS} answers: each domain is seen up to its answer number '
               f'{FIRST_ANSWERS}, its siblings too. False accusations are of honest domains, twins apart; in brackets '
               'is the upper bound that holds with 95 %.')
    by_then = lambda c: (at := c.first_answers_at(FIRST_ANSWERS)) is not None and at >= c.truth.fifteenth
    found, falsely = [], []
    for name in ('deflux', *METHODS):
        scan, first = f'{name}/all', f'{name}/first'
        found.append([name, percent(m.recall(scan)), percent(m.recall(scan, lambda c: c.sibling)),
                      percent(m.recall(scan, lambda c: not c.sibling)), percent(m.recall(first)),
                      percent(m.recall(first, by_then))])
        falsely.append([name, *(per_10000(m.rate(scan, keep)) for keep in (is_apart, is_large, is_foreign)),
                        percent(m.twins(scan)), *(percent(p, 3) for p in m.precision(scan))])
    report.table(['method', 'recall', 'with a sibling', 'without', f'after {FIRST_ANSWERS} answers',
                  f'those that had shown {STRONG} by then'], found)
    report.table(['method', 'false per 10,000', f'per 10,000 with {FEW} members', 'per 10,000 of no operator of a twin',
                  'twins accused', 'precision at 1 in 100,000', 'at the upper bound'], falsely)
    report.say('FluxBuster asks for more than 108 names in a cluster, and hardly a flux network of the lab has so many: its '
               'recall here says little.')
    report.say('Beside each published method, in pairs over the same networks and operators: what deflux recalls more, in '
               'points, and falsely accuses less, per 10,000 honest domains.')
    rows = []
    for name in METHODS:
        recall, less = m.beats(ALL, f'{name}/all')
        rows.append([name, points(recall), points(less, 1e4, 2), 'yes' if is_beaten(m, name) else 'no'])
    report.table(['method', 'recall, points more', 'false accusations less', 'beaten on both'], rows)


def curve(report, m):
    report.head('Recall against false accusations')
    report.say(f'Over the threshold of evidence; deflux accuses from {measure.ACCUSE_DB} decibans on. A rate of 0 is drawn at '
               'the left edge; the dashed corner is what is wanted.')
    least, most = 0.01, 1000
    plot = Plot('Recall against false accusations', ('false accusations per 10,000 honest domains', least, most, True),
                ('recall', 0, 1))
    plot.corner((1e4 * WANTED_RATE, WANTED_RECALL))
    whole = m.curve(ALL)
    plot.line('deflux, by threshold', [(max(least, 1e4 * rate), recall) for _, rate, recall in whole])
    for name in ('deflux', *METHODS):
        rate, recall = m.rate(f'{name}/all')[0], m.recall(f'{name}/all')[0]
        if rate is not None and recall is not None:
            plot.points(name, [(max(least, 1e4 * rate), recall, f'{name}: {1e4 * rate:.2f}, {percent(recall)}')])
    report.plot(plot)
    report.table(['from', 'false per 10,000', 'recall'],
                 [[f'{t} dB', f'{1e4 * rate:.2f}', percent(recall)] for t, rate, recall in whole
                  if t % 10 == 0 and 0 <= t <= 100])


def mechanisms(report, m):
    report.head('By mechanism')
    report.say('What the missed ones lack: the feature that spoke loudest against flux, and how often.')
    rows = []
    for name, cases in m.mechanisms().items():
        of = lambda c, name=name: c.truth.mechanism == name
        missed = [c.found(ALL) for c in cases if not c.accused(ALL)]
        loudest = {}
        for f in missed:
            reason = (f.against() or 'nothing') if f is not None else 'not seen'
            loudest[reason] = loudest.get(reason, 0) + 1
        undecided = sum(f is not None and f.verdict == 'undecided' for f in missed) / len(cases)
        scores = sorted(c.score(ALL) for c in cases)
        rows.append([name, len({c.unit for c in cases}), len(cases), percent(m.recall(ALL, of)),
                     percent(m.recall(FIRST, of)), percent(undecided), f'{scores[len(scores) // 2]:.0f} dB',
                     ', '.join(f'{k} {n}' for k, n in sorted(loudest.items(), key=lambda x: -x[1])[:3])])
    report.table(['mechanism', 'networks', 'domains', 'recall', f'after {FIRST_ANSWERS} answers', 'undecided',
                  'median evidence', 'against the missed'], rows)


def operators(report, m):
    report.head('Accused operators of each honest class')
    report.say(f'Of operators with a domain of at least {FEW} members, twins apart.')
    rows = []
    for name, every in m.classes().items():
        by_method = {b: m.operators(f'{b}/all', name) for b in ('deflux', *METHODS)}
        accused = {b: sum(h for h, _ in counts.values()) for b, counts in by_method.items()}
        large = by_method['deflux']
        rows.append([name, every, len(large), f'{accused["deflux"]}: {percent(m.boot.share(large))}' if large else '',
                     *(accused[b] for b in METHODS)])
    report.table(['class', 'operators', 'large', 'accused by deflux', *METHODS], rows)


def confusion(report, m):
    report.head('Confusion of class')
    report.say(f'Of domains with at least {FEW} members: percent of each class of the lab, by the class in the output.')
    counts = m.confusion(ALL)
    found = sorted({b for _, b in counts})
    rows = []
    for name in sorted({a for a, _ in counts}):
        n = sum(counts[name, b] for b in found)
        rows.append([name, n, *(f'{100 * counts[name, b] / n:.0f}' if counts[name, b] else '' for b in found)])
    report.table(['class', 'domains', *found], rows)


def calibration(report, m):
    report.head('Calibration')
    report.say(f'Of domains with at least {FEW} members, after shifting the prior to how many of all domains are flux.')
    values, dots = m.calibration(ALL)
    report.table(['figure', 'value'], [['logistic slope', figure(values.get('slope'))],
                                       ['intercept', figure(values.get('intercept'))],
                                       ['expected calibration error where p >= .1', figure(values.get('ece'), 3)],
                                       ['Brier skill', figure(values.get('brier'), 3)]])
    plot = Plot('Reliability', ('probability in the output', 0, 1), ('share that is flux', 0, 1))
    plot.guide((0, 0), (1, 1))
    plot.line('deflux', [(p, y) for p, y, _ in dots])
    plot.points('tenths, by number of domains', [(p, y, f'{n:g} domains') for p, y, n in dots])
    report.plot(plot)
    report.table(['mean probability', 'share that is flux', 'domains'],
                 [[figure(p, 3), figure(y, 3), f'{n:g}'] for p, y, n in dots])


def latency(report, m):
    report.head('Latency')
    n, late = m.at_the_end()
    report.say('The share of flux domains that had been accused by then (Kaplan-Meier; the missed are watched to the end, and '
               'where few are left to watch the curve says little). '
               f'Of {n} accused ones, {late} were only when all had been read.')
    rows, watched = [], m.latency()
    at = lambda time: 'never' if time is None else figure(time, 0)
    for key, title, of in (('answers', 'answers of the domain', 'all flux domains'), ('members', 'members', 'all flux domains'),
                           ('minutes', 'minutes past the fifteenth independent member', f'those with {STRONG}')):
        points_ = kaplan_meier(watched[key])
        share = reached(watched[key])
        rows.append([title, of, *(at(time_of(points_, q)) for q in (0.25, 0.5, 0.75, 0.9)), percent(share[-1][1]),
                     at(quantile(watched[key], 0.5))])
        log = key != 'minutes'
        most = max([2, *(time for time, _ in watched[key])])
        plot = Plot(f'Accused by so many {title}', (title, 1 if log else 0, most, log), ('share accused', 0, 1))
        plot.line(f'{of}, Kaplan-Meier', [*points_, (most, points_[-1][1])], steps=True)
        plot.line('missed ones never', [*share, (most, share[-1][1])], steps=True)
        report.plot(plot)
    report.table(['by', 'of', '25 %', '50 %', '75 %', '90 %', 'in the end', 'half of all, missed ones never'], rows)


def hours(report, m):
    report.head('Hour by hour')
    report.say('Scans that end early, beside the moment of the verdict in the scan of all. The bound on false accusations has to '
               'hold however often one looks.')
    rows, cuts = [], m.cuts()
    for hour in cuts:
        ripe, accused, decided, lost, falsely = m.by_hour(hour)
        rows.append([f'{hour} h', ripe, percent(accused / ripe) if ripe else NOTHING,
                     percent(decided / ripe) if ripe else NOTHING, lost, falsely])
    report.table(['until', f'flux that had shown {STRONG} members', 'accused by a scan that ends then',
                  'decided by then as the scan of all says', 'accused flux that is not in the end',
                  'honest domains accused'], rows)
    report.say('Honest domains accused at one of these times or in the end, per 10,000: ' +
               per_10000(m.ever_falsely([ALL, *(f'until/{hour}' for hour in cuts)])) + '.')


def networks(report, m):
    homogeneity, completeness, true, found = m.networks()
    report.head('Networks')
    report.say('Of accused flux domains, the networks in the output against those of the lab.')
    report.table(['homogeneity', 'completeness', 'networks of the lab', 'networks found'],
                 [[figure(homogeneity, 3), figure(completeness, 3), true, found]])


def ablations(report, m):
    report.head('Without a group of features')
    rows = [['(nothing left out)', percent(m.recall(ALL)), '', per_10000(m.rate(ALL)), percent(m.twins(ALL))]]
    for name in variants.ABLATIONS:
        scan = f'without/{name}'
        change = m.boot.difference(m.recalled(scan), m.recalled(ALL))
        rows.append([name, percent(m.recall(scan)), points(change), per_10000(m.rate(scan)), percent(m.twins(scan))])
    report.table(['without', 'recall', 'points of recall', 'false per 10,000', 'twins accused'], rows)


def leave_one_out(m, refitted):
    """[(what is left out, how, share, whether it is a mechanism, units)]: the worst first, by how far from its aim."""
    rows = []
    for name in m.mechanisms():
        described = variants.DESCRIBED.get(name)
        how = 'fitted without it' if name in refitted else described and f'{described} taken out' or 'as it is'
        counts = m.recalled(ALL if how == 'as it is' else f'left-out/{name}',
                            lambda c, name=name: c.truth.mechanism == name)
        rows.append((name, how, m.boot.share(counts), True, len(counts)))
    for name in m.classes():
        large = m.operators(f'left-out/{name}', name)
        if large:
            how = 'fitted without it' if name in refitted else listed([name, *variants.WITHIN.get(name, ())]) + ' taken out'
            rows.append((name, how, m.boot.share(large), False, len(large)))
    return sorted(rows, key=lambda r: r[2][0] - 0.75 if r[3] else 0.10 - r[2][0])


def left_out(report, m, rows):
    report.head('Leave one out')
    report.say('What is left out is unknown to the fit, and the class that it has among the parameters is taken out; without '
               'a fit (`python3 -m fit.refits`) that alone. Of a flux mechanism the row is recall, of an honest class the '
               f'share of its operators with a domain of {FEW} members that are accused. Worst first.')
    report.table(['left out', 'how', 'figure', 'of', 'value', 'aim'],
                 [[name, how, 'recall' if mechanism else 'operators accused',
                   f'{n} {"networks" if mechanism else "operators"}', percent(share),
                   '75 % or more' if mechanism else '10 % or less'] for name, how, share, mechanism, n in rows])


def anchors(report, a):
    report.head('Recorded traffic')
    if a.missing:
        report.say('Not there, so not measured: ' + ', '.join(a.missing) + '. DEFLUX_DATA names the folder.')
    rows = []
    for name in ('deflux', *METHODS):
        row = [name]
        if a.flux:
            row += ['{} of {}'.format(*a.recall(name)), '{} of {}'.format(*a.recall(name, STRONG)),
                    f'{len(a.look_alikes & a.flux.accused[name])} of {len(a.look_alikes)}']
        rows.append(row + [f'{len(h.accused[name])} of {h.domains}' for h in a.honest])
    columns = ['method'] + (['FluXOR, labelled', f'with {STRONG} addresses', 'its look-alikes accused'] if a.flux else [])
    if a.flux or a.honest:
        report.table(columns + [f'{h.name}, accused' for h in a.honest], rows)
        report.say('Labels of FluXOR are counts of its own addresses; the honest recordings hold no known flux.')


def undecided(report, m):
    report.head('Undecided')
    honest, flux = m.undecided(ALL)
    report.table(['of', 'undecided'], [[f'honest domains with {MANY_ANSWERS} answers', percent(honest, 2)],
                                       [f'flux domains with {MANY_MEMBERS} members', percent(flux)]])


def aims(m, rows):
    """[(aim, wanted, got, whether it is reached)] that the lab's worlds answer."""
    values, _ = m.calibration(ALL)
    rate, (honest, flux), twins, late = m.rate(ALL), m.undecided(ALL), m.twins(ALL), m.median_late()
    beaten = [name for name in METHODS if is_beaten(m, name)]
    known = lambda value, test: value is not None and value[0] is not None and test(value[0])
    out = [(f'recall, flux with {STRONG} independent members', '95 % or more', percent(recall := m.recall(ALL)),
            known(recall, lambda x: x >= WANTED_RECALL)),
           ('false per 10,000 honest domains, twins apart', '0.5 or less, bound under 1', per_10000(rate),
            known(rate, lambda x: x <= WANTED_RATE and rate[2] < 2 * WANTED_RATE)),
           ('twins accused', '5 % or less', percent(twins), known(twins, lambda x: x <= 0.05)),
           (f'undecided, honest with {MANY_ANSWERS} answers', '1 % or less', percent(honest, 2),
            known(honest, lambda x: x <= 0.01)),
           (f'undecided, flux with {MANY_MEMBERS} members', '5 % or less', percent(flux), known(flux, lambda x: x <= 0.05)),
           ('logistic slope', '0.8 to 1.2', figure(values.get('slope')),
            known(values.get('slope'), lambda x: 0.8 <= x <= 1.2)),
           ('calibration error where p >= .1', '.1 or less', figure(values.get('ece'), 3),
            known(values.get('ece'), lambda x: x <= 0.1)),
           ('Brier skill', 'over .8', figure(values.get('brier'), 3), known(values.get('brier'), lambda x: x > 0.8)),
           ('median minutes past the fifteenth member', 'under 15', moment(late), known(late, lambda x: x < 15)),
           ('published methods beaten on both', 'all 4', f'{len(beaten)}: {listed(beaten)}', len(beaten) == len(METHODS))]
    for kind, text, want, good in ((True, 'worst mechanism left out, recall', '75 % or more', lambda x: x >= 0.75),
                                   (False, 'worst honest class left out, operators accused', '10 % or less',
                                    lambda x: x <= 0.10)):
        worst = next((r for r in rows if r[3] is kind), None)
        if worst:
            out.append((text, want, f'{worst[0]}: {percent(worst[2])}', known(worst[2], good)))
    return out


def size_aim(count, scale, hours):
    """What it is measured over: fewer worlds than are asked for, or smaller ones, show less."""
    got = f'{counted(count, "world")} of {worlds_of(scale)}, {hours} h'
    return ('measured over', f'{SIZE[0]} worlds or more of {worlds_of(SIZE[1])}, {SIZE[2]} h', got,
            count >= SIZE[0] and scale >= SIZE[1] and hours >= SIZE[2])


def worlds_of(scale):
    return f'{2500 * scale:,.0f} domains'


def recorded_aims(a):
    """Those that recorded traffic answers, where it is there."""
    if not a.flux:
        return []
    (hits, n), alike = a.recall('deflux'), len(a.look_alikes & a.flux.accused['deflux'])
    return [('flux domains of FluXOR accused', '98 % or more', f'{hits} of {n}', hits >= 0.98 * n),
            ('look-alikes of FluXOR accused', 'none', f'{alike} of {len(a.look_alikes)}', not alike)]


def gap(report, m, a):
    """Between the lab and recorded traffic: said before all else."""
    recall = m.recall(ALL)[0]
    if a.flux and recall is not None:
        hits, n = a.recall('deflux', STRONG)
        by = 100 * (hits / n - recall)
        report.say(f'{"A gap" if abs(by) > 5 else "No gap of over 5 points"} between the lab and recorded traffic: recall '
                   f'is {percent(hits / n)} among the {n} FluXOR domains with {STRONG} addresses, {percent(recall)} among '
                   f'the flux of the lab with {STRONG} independent members ({by:+.1f} points).')
    elif not a.flux:
        report.say('The gap between the lab and recorded traffic is not known: FluXOR is not there.')


def must_show(report, found, rows):
    """Each figure that is asked for, reached or not, and the worst row of leaving one out."""
    report.head('It must show')
    reached_ = sum(good for *_, good in found)
    report.say(f'Reached: {reached_} of {len(found)} figures.' + (
        '' if reached_ == len(found) else ' What limits the others is said in the next section.'))
    if rows:
        name, _, share, mechanism, _ = rows[0]
        report.say(f'The worst row of leaving one out: {name}, ' + (f'recall {percent(share)}.' if mechanism else
                                                                   f'{percent(share)} of its operators accused.'))
    report.table(['figure', 'wanted', 'measured (95 %)', 'reached'],
                 [[text, want, got, 'yes' if good else 'no'] for text, want, got, good in found])
    report.say('Not measured here, but by tests: a world of 28 days with a restart half-way (e2e/state), captures to learn from '
               '(e2e/golden), a domain at the edge that decides later (e2e/settle).')
