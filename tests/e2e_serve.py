"""`deflux lab serve` answers real resolvers: BIND, Unbound and PowerDNS Recursor find the lab's world through it, on one
address that they forward to, from the root down on addresses of its own, and in a network namespace; what they were
told is true, and `deflux scan` finds the flux in what was logged.

    e2e_serve.py DEFLUX [--inside]      --inside: the part that wants a namespace, in one
"""
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from dnswire import AA, QR, TC, Message, text_of
from tap import Tap, run

DEFLUX = sys.argv[1]
os.environ['PATH'] += ':/usr/sbin:/sbin' # where resolvers and ip are, which not everybody looks into
WORLD = ['--seed', '12', '--scale', '0.2']
A, NS, SOA, CNAME, AAAA = 1, 2, 6, 5, 28
ROUNDS, PAUSE_S = 16, 0.5 # of questions, and more until each flux name has shown
AGENTS = 60               # agents, about as many as the judge counts (counted_max)
HOUR = 3600 # of the lab in a second

# how each is started; their ports are those behind the servers', in this order
RESOLVERS = {
    'unbound': lambda folder: ['-d', '-c', f'{folder}/unbound.conf'],
    'named': lambda folder: ['-g', '-4', '-c', f'{folder}/named.conf'],
    'pdns_recursor': lambda folder: [f'--config-dir={folder}'],
}


def query(name, kind=A, flags=0x100, size=1232):
    labels = b''.join(bytes([len(x)]) + x.encode() for x in name.split('.') if x)
    opt = struct.pack('!BHHIH', 0, 41, size, 0, 0) if size else b''
    return struct.pack('!6H', random.randrange(65536), flags, 1, 0, 0, 1 if size else 0) + labels + b'\0' + \
        struct.pack('!HH', kind, 1) + opt


def ask(where, octets, tries=3, wait=2):
    """The answer's octets, or None."""
    for _ in range(tries):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(wait)
            try:
                s.connect(where)
                s.send(octets)
                return s.recv(65535)
            except OSError:
                time.sleep(0.1)
    return None


def ask_tcp(where, *queries):
    """Answers to queries that are sent at once over one connection; fewer, when it is closed."""
    answers, held = [], b''
    with socket.create_connection(where, 5) as s:
        s.settimeout(3)
        s.sendall(b''.join(struct.pack('!H', len(q)) + q for q in queries))
        while len(answers) < len(queries):
            while len(held) >= 2 and len(held) >= 2 + struct.unpack('!H', held[:2])[0]:
                size = struct.unpack('!H', held[:2])[0]
                answers.append(held[2:2 + size])
                held = held[2 + size:]
            try:
                got = s.recv(65535) if len(answers) < len(queries) else b''
            except OSError:
                return answers
            if not got:
                return answers
            held += got
    return answers


def addresses(message):
    return {r.text for r in message.sections[0] if r.type == A}


def free_ports(n):
    """The first of n ports in a row that nobody uses."""
    for _ in range(100):
        first, held = random.randrange(20000, 60000), []
        try:
            for port in range(first, first + n):
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    held.append(socket.socket(socket.AF_INET, kind))
                    held[-1].bind(('127.0.0.1', port))
            return first
        except OSError:
            continue
        finally:
            for s in held:
                s.close()
    raise OSError('no free ports')


class Lab:
    """A running `deflux lab serve`, and the resolvers that were started beside it. All end with it."""

    def __init__(self, folder, *options):
        self.folder, self.children, self.truth = folder, [], f'{folder}/truth.jsonl'
        self.out = open(f'{folder}/out', 'w+', encoding='utf-8')
        self.process = subprocess.Popen(
            [DEFLUX, 'lab', 'serve', *WORLD, '--speed', str(HOUR), '--divide-ttl', '--hours', '200', '--truth', self.truth,
             '--write-config', folder, *options], stdout=self.out, stderr=subprocess.STDOUT)
        for _ in range(200):
            if 'Ctrl-C' in self.said() or self.process.poll() is not None:
                break
            time.sleep(0.05)

    def said(self):
        self.out.flush()
        with open(f'{self.folder}/out', encoding='utf-8') as f:
            return f.read()

    def names(self, flux):
        rows = re.findall(r'dig @\S+ -p \d+ (\S+)  # (\S+)', self.said())
        return [name for name, kind in rows if kind.startswith('flux') == flux]

    def start(self, resolver, port):
        """Whether it answers. A copy is run: some machines let programs of that path read their own folders alone."""
        log = open(f'{self.folder}/{resolver}.log', 'w', encoding='utf-8')
        copy = shutil.copy(shutil.which(resolver), f'{self.folder}/copy-of-{resolver}')
        self.children.append(subprocess.Popen([copy] + RESOLVERS[resolver](self.folder), stdout=log,
                                              stderr=subprocess.STDOUT, cwd=self.folder))
        log.close()
        for _ in range(100):
            answer = ask(('127.0.0.1', port), query('.', NS), tries=1, wait=0.3)
            if answer is not None and Message(answer).rcode == 0:
                return True
            if self.children[-1].poll() is not None:
                return False
            time.sleep(0.05)
        return False

    def log(self, resolver):
        if not os.path.exists(f'{self.folder}/{resolver}.log'):
            return ''
        with open(f'{self.folder}/{resolver}.log', encoding='utf-8', errors='replace') as f:
            return f.read()[-3000:]

    def stop_resolvers(self):
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children = []

    def stop(self):
        """Its exit status; the truth is whole then."""
        self.stop_resolvers()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_resolvers()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.out.close()


