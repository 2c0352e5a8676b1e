"""The figures and the report of `make evaluate`, over a world whose figures can be counted by hand."""
import html.parser
import re
import sys
import types
import xml.etree.ElementTree

from judged import REFITTED, made
from tap import ROOT, Tap

sys.path.insert(0, ROOT)
from evaluate import measure, plot, report, sections, why, words, worlds # noqa: E402


def figures(t):
    t.equal([s.name for s in worlds.cut_scans(12)], ['until/1', 'until/3', 'until/6'], 'cuts of a short world')
    m = measure.Measure([made()], 200)
    t.equal((len(m.flux), len(m.strong), len(m.honest)), (5, 4, 5), 'who counts: what was never looked up does not')
    t.equal(m.recall('deflux/all')[0], 0.75, 'recall')
    t.equal((m.recall('deflux/all', lambda c: c.sibling)[0], m.recall('deflux/all', lambda c: not c.sibling)[0]),
            (1.0, 0.5), 'with and without a sibling')
    t.equal(m.recall('deflux/first')[0], 0.25, 'after the first answers')
    t.equal((m.rate('deflux/all')[0], m.rate('deflux/all', measure.is_large)[0]), (1 / 4, 1 / 3), 'false accusations')
    t.equal(m.rate('deflux/all', measure.is_foreign)[0], 1 / 4, 'of no operator of a twin')
    t.equal((m.twins('deflux/all')[0], m.rate('fluxbuster/all')[0]), (0, 0), 'none of twins, none of one that is silent')
    recall, less = m.beats('deflux/all', 'zeek/all')
    t.equal((recall[0], less[0]), (0.5, 0.25), 'beside another method')
    t.ok(abs(m.precision('deflux/all')[0] - 0.75e-5 / (0.75e-5 + 0.25 * (1 - 1e-5))) < 1e-12, 'precision')
    t.equal(m.operators('deflux/all', 'cdn'), {(1, 'cdn-1'): (1, 1)}, 'operators with a large domain, and those accused')
    t.equal(m.classes(), {'cdn': 2, 'volunteer-pool': 1}, 'operators of each class')
    t.equal([x[0] for x in m.undecided('deflux/all')], [1 / 5, 1 / 5], 'undecided')
    t.equal((m.confusion('deflux/all')['cdn', 'flux'], m.confusion('deflux/all')['cdn', 'cdn']), (1, 2), 'confusion')
    curve = {at: (rate, got) for at, rate, got in m.curve('deflux/all')}
    without = {at: (rate, got) for at, rate, got in m.curve('deflux/all', {'cdn'})}
    t.equal((without[50], without[0], without[-20]), ((0, 0.75), (0, 1), (0, 1)), 'without a class: it counts, but is not accused')
    t.equal((curve[50], curve[52], curve[0], curve[300]), ((0.25, 0.75), (0, 0.75), (0.5, 1), (0, 0)),
            'a curve; what had too few homes is no accusation')
    t.equal(m.networks(), (1, 1, 2, 2), 'networks')
    t.equal(m.rate_of(m.falsely('deflux/all', measure.is_apart)), m.rate('deflux/all'), 'the rate of some cases')
    t.equal(m.at_the_end(), (3, 1), 'decided when all was read')
    t.equal(m.by_hour(1), (4, 1, 2, 1, 1), 'what a scan of the first hour says')
    t.equal(m.ever_falsely(['deflux/all', 'until/1'])[0], 0.5, 'accused at one time or another')


def moments(t):
    m = measure.Measure([made()], 200)
    watched = m.latency()
    t.equal(sorted(watched['answers']), [(1, True), (3, True), (4, False), (4, False), (4, True)], 'by answers')
    t.equal(sorted(watched['minutes']), [(0, True), (1, True), (58, False), (58, True)], 'by minutes past the fifteenth')
    t.equal(m.median_late()[0], 1, 'half are by then')
    t.equal([(c.domain, c.siblings) for c in m.flux[:3]], [('f1.com', 2), ('f2.com', 2), ('f3.com', 1)], 'domains of a network')
    t.equal(m.flux[0].first_answers_at(10), None, 'there is no tenth answer')
    values, dots = m.calibration('deflux/all')
    t.ok(set(values) == {'slope', 'intercept', 'ece', 'brier'} and values['brier'][0] is not None, 'calibration', values)
    t.equal(sum(n for *_, n in dots), 9, 'of all with five members')


class Page(html.parser.HTMLParser):
    """Every element is closed, and nothing comes from elsewhere."""
    VOID = {'meta'}

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.elements = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.wrong += [f'{k}={v}' for k, v in attrs if k in ('src', 'href')]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f'</{tag}>')


def plots(t):
    t.equal(plot.Axis(0, 1).ticks(), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0], 'ticks')
    t.equal(plot.Axis(0.01, 1000, True).ticks(), [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0], 'ticks of decades')
    t.equal(plot.Axis(1, 30, True).ticks(), [1.0, 2.0, 5.0, 10.0, 20.0], 'ticks between them')
    t.equal([plot.number(x) for x in (0.01, 12.34, 1000, 25000)], ['0.01', '12.3', '1,000', '25,000'], 'numbers')
    t.equal((plot.Axis(1, 100, True).place(10), plot.Axis(0, 4).place(5), plot.Axis(0, 0).place(0)), (0.5, 1, 0), 'places')
    p = plot.Plot('A & <b>', ('x', 0, 10), ('y', 0, 1))
    p.line('steps', [(0, 0), (5, 0.5), (10, 1)], steps=True)
    p.points('dots', [(1, 1, 'one "and" <two>')])
    p.guide((0, 0), (10, 1))
    svg = xml.etree.ElementTree.fromstring(p.svg())
    t.ok('<b>' not in p.svg() and len(list(svg.iter('circle'))) == 1, 'a plot is XML, whatever its words', p.svg())


