"""What deflux is judged without: features, and what it was told of a class (see `deflux judge --parameters`)."""
from .worlds import Scan


def unused(*features):
    return {f'feature.{f}.used': False for f in features}


# group of features: options, parameters
ABLATIONS = {
    'kind of network unknown': ((), unused('member_kind', 'server_kind')),
    'no database of networks': (('--no-nets',), None),
    'spread over networks': ((), unused('spread')),
    'number of members': ((), unused('size')),
    'turnover': ((), unused('turnover')),
    'size of answers': ((), unused('answer_size')),
    'TTL': ((), unused('ttl')),
    'name servers': ((), unused('server_kind', 'server_spread', 'server_shared')),
    'accused siblings': ((), unused('shared')),
}

# The lab's honest classes: deflux has parameters for each.
TOLD = ('ordinary', 'cdn', 'anycast', 'round-robin', 'multi-provider', 'volunteer-pool', 'peer-seeds', 'vpn-fleet',
        'peer-cdn', 'dynamic-dns', 'embedded-address', 'tunnel', 'poisoned', 'parked', 'sinkholed', 'migration',
        'fail-over', 'unknown')

# Mechanisms that parameters describe: what to take out. No other has any of its own.
DESCRIBED = {'double': 'flux-double', 'ns-only': 'flux-ns'}


def ablations():
    return [Scan(f'without/{name}', options=options, parameters=parameters)
            for name, (options, parameters) in ABLATIONS.items()]


def left_out():
    return [Scan(f'left-out/{name}', parameters={f'class.{name}.weight': 0}) for name in
            (*TOLD, *DESCRIBED.values())]