def registrable(name, truth):
    labels = name.split('.')
    return next('.'.join(labels[i:]) for i in range(len(labels)) if '.'.join(labels[i:]) in truth)


def read_truth(path):
    with open(path, encoding='utf-8') as f:
        return {row['domain']: row for row in map(json.loads, f)}


def resolve(where, name):
    """The answer's message, None without; an alias that an authority does not follow is followed."""
    for _ in range(5):
        answer = ask(where, query(name))
        m = Message(answer) if answer else None
        if m is None or addresses(m) or not m.sections[0] or m.sections[0][-1].type != CNAME:
            return m
        name = m.sections[0][-1].text
    return None


def starts(t, lab, resolvers, port):
    """Those that do, with where they are."""
    at = {r: port + 1 + list(RESOLVERS).index(r) for r in resolvers}
    return {r: ('127.0.0.1', at[r]) for r in resolvers if t.ok(lab.start(r, at[r]), f'{r} starts', lab.log(r))}


def through(t, lab, resolvers):
    """Asks resolvers for flux and for honest names, over and over, for they hold each answer for a second at least;
    {name: addresses that they gave}."""
    if not resolvers:
        return {}
    got, wrong = {r: {} for r in resolvers}, {r: [] for r in resolvers}
    for turn in range(10 * ROUNDS):
        if turn >= ROUNDS and all(len(of_all(got, name)) >= AGENTS for name in lab.names(True)):
            break
        for resolver, where in resolvers.items():
            for name in lab.names(True) + lab.names(False):
                m = resolve(where, name)
                if m is None or m.rcode != 0 or not addresses(m):
                    wrong[resolver].append(f'{name}: {"no answer" if m is None else m.rcode}')
                else:
                    got[resolver].setdefault(name, set()).update(addresses(m))
        time.sleep(PAUSE_S)
    for resolver, where in resolvers.items():
        t.ok(not wrong[resolver] and len(got[resolver]) == 4, f'{resolver} resolves flux and honest names',
             '\n'.join(wrong[resolver][:9]) + lab.log(resolver))
        few = [name for name in lab.names(True) if len(got[resolver].get(name, ())) < 20]
        t.ok(not few, f'{resolver} sees flux change', f'{few}: {got[resolver]}')
        answer = ask(where, query('nobody-has-this.com'))
        t.ok(answer is not None and Message(answer).rcode == 3, f'{resolver} tells of a name that is not there')
    return {name: of_all(got, name) for name in lab.names(True) + lab.names(False)}


def of_all(got, name):
    """Addresses of it that one of the resolvers gave."""
    return set().union(*(by_name.get(name, ()) for by_name in got.values()))


def compare(t, lab, got, what):
    """Whatever a resolver gave is an address that the lab says it answered for that domain."""
    truth = read_truth(lab.truth)
    behind = {a for row in truth.values() for a in row['members']} # names behind an alias may lie in another domain
    strange = [(name, a) for name, found in got.items() for a in found if a not in behind]
    t.ok(got and not strange, f'{what}: truth holds every address that was given', strange[:5])
    for name in lab.names(True):
        row = truth[registrable(name, truth)]
        t.ok(row['flux'] and row['lookups'] >= ROUNDS / 3 and got[name] <= set(row['members']),
             f'{what}: truth knows that {name} is flux, and its agents', f'{row} {got[name]}')


def found(t, path, lab, what):
    """`deflux scan` accuses the flux domains that were asked for, and no other."""
    truth = read_truth(lab.truth)
    if 'made-up networks' in lab.said():
        t.skip(f'{what}: scan finds the flux', 'no database of networks here')
        return
    out = run(DEFLUX, 'scan', '--format', 'jsonl', '-q', path)
    accused = {json.loads(line)['domain'] for line in out.stdout.splitlines()}
    asked = {registrable(name, truth) for name in lab.names(True)}
    t.ok(asked <= accused and all(truth[d]['flux'] for d in accused), f'{what}: scan finds the flux, and nothing else',
         f'asked {asked}, accused {accused}\n{out.stderr}')


