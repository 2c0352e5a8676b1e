"""
What is beyond doubt, by hand: fast flux as literature has it, agents in homes of as many networks behind honest servers or
agents; and services that nobody takes for it, called by their class. Worlds blur who members are; where nothing is blurred,
this must stay so.
"""
# What a network's name says of each kind, against how frequent the kind is.
HOME = [2.6, .1, .1, .1, .1, .1]
LIKELY = [2.2, .4, .15, .2, .3, .4] # a home's, as a real database names it
RENTED = [.1, 3.5, .1, .1, .1, .1]
CONTENT = [.1, .1, 15, .1, .1, .1]
UNIVERSITY = [.1, .1, .1, 15, .1, .1]
COUNTED, KINDS = 64, 40 # counted_max and kinds_max of the judge
WEIGHT = 30 # domains that one of these stands for, where classes are called


def shown(n, networks):
    """How many of its networks as many show as count, on average."""
    return round(networks * (1 - (1 - min(n, COUNTED) / n) ** (n / networks)))


def case(n, networks, answer, **other):
    drawn = min(n, COUNTED)
    line = {'domain': f'{n} agents in {networks} networks', 'llr_db': None, 'homes': n, 'server_homes': 0, 'trust': 1,
            'kinds': [HOME] * min(networks, KINDS), 'server_kinds': [RENTED] * 2, 'members': n, 'drawn': drawn,
            'networks': shown(n, networks), 'movable': drawn, 'moved': max(0, drawn - answer), 'answer_size': answer,
            'ttl': 180, 'servers': 2, 'both': 0, 'server_networks': 2, 'shared_db': None, 'names': 1, 'answers': 40,
            'users': 1, 'own_address': False, 'flux': True, 'class': 'flux', 'mechanism': 'single', 'independent': n,
            'suspect': True, 'world': 'textbook', 'stands_for': WEIGHT}
    return {**line, **other}


def flux():
    """Single flux of more and more agents, some of it hardly looked up, some whose name servers are not seen, double flux, and
    name servers alone."""
    yield from (case(n, n, 2) for n in (16, 20, 24, 32, 40, 48, 60))
    yield from (case(n, n, n, answers=1, movable=None, moved=None) for n in (12, 16, 20))
    yield from (case(n, n, 6, movable=n, moved=n - 6, answers=3) for n in (12, 16))
    yield from (case(*sizes) for sizes in ((150, 60, 5), (400, 16, 5)))
    unseen = {'ttl': 300, 'server_kinds': [], 'servers': 0, 'both': None, 'server_networks': None}
    yield from (case(*sizes, **unseen) for sizes in ((50, 16, 7), (80, 17, 6)))
    yield from (case(*sizes, **unseen, trust=0.8, kinds=[LIKELY] * sizes[1]) for sizes in ((50, 16, 7), (80, 15, 6)))
    yield from (case(*sizes, server_kinds=[], servers=COUNTED, both=COUNTED * 9 // 10, server_networks=sizes[1],
                     server_homes=60, mechanism='double') for sizes in ((330, 10, 5), (420, 10, 7)))
    yield case(150, 60, 5, server_kinds=[], servers=COUNTED, both=COUNTED, server_networks=60, server_homes=60,
               mechanism='double')
    yield case(1, 1, 1, kinds=[RENTED], homes=0, moved=0, server_kinds=[HOME] * KINDS, servers=60, server_networks=50,
               server_homes=60, mechanism='ns-only')


def honest(name, *args, **other):
    return case(*args, **{'flux': False, 'class': name, 'mechanism': None, 'suspect': False, 'homes': 0, **other})


def services():
    yield honest('cdn', 90, 3, 4, kinds=[CONTENT] * 3, ttl=30)
    yield from (honest('cdn', 530, 1, 3, kinds=[kind], ttl=60, answers=200) for kind in (CONTENT, RENTED))
    yield honest('cdn', 60, 60, 1, moved=0, ttl=300, names=120, answers=480, suspect=True, homes=60)
    yield honest('volunteer-pool', 150, 40, 4, kinds=[HOME, RENTED, UNIVERSITY, RENTED] * 10, ttl=150, suspect=True, homes=10)
    yield honest('volunteer-pool', 220, 46, 4, kinds=[HOME, RENTED] * 20, ttl=150, suspect=True, homes=90)
    yield from (honest('peer-seeds', *sizes, kinds=[HOME, RENTED] * 20, ttl=ttl, suspect=True, homes=sizes[0] // 2)
                for ttl, sizes in ((60, (250, 100, 13)), (14400, (620, 142, 14))))
    yield honest('dynamic-dns', 3, 1, 1, ttl=60)
    yield honest('ordinary', 1, 1, 1, kinds=[RENTED], ttl=3600)
    yield from (honest('ordinary', 2, 1, 2, kinds=[RENTED], ttl=300, moved=0, names=12, answers=20, users=n) for n in (1, 4))
    yield honest('parked', 2, 1, 2, kinds=[RENTED], ttl=300, moved=0, names=12, answers=20, users=150)
    yield honest('round-robin', 12, 1, 4, kinds=[RENTED], ttl=300)
    yield honest('multi-provider', 60, 8, 4, kinds=[RENTED, RENTED, RENTED, CONTENT] * 2, ttl=200)
    yield honest('vpn-fleet', 60, 30, 1, kinds=[RENTED] * 30, ttl=300)
    yield honest('embedded-address', 16, 16, 1, kinds=[RENTED] * 16, ttl=60, moved=0, names=16, answers=16, own_address=True)


def blind():
    """Who the members are decides: where no database says it nobody is accused."""
    yield from (case(n, n, 5, kinds=[], server_kinds=[], flux=False, mechanism=None, **{'class': None}) for n in (30, 60))
    yield case(150, 60, 5, kinds=[], server_kinds=[], flux=False, mechanism=None, **{'class': None})
    yield case(150, 60, 5, kinds=[], server_kinds=[], servers=COUNTED, both=COUNTED, server_networks=60, server_homes=60,
               flux=False, mechanism=None, **{'class': None})


def cases():
    yield from flux()
    yield from services()
    yield from blind()
