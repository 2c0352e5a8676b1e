"""
Fast flux as literature has it, by hand: agents in homes of as many networks, honest servers or agents for servers. Worlds
blur who members are; what is beyond doubt where nothing is blurred must stay so.
"""
HOME = [2.6, .1, .1, .1, .1, .1] # what a network's name says of each kind, against how frequent the kind is
RENTED = [.1, 3.5, .1, .1, .1, .1]
COUNTED, KINDS = 64, 40          # counted_max and kinds_max of the judge


def case(n, networks, answer, **other):
    drawn = min(n, COUNTED)
    line = {'domain': f'{n} agents in {networks} networks', 'llr_db': None, 'homes': n, 'server_homes': 0, 'trust': 1,
            'kinds': [HOME] * min(networks, KINDS), 'server_kinds': [RENTED] * 2, 'members': n, 'drawn': drawn,
            'networks': min(networks, drawn), 'movable': drawn, 'moved': drawn - answer, 'answer_size': answer, 'ttl': 180,
            'servers': 2, 'both': 0, 'server_networks': 2, 'shared_db': None, 'names': 1, 'answers': 40, 'users': 1,
            'own_address': False, 'flux': True, 'class': 'flux', 'mechanism': 'textbook', 'independent': n, 'suspect': True,
            'world': 'textbook', 'stands_for': 1}
    return {**line, **other}


def cases():
    """Single flux of more and more agents, double flux, and name servers alone."""
    yield from (case(n, n, 2) for n in (16, 20, 24, 32, 40, 48, 60))
    yield case(150, 60, 5)
    yield case(150, 60, 5, server_kinds=[], servers=COUNTED, both=COUNTED, server_networks=60, server_homes=60)
    yield case(1, 1, 1, kinds=[RENTED], homes=0, moved=0, server_kinds=[HOME] * KINDS, servers=60, server_networks=50,
               server_homes=60)
