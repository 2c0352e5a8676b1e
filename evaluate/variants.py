"""What deflux is judged without: features, and the parameters of a class (see `deflux judge --parameters`)."""
import json
import os

from .worlds import Scan


def unused(*features):
    return {f'feature.{f}.used': False for f in features}


KINDS_UNKNOWN = 'kind of network unknown'

# group of features: options, parameters
ABLATIONS = {
    KINDS_UNKNOWN: ((), unused('member_kind', 'server_kind')),
    'no database of networks': (('--no-nets',), None),
    'spread over networks': ((), unused('spread')),
    'number of members': ((), unused('size')),
    'turnover': ((), unused('turnover')),
    'size of answers': ((), unused('answer_size')),
    'TTL': ((), unused('ttl')),
    'name servers': ((), unused('server_kind', 'server_spread', 'server_shared')),
    'accused siblings': ((), unused('shared')),
}

# The honest classes, of the lab and of deflux both.
HONEST = ('ordinary', 'cdn', 'anycast', 'round-robin', 'multi-provider', 'volunteer-pool', 'peer-seeds', 'vpn-fleet',
          'peer-cdn', 'dynamic-dns', 'embedded-address', 'tunnel', 'poisoned', 'parked', 'sinkholed', 'migration',
          'fail-over', 'unknown')

# What deflux has parameters of its own for, and prints as one of these.
WITHIN = {'cdn': ('isp-caches',), 'flux-double': ('flux-double-homes',), 'flux-ns': ('flux-ns-homes',)}

# Mechanisms that parameters describe: what to take out. No other has any of its own.
DESCRIBED = {'double': 'flux-double', 'ns-only': 'flux-ns'}


def refits(folder):
    """Of what is left out, by its name: all parameters as `python3 -m fit.refits` fitted them without it."""
    out = {}
    for name in sorted(os.listdir(folder) if folder else ()):
        if name.endswith('.json'):
            with open(os.path.join(folder, name), encoding='utf-8') as f:
                out[name[:-len('.json')]] = json.load(f)
    return out


def ablations(names=tuple(ABLATIONS)):
    return [Scan(f'without/{name}', options=options, parameters=parameters)
            for name in names for options, parameters in [ABLATIONS[name]]]


def without_class(name):
    return {f'class.{part}.weight': 0 for part in (name, *WITHIN.get(name, ()))}


def left_out(refitted):
    """What is taken out of the program's own parameters, where there is no fit without it."""
    plain = {**{name: name for name in HONEST}, **DESCRIBED}
    return [Scan(f'left-out/{name}', parameters=refitted.get(name) or without_class(plain[name]))
            for name in sorted({*plain, *refitted})]