def upright(t):
    r = report.Report('x')
    for n in (12, 13):
        r.table(list('abcdefghijklm')[:n], [['1'] * n])
    t.equal(r.page().count('<table class="many">'), 1, 'the names of many columns stand upright')


def written(t):
    # the aims, and all sections, over two worlds; recorded traffic is not there
    m = measure.Measure([made(1), made(2)], 100)
    missing = types.SimpleNamespace(flux=None, honest=[], missing=['FluXOR 2009'])
    r = report.Report('A & B')
    rows = sections.leave_one_out(m, REFITTED)
    t.equal([row[0] for row in rows], ['cdn', 'double', 'volunteer-pool', 'single'], 'the worst left out first')
    t.equal([row[1] for row in rows], ['cdn and isp-caches taken out', 'flux-double taken out', 'volunteer-pool taken out',
                                       'fitted without it'], 'how each is left out')
    sections.gap(r, m, missing)
    sections.must_show(r, sections.aims(m, rows), rows)
    why.limited(r, m, measure.Measure([made(1)], 100))
    for section in (sections.methods, sections.curve, sections.mechanisms, sections.operators, sections.undecided,
                    sections.calibration, sections.latency, sections.hours, sections.networks, sections.confusion, sections.ablations):
        section(r, m)
    sections.left_out(r, m, rows)
    sections.anchors(r, missing)
    text, page = r.markdown(), Page(r.page())
    t.ok(not page.wrong and not page.open, 'the page is whole and needs nothing else', (page.wrong, page.open))
    t.ok(page.elements.count('svg') == 6 and 'A &amp; B' in r.page(), 'six plots, in the page itself', page.elements.count('svg'))
    t.ok('| recall, flux with 15 independent members | 95 % or more | 75.0 % (' in text and
         'Reached: 2 of 12 figures.' in text, 'the aims', text[:2500])
    t.ok('Not there, so not measured: FluXOR 2009' in text and 'is not known: FluXOR is not there' in text, 'what is missing')
    widths = {len(re.findall(r'(?<!\\)\|', line)) for table in re.findall(r'(?:^\|.*\n)+', text, re.M)
              for line in [table] for line in [line.split('\n')[0]]}
    t.ok(widths and min(widths) > 2, 'tables', widths)
    recorded(t, m, rows)


def recorded(t, m, rows):
    seen = types.SimpleNamespace(flux=types.SimpleNamespace(accused={n: {'x.com'} for n in ('deflux', *worlds.METHODS)}),
                                 honest=[], missing=[], look_alikes={'x.com', 'y.tk'}, recall=lambda method, least=0: (9, 10))
    r = report.Report('x')
    sections.gap(r, m, seen)
    sections.must_show(r, sections.recorded_aims(seen), rows)
    t.ok(r.parts[0][1].startswith('A gap between the lab and recorded traffic: recall is 90.0 % among the 10'),
         'a gap comes first', r.parts[0])
    t.equal([row[1:] for row in sections.recorded_aims(seen)], [('98 % or more', '9 of 10', False), ('none', '1 of 2', False)],
            'what recorded traffic has to show')
    t.equal(sections.recorded_aims(types.SimpleNamespace(flux=None)), [], 'nothing where it is not there')
    for count, scale, hours, good in ((8, 16, 48, True), (9, 20, 72, True), (7, 16, 48, False), (8, 8, 48, False),
                                      (8, 16, 47, False)):
        t.equal(sections.size_aim(count, scale, hours)[3], good, f'{count} worlds of scale {scale}, {hours} h are '
                f'{"" if good else "not "}enough')


def said(t):
    for got, want in ((words.percent((None, None, None)), words.NOTHING), (words.percent(0.5), '50.0 %'),
                      (words.percent((0.5, 0.25, 0.75)), '50.0 % (25.0 to 75.0)'),
                      (words.points((0.1, 0.05, 0.2)), '+10.0 (+5.0 to +20.0)'),
                      (words.moment((12.34, 1, float('inf'))), '12.3 (1.0 to never)'),
                      (words.moment((float('inf'), None, None)), 'never'), (words.moment((None, None, None)), words.NOTHING),
                      (words.counted(1, 'network'), '1 network'), (words.counted(1200, 'network'), '1,200 networks'),
                      (words.listed([]), 'none'), (words.listed(['a']), 'a'), (words.listed('abc'), 'a, b and c')):
        t.equal(got, want, f'words: {want}')
    r = report.Report('x')
    r.items([('A <b>', '5 %')])
    r.table(['what', 'band', 'n'], [['a', 'few', '1'], ['', '2', 'never']])
    page = r.page()
    t.ok('- **A <b>.** 5 %' in r.markdown() and '<li><b>A &lt;b&gt;.</b> 5&nbsp;%</li>' in page, 'a list')
    t.ok('<tr class="more"><td class="words"></td><td class="words">2</td><td>never</td></tr>' in page,
         'a row that goes on with the one above; a column of words stands left', page)


def main():
    t = Tap()
    figures(t)
    moments(t)
    plots(t)
    said(t)
    upright(t)
    written(t)
    t.done()


main()
