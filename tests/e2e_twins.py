"""The same flux below a private suffix, beside ten thousand honest customers of it in the same networks."""
import ipaddress
import json
import os
import random
import tempfile

import capture as c
from dnswire import frames, open_file, pcap, text_of
from forms import responses
from scans import accused, findings, lab, write
from tap import Tap

SECOND, HOUR = 10**9, 3600 * 10**9
START = 1772323200 * SECOND # the lab's
CUSTOMERS = 10000


def lab_flux(to):
    """Of the lab's flux domain that most was asked of: when which addresses were answered, and with which TTL."""
    path, truth = os.path.join(to, 'flux.pcap'), os.path.join(to, 'truth')
    lab(path, '--scale', '0.3', '--hours', '3', '--truth', truth)
    with open(truth, encoding='utf-8') as f:
        rows = [r for r in map(json.loads, f) if r['class'] == 'flux-single']
    domain = max(rows, key=lambda r: r['lookups'])['domain']
    for p, m in responses(frames(open_file(path))):
        addresses = [r for r in m.sections[0] if r.type == c.A]
        if addresses and text_of(m.question).endswith(domain):
            yield p.ns, [ipaddress.ip_address(r.text).packed for r in addresses], addresses[0].ttl


def lookup(ns, name, addresses, ttl=60):
    answer = [c.record(name, c.A, a, ttl) for a in addresses]
    server = c.name('ns1', 'duckdns', 'org')
    return ns, c.packet(c.response(name, c.A, answer, [c.record(c.name('duckdns', 'org'), c.NS, server)],
                                   [c.record(server, c.A, bytes([99, 79, 143, 35]))]))


def customers(networks):
    """Each at home, with one address at a time that its provider changes now and then."""
    r = random.Random(1)
    for i in range(CUSTOMERS):
        name, own = c.name(f'home{i}', 'duckdns', 'org'), r.choice(networks)
        for day in range(r.randint(1, 4)):
            yield lookup(START + day * 6 * HOUR + r.randrange(6 * HOUR), name, [own + bytes([r.randint(1, 254)])])


def check_customers(t, to):
    """The customers live in the networks that the bad one's members are in, so the networks tell nothing."""
    flux = list(lab_flux(to))
    networks = sorted({a[:3] for _, addresses, _ in flux for a in addresses})
    own = [lookup(ns, c.name('shop', 'evil', 'org'), a, ttl) for ns, a, ttl in flux]
    t.equal(accused(findings(write(to, 'own.pcap', pcap(own)))), {'evil.org'}, 'fast flux under a name of its own')
    bad = [lookup(ns, c.name('shop', 'evil', 'duckdns', 'org'), a, ttl) for ns, a, ttl in flux]
    found = findings(write(to, 'all.pcap', pcap(sorted([*customers(networks), *bad]))))
    t.ok(len(networks) > 20 and len(found) >= CUSTOMERS, f'{len(found)} domains below one public suffix', len(networks))
    t.equal(sorted(accused(found)), ['evil.duckdns.org'], 'one finding')
    rest = findings(write(to, 'rest.pcap', pcap(sorted(customers(networks)))))
    t.equal(sorted(accused(rest)), [], 'none without it')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        check_customers(t, to)
    t.done()


main()
