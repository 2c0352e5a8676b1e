"""One world of the lab: made, scanned in every way that is asked for, reduced to what the figures need, and deleted."""
import calendar
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

from . import dnstap

START = calendar.timegm((2026, 3, 1, 0, 0, 0)) # of every world
METHODS = ('holz2008', 'zeek', 'fluxbuster', 'stalmans')
FIRST_ANSWERS = 10
CUTS = (1, 3, 6, 12, 24) # hours
FORM = 3 # of what is kept; another number makes all anew


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


def against(evidence):
    """The feature that spoke loudest against flux."""
    loudest = min(evidence, key=lambda e: e['weight'], default=None)
    return loudest['feature'] if loudest and loudest['weight'] < 0 else None


class Found:
    """What one scan says of one domain."""
    FIELDS = ('verdict', 'llr_db', 'class_', 'network', 'decided', 'answers', 'addresses', 'against')
    __slots__ = FIELDS

    def __init__(self, values):
        for field, value in zip(self.FIELDS, values):
            setattr(self, field, value)

    @staticmethod
    def reduced(line):
        decided = line['decided_at'] and seconds(line['decided_at'])
        return [line['verdict'], line['llr_db'], line['class'], line['network'], decided, line['answers'],
                line['addresses'], against(line['evidence'])]


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


class Truth:
    """What the lab knows of one domain, and when its answers came."""
    FIELDS = ('class_', 'flux', 'network', 'operator', 'mechanism', 'twin', 'guest', 'members', 'independent', 'fifteenth',
              'firsts', 'times')
    __slots__ = FIELDS

    def __init__(self, values):
        for field, value in zip(self.FIELDS, values):
            setattr(self, field, value)

    @staticmethod
    def reduced(line, times):
        flux = line['flux']
        return [line['class'], flux, line.get('network'), line['operator'], line.get('mechanism'), 'twin_of' in line,
                'guest_of' in line, len(line['members']), line['independent'], line.get('fifteenth'),
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
    """Makes worlds with one program, and keeps in a folder what was found."""

    def __init__(self, deflux, folder, scale, hours, more=()):
        self.deflux, self.folder, self.scale, self.hours, self.more = deflux, folder, scale, hours, list(more)
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

    def lab(self, seed, to):
        path, truth = os.path.join(to, 'all.dnstap'), os.path.join(to, 'truth.jsonl')
        made = subprocess.run([self.deflux, 'lab', '--world', 'wide', '--seed', str(seed), '--scale', str(self.scale),
                               '--hours', str(self.hours), '--side', 'upstream', '--format', 'dnstap', '--no-queries',
                               *self.more, '--truth', truth, '-o', path], stderr=subprocess.PIPE, check=False,
                              encoding='utf-8')
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        with open(truth, encoding='utf-8') as f:
            lines = [json.loads(line) for line in f]
        times = dnstap.cut(path, os.path.join(to, 'first.dnstap'), [t['domain'] for t in lines], FIRST_ANSWERS)
        return {t['domain']: Truth.reduced(t, times.get(t['domain'], ())) for t in lines}

    def world(self, seed, scans):
        kept = {'truth': self.read(seed, 'truth'), 'found': {s.name: self.read(seed, s.key()) for s in scans}}
        if kept['truth'] is not None and all(f is not None for f in kept['found'].values()):
            say(f'world {seed}: as kept')
            return World(seed, self.hours, kept)
        with tempfile.TemporaryDirectory(prefix='deflux-world-') as to:
            say(f'world {seed}: making it')
            kept['truth'] = self.keep(seed, 'truth', self.lab(seed, to))
            for n, s in enumerate(scans, 1):
                if kept['found'][s.name] is not None:
                    continue
                say(f'world {seed}: scan {n} of {len(scans)}, {s.name}')
                path = os.path.join(to, 'first.dnstap' if s.first else 'all.dnstap')
                rows = scan(self.deflux, path, [*s.options, *(['--all'] if s.every else [])], s.parameters)
                kept['found'][s.name] = self.keep(seed, s.key(), rows)
        return World(seed, self.hours, kept)
