"""One world of the lab: made, scanned in every way that is asked for, reduced to what the figures need, and deleted."""
import calendar
import gzip
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

from . import dnstap

START = calendar.timegm((2026, 3, 1, 0, 0, 0)) # of every world
METHODS = ('holz2008', 'zeek', 'fluxbuster', 'stalmans')
FIRST_ANSWERS = 10
CUTS = (1, 3, 6, 12, 24) # hours
COUNTED = 15 # independent members of a domain that the lab counts; it stops there
SERVERS_MOVE = ('double', 'ns-only') # kinds of flux whose name servers are members too
FORM = 4 # of what is kept; another number makes all anew


def say(text):
    print(f'evaluate: {text}', file=sys.stderr, flush=True)


def digest(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()[:16]


class Scan:
    """How a capture is scanned: on which of the two files, by which method, with which parameters."""

    def __init__(self, name, first=False, options=(), parameters=None, every=False):
        self.name, self.first, self.options, self.parameters, self.every = name, first, options, parameters, every

    def key(self):
        return f'{self.name} {self.first} {self.options} {json.dumps(self.parameters, sort_keys=True)} {self.every}'


def main_scans():
    """deflux and the published methods, over all and over the first answers."""
    for first in (False, True):
        where = 'first' if first else 'all'
        yield Scan(f'deflux/{where}', first, every=True)
        for method in METHODS:
            yield Scan(f'{method}/{where}', first, ('--method', method))


def cut_scans(hours):
    """deflux over what had come by then: a verdict rests on no later packet."""
    return [Scan(f'until/{h}', options=('--until', str(START + h * 3600))) for h in CUTS if h < hours]


def seconds(text):
    return calendar.timegm(time.strptime(text[:19], '%Y-%m-%dT%H:%M:%S')) - START


class Found:
    """What one scan says of one domain; the evidence is feature to (value, decibans)."""
    FIELDS = ('verdict', 'llr_db', 'class_', 'network', 'decided', 'answers', 'addresses', 'networks', 'evidence')
    __slots__ = FIELDS

    def __init__(self, values):
        for field, value in zip(self.FIELDS, values):
            setattr(self, field, value)

    @staticmethod
    def reduced(line):
        decided = line['decided_at'] and seconds(line['decided_at'])
        return [line['verdict'], line['llr_db'], line['class'], line['network'], decided, line['answers'],
                line['addresses'], line['asns'], {e['feature']: (e['value'], e['weight']) for e in line['evidence']}]

    def value(self, feature):
        """What was seen of the feature; None: it is no evidence here."""
        return self.evidence.get(feature, (None,))[0]

    def against(self):
        """The feature that spoke loudest against flux; None: none did."""
        loudest = min(self.evidence, key=lambda f: self.evidence[f][1], default=None)
        return loudest if loudest and self.evidence[loudest][1] < 0 else None


def pruned(rows, truth):
    """Without the evidence on those that are neither flux nor accused: nine tenths of all, and nobody asks why."""
    for domain, values in rows.items():
        if values[0] != 'fast-flux' and (domain not in truth or not Truth(truth[domain]).flux):
            values[-1] = {}
    return rows


def scan(deflux, path, options, parameters=None):
    """Domain to the values of a Found, from one run."""
    with tempfile.TemporaryDirectory() as to:
        if parameters is not None:
            options = [*options, '--parameters', os.path.join(to, 'parameters.json')]
            with open(options[-1], 'w', encoding='utf-8') as f:
                json.dump(parameters, f)
        run = subprocess.Popen([deflux, 'scan', '-q', '--format', 'jsonl', *options, path], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, encoding='utf-8')
        rows = {}
        for line in run.stdout:
            found = json.loads(line)
            rows[found['domain']] = Found.reduced(found)
        if run.wait() not in (0, 1):
            raise RuntimeError(f'scan {options} {path}: status {run.returncode}')
    return rows


def groups(line):
    """
    About how many independent members a flux domain showed. Beyond COUNTED the lab does not say: then, how many /24s
    without those of the decoys, or how many /48s where these are more, as a member with both addresses is one.
    """
    if line['independent'] < COUNTED:
        return line['independent']
    members = line['members'] + (line['servers'] if line.get('kind') in SERVERS_MOVE else [])
    v4 = {m.rpartition('.')[0] for m in members if ':' not in m}
    v6 = {socket.inet_pton(socket.AF_INET6, m)[:6] for m in members if ':' in m}
    return max(COUNTED, len(v4) - line.get('decoys', 0), len(v6))


class Truth:
    """What the lab knows of one domain, and when its answers came."""
    FIELDS = ('class_', 'flux', 'network', 'operator', 'mechanism', 'kind', 'twin', 'guest', 'members', 'independent',
              'fifteenth', 'firsts', 'times')
    __slots__ = FIELDS

    def __init__(self, values):
        for field, value in zip(self.FIELDS, values):
            setattr(self, field, value)

    @staticmethod
    def reduced(line, times):
        flux = line['flux']
        return [line['class'], flux, line.get('network'), line['operator'], line.get('mechanism'), line.get('kind'),
                'twin_of' in line, 'guest_of' in line, len(line['members']),
                groups(line) if flux else line['independent'], line.get('fifteenth'),
                sorted(line['members_first'] + line['servers_first']) if flux else None,
                [t - START for t in times] if flux else len(times)]


class World:
    """A seed's truth and the results of its scans, by name."""

    def __init__(self, seed, hours, kept):
        self.seed, self.end = seed, hours * 3600
        self.truth = {d: Truth(v) for d, v in kept['truth'].items()}
        self.found = {name: {d: Found(v) for d, v in rows.items()} for name, rows in kept['found'].items()}

    def accused(self, name):
        return {d for d, f in self.found[name].items() if f.verdict == 'fast-flux'}


class Maker:
    """
    Makes worlds with one program, and keeps in a folder what was found. Of made-up networks, deflux is given the table.
    """

    def __init__(self, deflux, folder, scale, hours, more=()):
        self.deflux, self.folder, self.scale, self.hours, self.more = deflux, folder, scale, hours, list(more)
        self.made_up = '--made-up' in self.more
        self.program = digest(deflux)
        os.makedirs(folder, exist_ok=True)

    def kept_path(self, seed, what):
        key = f'{FORM} {self.program} {seed} {self.scale} {self.hours} {self.more} {what}'
        return os.path.join(self.folder, hashlib.sha256(key.encode()).hexdigest()[:24] + '.json.gz')

    def read(self, seed, what):
        try:
            with gzip.open(self.kept_path(seed, what), 'rt', encoding='utf-8') as f:
                return json.load(f)
        except FileNotFoundError:
            return None

    def keep(self, seed, what, value):
        path = self.kept_path(seed, what)
        with gzip.open(path + '.part', 'wt', encoding='utf-8', compresslevel=1) as f:
            json.dump(value, f)
        os.replace(path + '.part', path)
        return value

    def table(self, option, to):
        """Options that name the table of the made-up networks."""
        return [option, os.path.join(to, 'networks.csv')] if self.made_up else []

    def lab(self, seed, to):
        path, truth = os.path.join(to, 'all.dnstap'), os.path.join(to, 'truth.jsonl')
        made = subprocess.run([self.deflux, 'lab', '--world', 'wide', '--seed', str(seed), '--scale', str(self.scale),
                               '--hours', str(self.hours), '--side', 'upstream', '--format', 'dnstap', '--no-queries',
                               *self.more, *self.table('--networks', to), '--truth', truth, '-o', path],
                              stderr=subprocess.PIPE, check=False, encoding='utf-8')
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        with open(truth, encoding='utf-8') as f:
            lines = [json.loads(line) for line in f]
        times = dnstap.cut(path, os.path.join(to, 'first.dnstap'), [t['domain'] for t in lines], FIRST_ANSWERS)
        return {t['domain']: Truth.reduced(t, times.get(t['domain'], ())) for t in lines}

    def apart(self):
        return ', made-up networks' if self.made_up else ''

    def world(self, seed, scans):
        kept = {'truth': self.read(seed, 'truth'), 'found': {s.name: self.read(seed, s.key()) for s in scans}}
        if kept['truth'] is not None and all(f is not None for f in kept['found'].values()):
            say(f'world {seed}{self.apart()}: as kept')
            return World(seed, self.hours, kept)
        with tempfile.TemporaryDirectory(prefix='deflux-world-') as to:
            say(f'world {seed}{self.apart()}: making it')
            kept['truth'] = self.keep(seed, 'truth', self.lab(seed, to))
            for n, s in enumerate(scans, 1):
                if kept['found'][s.name] is not None:
                    continue
                say(f'world {seed}{self.apart()}: scan {n} of {len(scans)}, {s.name}')
                path = os.path.join(to, 'first.dnstap' if s.first else 'all.dnstap')
                nets = [] if '--no-nets' in s.options else self.table('--asn-table', to)
                options = [*s.options, *(['--all'] if s.every else []), *nets]
                rows = pruned(scan(self.deflux, path, options, s.parameters), kept['truth'])
                kept['found'][s.name] = self.keep(seed, s.key(), rows)
        return World(seed, self.hours, kept)
