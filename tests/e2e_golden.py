"""What users read, to the letter, kept in tests/golden: a small lab world, and a table of its made-up networks.

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
    t.done()


main()