def installed(t, what):
    """The resolvers there are; the others are skipped, which is said."""
    there = []
    for resolver in RESOLVERS:
        if shutil.which(resolver):
            there.append(resolver)
        else:
            t.skip(f'{what}: {resolver}', f'no {resolver} here')
    return there


def forwarded(t):
    """One address for everything, to which each of the three forwards."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_ports(4)
        with Lab(folder, '--listen', f'127.0.0.1:{port}', '--dnstap', f'{folder}/seen.dnstap') as lab:
            t.ok('Answers at 127.0.0.1' in lab.said() and len(lab.names(True)) == 2 and len(lab.names(False)) == 2,
                 'it says where it answers, and for what to ask', lab.said())
            hostile(t, ('127.0.0.1', port), lab)
            asked = starts(t, lab, installed(t, 'forwarding'), port)
            got = through(t, lab, asked or {'the lab itself': ('127.0.0.1', port)})
            os.kill(lab.process.pid, signal.SIGUSR1)
            time.sleep(0.3)
            t.equal(lab.said().count(' answers, '), 1, 'SIGUSR1 prints a summary')
            t.equal(lab.stop(), 0, 'SIGINT ends it')
            t.equal(lab.said().count(' answers, '), 2, 'with a summary')
            compare(t, lab, got, 'forwarding')
            same_world(t, lab, got)
            found(t, f'{folder}/seen.dnstap', lab, 'its own dnstap')


def same_world(t, lab, got):
    """`deflux lab` with the same seed writes captures of the same world: its truth, too, knows these agents."""
    path = f'{lab.folder}/capture.jsonl'
    run(DEFLUX, 'lab', *WORLD, '--hours', '48', '--rate', '100', '-o', '/dev/null', '--truth', path)
    truth, served = read_truth(path), read_truth(lab.truth)
    t.ok({d: row['class'] for d, row in truth.items()} == {d: row['class'] for d, row in served.items()},
         'a capture of that seed has the same domains')
    for name in lab.names(True):
        known = set(truth[registrable(name, truth)]['members'])
        t.ok(len(got[name] & known) >= 0.3 * len(got[name]), f'and the same agents of {name}',
             f'{len(got[name] & known)} of {len(got[name])}')


def hostile(t, where, lab):
    """What is no query does no harm."""
    name = lab.names(True)[0]
    good, noise = query(name), random.Random(1)
    for packet in (b'', good[:5], good[:2] + b'\x84' + good[3:]):
        t.equal(ask(where, packet, tries=1, wait=0.2), None, f'no answer to {packet[:6].hex() or "nothing"}')
    for packet, code in ((good[:20], 1), (good[:4] + b'\0\2' + good[6:], 1), (good[:12], 1), (good[:2] + b'\x28\0' + good[4:], 4),
                         (query(name, 252), 5)):
        answer = ask(where, packet)
        t.ok(answer is not None and answer[:2] == good[:2] or packet[:2] != good[:2] and answer[3] & 15 == code,
             f'code {code} to {packet[2:6].hex()}', answer)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _ in range(2000):
            octets = bytearray(good)
            for _ in range(noise.randrange(1, 6)):
                octets[noise.randrange(len(octets))] = noise.randrange(256)
            s.sendto(octets[:noise.randrange(len(octets) + 1)], where)
    mixed = ''.join(c.upper() if i % 2 else c for i, c in enumerate(name))
    m = Message(ask(where, query(mixed)))
    t.ok(m.rcode == 0 and m.flags & QR and m.flags & AA and text_of(m.question) == mixed, 'after that it answers; letters stay')
    both = [Message(a) for a in ask_tcp(where, query(name), query(name, NS))]
    t.equal([(m.rcode, m.qtype) for m in both], [(0, A), (0, NS)], 'two queries over one TCP connection')
    t.equal(ask_tcp(where, good, good[:2] + b'\x84' + good[3:], good)[1:], [], 'what is no query ends the connection')
    idle = [socket.create_connection(where, 5) for _ in range(100)]
    t.equal(len(ask_tcp(where, query(name))), 1, 'idle connections give way')
    for s in idle:
        s.close()
    m = Message(ask(where, query('.', NS, size=0)))
    t.ok(not m.flags & TC and [r.text for r in m.sections[0]] == ['a.root'], 'the root has a server')


def downward(t):
    """Servers of their own for the root, top-level domains and zones: BIND goes from one to the other, on any port."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_ports(4)
        places = [x for i in range(11, 16) for x in ('--listen', f'127.0.0.{i}:{port}')]
        with Lab(folder, *places) as lab:
            name = lab.names(True)[0]
            m = Message(ask(('127.0.0.11', port), query(name)))
            t.ok(m.rcode == 0 and not m.flags & AA and not m.sections[0] and m.sections[2][0].text == '127.0.0.12',
                 'the root refers to the top-level domain')
            m = Message(ask(('127.0.0.12', port), query(name)))
            t.ok(m.rcode == 0 and not m.flags & AA and not m.sections[0] and {r.type for r in m.sections[1]} == {NS},
                 'which refers to the zone')
            m = Message(ask(('127.0.0.13', port), query(name)))
            t.ok(m.rcode == 0 and m.flags & AA and addresses(m), 'which answers')
            t.equal(Message(ask(('127.0.0.13', port), query('com', NS))).rcode, 5, 'and refuses what is not its own')
            t.ok(not os.path.exists(f'{folder}/unbound.conf'), 'no configuration for who can only ask port 53')
            if not shutil.which('named'):
                t.skip('from the root down', 'no named here')
                return
            log_dnstap(folder)
            got = through(t, lab, starts(t, lab, ['named'], port))
            t.equal(lab.stop(), 0, 'it ends')
            t.ok(re.search(r'[1-9]\d* referrals', lab.said()), 'named was referred', lab.said())
            compare(t, lab, got, 'from the root down')
            if os.path.exists(f'{folder}/named.dnstap'):
                found(t, f'{folder}/named.dnstap', lab, "BIND's own dnstap")
            else:
                t.skip("BIND's own dnstap", 'this named was built without it')


