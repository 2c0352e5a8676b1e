"""What users read, to the letter, kept in tests/golden: a small lab world, and a table of its made-up networks; then two
captures to learn from: fast flux that hides among the names of content networks, and a pool of time servers beside the
seeds of a peer-to-peer network.

GOLDEN=write in the environment writes the files anew: look at the difference before you keep it.
"""
import difflib
import ipaddress
import json
import os
import sys
import tempfile

from tap import ROOT, Tap, read, run

DEFLUX = os.path.abspath(sys.argv[1]) # runs elsewhere
FOLDER = os.path.join('tests', 'golden')


def write_networks(path, domains):
    """Each /16 and /32 of the world, as homes where agents or dynamic-DNS customers live, else as a hoster's."""
    homes, all_nets = set(), set()
    for x in domains:
        for address in x['members'] + x.get('servers', []):
            net = ipaddress.ip_network((address, 32 if ':' in address else 16), strict=False)
            all_nets.add(net)
            if x['flux'] or x['class'] == 'dynamic-dns':
                homes.add(net)
    with open(path, 'w', encoding='utf-8') as f:
        for n, net in enumerate(sorted(all_nets, key=lambda n: (n.version, n))):
            kind = 'Broadband DSL Cable Telecom' if net in homes else 'Cloud Hosting Servers'
            f.write(f'{net[0]},{net[-1]},{64512 + n},Net{n} {kind}\n')
    os.utime(path, (1772323200, 1772323200)) # made on the day of the capture


def cases(capture, flux, honest):
    """file name: (arguments, exit status)"""
    scan, explain = ('scan', '-q', '--asn-table', 'nets.csv'), ('explain', '-q', '--asn-table', 'nets.csv')
    return {'scan.txt': ([*scan, capture], 1),
            'scan.csv': ([*scan, '--format', 'csv', capture], 1),
            'scan.jsonl': ([*scan, '--format', 'jsonl', '--top', '2', capture], 1),
            'explain-flux.txt': ([*explain, flux, capture], 1),
            'explain-honest.txt': ([*explain, honest, capture], 0),
            'scan-help.txt': (['scan', '--help'], 0)}


def compare(t, name, text):
    path = os.path.join(FOLDER, name)
    if os.environ.get('GOLDEN') == 'write':
        with open(os.path.join(ROOT, path), 'w', encoding='utf-8') as f:
            f.write(text)
    kept = read(path) if os.path.exists(os.path.join(ROOT, path)) else ''
    why = '\n'.join(list(difflib.unified_diff(kept.splitlines(), text.splitlines(), path, 'now', lineterm=''))[:60])
    t.ok(kept == text, f'as kept: {path}', why)


# Name: (classes, hours, seed, what is explained of it: file, what picks it from the truth, verdict, class). Of what fits,
# the name that was looked up most often is told of.
SCENES = {
    'among-cdns': ('flux,cdn', 24, 5, (
        ('explain-among-cdns-flux.txt', {'class': 'flux', 'mechanism': 'cdn-mimicry'}, 'fast-flux', 'flux'),
        ('explain-among-cdns-cdn.txt', {'class': 'cdn'}, 'benign', 'cdn'))),
    'pool-and-seeds': ('volunteer-pool,peer-seeds', 12, 36, (
        ('explain-pool.txt', {'class': 'volunteer-pool'}, 'not fast-flux', 'volunteer-pool'),
        ('explain-seed.txt', {'class': 'peer-seeds'}, 'not fast-flux', 'peer-seeds'))),
}


def scene(t, to, name, env):
    classes, hours, seed, told = SCENES[name]
    files = {x: os.path.join(to, f'{name}.{x}') for x in ('pcap', 'jsonl', 'csv')}
    made = run(DEFLUX, 'lab', '--world', 'wide', '--only', classes, '--made-up', '--scale', '0.05', '--hours', hours, '--seed',
               seed, '-o', files['pcap'], '--truth', files['jsonl'], '--networks', files['csv'])
    t.ok(made.returncode == 0, f'a capture: {name}', made.stderr)
    os.utime(files['csv'], (1772323200, 1772323200))
    with open(files['jsonl'], encoding='utf-8') as f:
        truth = [json.loads(line) for line in f]
    arguments = ('-q', '--asn-table', f'{name}.csv')
    out = run(DEFLUX, 'scan', '--format', 'jsonl', '--all', *arguments, f'{name}.pcap', env=env, cwd=to)
    found = {f['domain']: f for f in map(json.loads, out.stdout.splitlines())}
    honest = [x['domain'] for x in truth if not x['flux'] and found.get(x['domain'], {}).get('verdict') == 'fast-flux']
    t.equal(honest, [], f'{name}: no honest name is accused')
    for file, pick, verdict, like in told:
        domain = max((x['lookups'], x['domain']) for x in truth if pick.items() <= x.items())[1]
        got = found[domain]['verdict']
        t.ok(got == verdict or (verdict == 'not fast-flux' and got != 'fast-flux'), f'{file}: {verdict}', found[domain])
        t.equal(found[domain]['class'], like, f'{file}: most like {like}')
        out = run(DEFLUX, 'explain', *arguments, domain, f'{name}.pcap', env=env, cwd=to)
        compare(t, file, out.stdout)


def main():
    t = Tap()
    env = dict(os.environ, LC_ALL='C.UTF-8', COLUMNS='100')
    with tempfile.TemporaryDirectory() as to:
        capture, truth = os.path.join(to, 'lab.pcap'), os.path.join(to, 'truth.jsonl')
        made = run(DEFLUX, 'lab', '--made-up', '--scale', '0.2', '--seed', '5', '-o', capture, '--truth', truth)
        t.ok(made.returncode == 0, 'a lab capture', made.stderr)
        with open(truth, encoding='utf-8') as f:
            of_class, domains = {}, [json.loads(line) for line in f]
            write_networks(os.path.join(to, 'nets.csv'), domains)
            for x in domains:
                of_class.setdefault(x['class'], []).append((x['lookups'], x['domain']))
        flux, honest = (max(of_class[c])[1] for c in ('flux-double', 'volunteer-pool'))
        for name, (arguments, status) in cases(capture, flux, honest).items():
            out = run(DEFLUX, *arguments, env=env, cwd=to)
            t.ok(out.returncode == status and not out.stderr, f'{name}: status {status}, nothing on standard error',
                 f'status {out.returncode}\n{out.stderr}')
            compare(t, name, out.stdout.replace(to + os.sep, ''))
        for name in SCENES:
            scene(t, to, name, env)
    t.done()


main()
