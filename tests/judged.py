"""A world of the evaluation made up by hand, so that its figures can be counted by hand."""
import sys

from tap import ROOT

sys.path.insert(0, ROOT)
from evaluate import variants, worlds # noqa: E402

HOURS = 1


def flux(network, independent=15, times=(60, 120, 180, 240), mechanism='single', kind='single'):
    fifteenth = 120 if independent >= 15 else None
    return ['flux', True, network, network, mechanism, kind, False, False, 20, independent, fifteenth, [50, 60, 110, 120],
            list(times)]


def honest(operator, members=6, twin=False, kind='cdn', answers=40):
    return [kind, False, None, operator, None, None, twin, False, members, members, None, None, answers]


def found(verdict, llr, decided=None, kind='cdn', network=None, homes=0.5):
    evidence = {'ttl': (300, -2.0 if llr < 50 else 1.0), 'member_kind': (homes, llr)}
    return [verdict, llr, kind, network, decided, 40, 20, 12, evidence]


TRUTH = {'f1.com': flux('flux-1'), 'f2.com': flux('flux-1'), 'f3.com': flux('flux-2', 30, mechanism='double', kind='double'),
         'f4.com': flux('flux-3', mechanism='double', kind='double'), 'f5.com': flux('flux-4', independent=9),
         'f6.com': flux('flux-1', times=()),
         'h1.com': honest('cdn-1'), 'h2.com': honest('cdn-1'), 'h3.com': honest('cdn-2', members=2),
         'h4.com': honest('pool-1', kind='volunteer-pool'), 'tw.com': honest('cdn-9', twin=True)}
FOUND = {'f1.com': found('fast-flux', 80, 180, 'flux', 'bad'), 'f2.com': found('fast-flux', 60, 90, 'flux', 'bad'),
         'f3.com': found('fast-flux', 70, 3600, 'flux', 'bod', homes=0.75), 'f4.com': found('undecided', 55, homes=0.25),
         'f5.com': found('benign', 5), 'h1.com': found('fast-flux', 51, 600, 'flux'), 'h2.com': found('benign', -20),
         'h3.com': found('undecided', 35), 'h4.com': found('benign', -60), 'tw.com': found('benign', 20)}
REFITTED = {'single': {'accuse_db': 51}} # of what was fitted without it, the parameters


def made(seed=1, truth=None, found_=None):
    """That world as every scan saw it, or another."""
    truth, found_ = truth or TRUTH, found_ or FOUND
    names = [s.name for s in (*worlds.main_scans(), *variants.ablations(), *variants.left_out(REFITTED))]
    all_ = {name: {d: f for d, f in found_.items() if f[0] == 'fast-flux'} for name in names}
    all_['deflux/all'] = found_
    if found_ is FOUND:
        all_.update({'deflux/first': {'f1.com': FOUND['f1.com']}, 'fluxbuster/all': {},
                     'zeek/all': {'f4.com': FOUND['f1.com'], 'h1.com': FOUND['h1.com'], 'h2.com': FOUND['h1.com']}})
        all_['until/1'] = {'f1.com': FOUND['f1.com'], 'f5.com': FOUND['f1.com'], 'h4.com': FOUND['h1.com']}
    return worlds.World(seed, HOURS, {'truth': truth, 'found': all_})
