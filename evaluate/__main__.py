"""
Measures deflux and four published methods on worlds of the lab, whose truth is known, and on recorded traffic.

    python3 -m evaluate DEFLUX [--out FOLDER] [--seeds A-B] [--scale X] [--hours H] [--data FOLDER] [--kept FOLDER]
                       [--brief] [--refits FOLDER]

Each world is made twice: as it is, and in made-up networks whose names say their kind, to see what doubt about these costs.
Writes report.md, report.html and curve.tsv. What was found is kept by program, seed and options, so that a second run is
quick; a world itself (about 1 GB) is deleted once it was scanned. EVALUATE_QUICK=1 takes two small worlds, to try it.
"""
import argparse
import os
import subprocess
import sys

from . import sections, variants, why
from .anchors import Anchors
from .measure import Measure
from .report import Report
from .worlds import Maker, Scan, cut_scans, main_scans, say

QUICK = os.environ.get('EVALUATE_QUICK') == '1'


def seeds(text):
    first, _, last = text.partition('-')
    return list(range(int(first), int(last or first) + 1))


def arguments():
    p = argparse.ArgumentParser(prog='evaluate', description=__doc__.split('\n\n', maxsplit=1)[0].strip())
    p.add_argument('deflux', help='the program')
    p.add_argument('--out', default='.evaluate', help='where the report goes')
    p.add_argument('--kept', help='where results are kept; default: below --out')
    p.add_argument('--seeds', type=seeds, default=seeds('1001-1002' if QUICK else '1001-1008'),
                   help='of the worlds, as 1001-1008; never those that parameters were fitted on')
    p.add_argument('--scale', type=float, default=0.3 if QUICK else 16, help='of a world; 16 is about 40,000 domains')
    p.add_argument('--hours', type=int, default=12 if QUICK else 48)
    p.add_argument('--turns', type=int, default=100 if QUICK else 1000, help='of the bootstrap')
    p.add_argument('--data', default=os.environ.get('DEFLUX_DATA', '../shared/data'),
                   help='recorded traffic, also DEFLUX_DATA')
    p.add_argument('--brief', action='store_true', help='nothing is left out in turn: a third of the time')
    p.add_argument('--refits', help='what was fitted without each mechanism and class, by `python3 -m fit.refits`')
    p.add_argument('--made-up', action='store_true', help='addresses of no real networks; deflux is given their table')
    return p.parse_args()


def scans(args, refitted):
    """Of each world, in all the ways that the report needs."""
    without = variants.ablations([variants.KINDS_UNKNOWN]) if args.brief else variants.ablations()
    return [*main_scans(), *cut_scans(args.hours), *without, *([] if args.brief else variants.left_out(refitted))]


def build(args, m, plain, a, refitted):
    version = subprocess.run([args.deflux, '--version'], stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout.strip()
    report = Report('How good deflux is')
    worlds = f'{len(m.worlds)} world{"s" * (len(m.worlds) != 1)}'
    report.say(f'{version}; {worlds} of the lab (seeds {args.seeds[0]} to {args.seeds[-1]}, scale '
               f'{args.scale:g}, {args.hours} h): {len(m.flux)} flux domains, {len(m.strong)} of them with enough '
               f'independent members to be found, and {len(m.honest)} honest ones. Intervals are of 95 %, by resampling '
               'networks and operators.')
    rows = [] if args.brief else sections.leave_one_out(m, refitted)
    sections.gap(report, m, a)
    aims = [sections.size_aim(len(m.worlds), args.scale, args.hours), *sections.aims(m, rows), *sections.recorded_aims(a)]
    sections.must_show(report, aims, rows)
    why.limited(report, m, plain)
    for section in (sections.methods, sections.curve, sections.mechanisms, sections.operators, sections.undecided,
                    sections.calibration, sections.latency, sections.hours, sections.networks, sections.confusion):
        section(report, m)
    if not args.brief:
        sections.ablations(report, m)
        sections.left_out(report, m, rows)
    sections.anchors(report, a)
    return report


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    args = arguments()
    kept = args.kept or os.path.join(args.out, 'kept')
    named = Maker(args.deflux, kept, args.scale, args.hours, ['--made-up'])
    refitted = variants.refits(args.refits)
    maker = named if args.made_up else Maker(args.deflux, kept, args.scale, args.hours)
    m = Measure([maker.world(seed, scans(args, refitted)) for seed in args.seeds], args.turns)
    plain = None if args.made_up else Measure([named.world(seed, [Scan(sections.ALL, every=True)]) for seed in args.seeds],
                                              args.turns)
    a = Anchors(maker, args.data)
    say('figures')
    report = build(args, m, plain, a, refitted)
    write(args.out, 'report.md', report.markdown())
    write(args.out, 'report.html', report.page())
    curve = ''.join(f'{t}\t{rate:.8g}\t{recall:.8g}\n' for t, rate, recall in m.curve(sections.ALL))
    write(args.out, 'curve.tsv', 'threshold_db\tfalse_per_honest\trecall\n' + curve)
    say(f'report in {os.path.join(args.out, "report.html")} and report.md')


if __name__ == '__main__':
    sys.exit(main())
