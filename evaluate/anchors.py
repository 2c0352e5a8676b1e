"""Recorded traffic beside the lab's: never fitted to, never in the lab; what of it is there is scanned."""
import os
import re

from .worlds import METHODS, digest, say, scan

FLUX = ('FluXOR 2009', 'flux/fluxor-2009.pcap.gz')
HONEST = (('WRCCDC 2018', 'benign/wrccdc-2018.zeek.log.gz'), ('blogs 2009', 'benign/blogs-2009.pcap.gz'),
          ('reddit 2016', 'benign/reddit-2016.zeek.log'))
TRUTH, README = 'flux/fluxor-2009.truth.tsv', 'README.md'


def labelled(path):
    """Domain to the number of its addresses, of those labelled flux."""
    with open(path, encoding='utf-8') as f:
        rows = [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]
    return {r[0]: int(r[2]) for r in rows if r[3] == 'flux'}


def look_alikes(path):
    """Domains that the data's own README says give no ground for an accusation."""
    with open(path, encoding='utf-8') as f:
        found = re.search(r'one small set \(([^)]*)\)', f.read())
    return set(found[1].split(', ')) if found else set()


class Anchor:
    """One recording: how many domains were seen, and whom each method accuses."""

    def __init__(self, name, domains, accused):
        self.name, self.domains, self.accused = name, domains, {m: set(d) for m, d in accused.items()}


def scanned(maker, name, path):
    key = f'{name} {digest(path)}'
    kept = maker.read('anchor', key)
    if kept is None:
        say(f'{name}: scanning it')
        every = scan(maker.deflux, path, ['--all'])
        accused = {'deflux': sorted(d for d, f in every.items() if f[0] == 'fast-flux')}
        for method in METHODS:
            accused[method] = sorted(scan(maker.deflux, path, ['--method', method]))
        kept = maker.keep('anchor', key, {'domains': len(every), 'accused': accused})
    return Anchor(name, kept['domains'], kept['accused'])


class Anchors:
    """What of the recorded data is there: .flux and .honest hold what was scanned, .missing what was not."""

    def __init__(self, maker, data):
        self.flux, self.honest, self.missing = None, [], []
        self.labelled, self.look_alikes = {}, set()
        for name, path in (FLUX, *HONEST):
            whole = os.path.join(data, path) if data else ''
            if not os.path.isfile(whole):
                self.missing.append(name)
            elif (name, path) == FLUX:
                self.labelled = labelled(os.path.join(data, TRUTH))
                self.look_alikes = look_alikes(os.path.join(data, README))
                self.flux = scanned(maker, name, whole)
            else:
                self.honest.append(scanned(maker, name, whole))

    def recall(self, method, least=0):
        """(hits, n) among the labelled domains with so many addresses at least."""
        wanted = {d for d, n in self.labelled.items() if n >= least}
        return len(wanted & self.flux.accused[method]), len(wanted)