def log_dnstap(folder):
    """named logs what it asks and is told, where it can."""
    if 'enable-dnstap' not in run('named', '-V').stdout:
        return
    path = f'{folder}/named.conf'
    with open(path, encoding='utf-8') as f:
        text = f.read()
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text.replace('options {', f'options {{\n\tdnstap {{ resolver; }};\n\tdnstap-output file "{folder}/named.dnstap";'))


def everywhere(t):
    """In a network namespace: name servers at the addresses that they have in the world, those of agents too."""
    with tempfile.TemporaryDirectory() as folder:
        with Lab(folder, '--listen', '0.0.0.0:53', '--dnstap', f'{folder}/seen.dnstap') as lab:
            m = Message(ask(('192.5.6.30', 53), query(lab.names(True)[0])))
            glue = [r.text for r in m.sections[2] if r.type == A]
            t.ok(not m.flags & AA and all(not a.startswith('127.') for a in glue), 'glue is of the world', glue)
            got = through(t, lab, starts(t, lab, installed(t, 'in a namespace'), 5300))
            t.equal(lab.stop(), 0, 'it ends')
            if got:
                compare(t, lab, got, 'in a namespace')
                found(t, f'{folder}/seen.dnstap', lab, 'in a namespace')


def in_namespace(t):
    """Runs the part above in one, where this machine lets us, and takes over its lines."""
    enter = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && ip route add local 0.0.0.0/0 dev lo && exec "$@"', 'sh']
    if not shutil.which('unshare') or not shutil.which('ip') or run(*enter, 'true').returncode != 0:
        t.skip('in a namespace', 'none can be made here')
        return
    out = run(*enter, sys.executable, __file__, DEFLUX, '--inside')
    for good, name, skipped in re.findall(r'^(ok|not ok) \d+ - (.*?)(?: # SKIP (.*))?$', out.stdout, re.M):
        if skipped:
            t.skip(name, skipped)
        else:
            t.ok(good == 'ok', name, out.stdout + out.stderr)
    t.ok(out.returncode == 0 and '1..' in out.stdout, 'in a namespace, to the end', out.stdout[-2000:] + out.stderr[-2000:])


def refused(t):
    for place in ('192.0.2.1:5300', '[2001:db8::1]:5300'):
        out = run(DEFLUX, 'lab', 'serve', '--made-up', '--listen', place, '--duration', '1s')
        t.ok(out.returncode == 64 and 'no loopback address' in out.stderr and out.stderr.count('\n') == 1,
             f'{place} is refused', out.stderr)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        out = run(DEFLUX, 'lab', 'serve', '--made-up', '--listen', f'127.0.0.1:{s.getsockname()[1]}', '--duration', '1s')
        t.ok(out.returncode == 2 and 'in use' in out.stderr, 'a port that is in use', out.stderr)
    out = run(DEFLUX, 'lab', 'serve', *WORLD, '--made-up', '--listen', f'127.0.0.1:{free_ports(1)}', '--hours', '1', '--speed', '3600')
    t.ok(out.returncode == 0 and 'made-up' in out.stdout and '01:00:00Z' in out.stdout, 'it ends with its hours', out.stdout)


def main():
    t = Tap()
    if '--inside' in sys.argv:
        everywhere(t)
    else:
        refused(t)
        forwarded(t)
        downward(t)
        in_namespace(t)
    t.done()


main()
