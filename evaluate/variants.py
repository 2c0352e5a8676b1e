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

# Classes of the lab that deflux has parameters for. The others (anycast, VPN fleets, parked names ...) it was never told
# of: they are left out as it is.
TOLD = ('ordinary', 'cdn', 'round-robin', 'multi-provider', 'volunteer-pool', 'peer-seeds', 'peer-cdn', 'dynamic-dns',
        'unknown')

# Mechanisms that parameters describe: what to take out. No other has any of its own.
DESCRIBED = {'double': 'flux-double', 'ns-only': 'flux-ns'}


def ablations():
    return [Scan(f'without/{name}', options=options, parameters=parameters)
            for name, (options, parameters) in ABLATIONS.items()]


def left_out():
    return [Scan(f'left-out/{name}', parameters={f'class.{name}.weight': 0}) for name in
            (*TOLD, *DESCRIBED.values())]
