"""`deflux networks`: what the lab knows of its networks, every form, names that stay, and octets that depend on nothing else."""
import collections
import json
import math
import os
import random
import re
import shutil
import sys
import tempfile
import xml.etree.ElementTree as xml
from html.parser import HTMLParser

import browser
from dnswire import frames, open_file, pcap
from schema import problems
from scans import write
from tap import Tap, read, run, shared

DEFLUX = sys.argv[1]
START = '2026-03-01T'
HOSTILE = [b'<b>"&\'', b'\\"];x[', b']]>\x01\xff\n'] # over and over, as long as the label that each replaces


def listing(*command):
    out = run(DEFLUX, 'networks', '-q', '--format', 'jsonl', *command)
    if out.returncode not in (0, 1) or out.stderr:
        raise RuntimeError(f'networks {command}: status {out.returncode}: {out.stderr}')
    return out.stdout


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def members(networks):
    """Domain to the name of its network."""
    return {d['domain']: n['network'] for n in networks for d in n['domains']}


# ---- against the truth ----

def entropy(counts):
    total = sum(counts.values())
    return -sum(v / total * math.log(v / total) for v in counts.values())


def likeness(true, got):
    """Homogeneity and completeness of two groupings of the same things."""
    both = collections.Counter((true[d], got[d]) for d in got)
    a, b = collections.Counter(true[d] for d in got), collections.Counter(got.values())
    joint = entropy(both)
    return (1 - (joint - entropy(b)) / entropy(a) if len(a) > 1 else 1,
            1 - (joint - entropy(a)) / entropy(b) if len(b) > 1 else 1)


def check_truth(t, networks, path):
    with open(path, encoding='utf-8') as f:
        true = {x['domain']: x['network'] for x in map(json.loads, f) if x['flux']}
    got = members(networks)
    strange = sorted(set(got) - set(true))
    t.ok(not strange, 'no honest domain in a network', strange)
    homogeneity, completeness = likeness(true, {d: n for d, n in got.items() if d in true})
    t.ok(len(set(true.values())) >= 4 and len(got) > len(true) * 0.9,
         f'{len(got)} of {len(true)} flux domains, {len(set(true.values()))} networks')
    t.ok(homogeneity == 1, 'homogeneity 1: no network of two', homogeneity)
    t.ok(completeness >= 0.99, f'completeness {completeness:.4f}')


# ---- what a line says ----

def check_lines(t, networks, schema):
    wrong = [f'{n.get("network")}: {p}' for n in networks for p in problems(schema, n)]
    t.ok(networks and not wrong, f'{len(networks)} lines against the schema', '\n'.join(wrong[:20]))
    for key in networks[0]:
        t.ok(problems(schema, {k: v for k, v in networks[0].items() if k != key}), f'the schema wants {key}')
    off = [n['network'] for n in networks
           if not (n['agents'] == len(n['members']) == sum(i['agents'] for i in n['isps']) ==
                   sum(x['agents'] for x in n['countries']) and
                   n['answers'] == sum(d['answers'] for d in n['domains']) and
                   n['first_seen'] == min(d['first_seen'] for d in n['domains']) and
                   n['agents'] <= n['size']['low'] <= n['size']['estimate'] <= n['size']['high'] and
                   max(n['active']['agents']) <= n['agents'] and
                   n['a_agents'] == sum('A' in m['sides'] for m in n['members']) and
                   n['ns_agents'] == sum('NS' in m['sides'] for m in n['members']))]
    t.ok(not off, 'the figures of each add up', off)
    order = [(-len(n['domains']), n['domains'][0]['first_seen']) for n in networks]
    t.ok(order == sorted(order), 'most domains first')
    t.ok(len({n['network'] for n in networks}) == len(networks), 'each name once')
    t.equal(sum(len(n['domains']) for n in networks), len(members(networks)), 'each domain in one network')


def check_scan(t, path, networks):
    """scan names the same networks, and explain's words too."""
    want, out = members(networks), run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--all', path).stdout
    got = {x['domain']: x['network'] for x in map(json.loads, out.splitlines()) if x['network'] is not None}
    t.equal(got, want, 'the field `network` of scan')
    out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--top', '1', path).stdout
    one = json.loads(out)
    t.equal(one['network'], want[one['domain']], 'with --top 1 too')
    out = run(DEFLUX, 'scan', path).stdout
    t.ok(networks[0]['network'] in out and f'They form {len(networks)} networks' in out, 'the summary of scan', out[-900:])
    first = networks[0]['domains'][0]['domain']
    out = run(DEFLUX, 'explain', '-q', first, path).stdout
    t.ok(networks[0]['network'] in out, 'explain names it', out[:1500])
    page = run(DEFLUX, 'explain', '-q', '--format', 'html', first, path).stdout
    t.ok(networks[0]['network'] in page, 'its page too')
    out = run(DEFLUX, 'scan', '-q', '--method', 'holz2008', '--format', 'jsonl', path).stdout
    t.ok({x['network'] for x in objects(out)} == {None}, 'a published method knows no networks')


# ---- graphs and pages ----

def check_dot(t, text, networks, what):
    nodes = set(re.findall(r'^ {4}([da]\d+) \[(?:[\w=]+, )*label="(?:[^"\\]|\\.)*"(?:, tooltip="(?:[^"\\]|\\.)*")?\];$', text, re.M))
    edges = re.findall(r'^  (d\d+) -- (a\d+);$', text, re.M)
    known = re.compile(r'graph deflux \{|  \w+ \[.*\];|  subgraph cluster_\d+ \{|    label=".*";| {4}[da]\d+ \[.*\];|  \}|'
                       r'  d\d+ -- a\d+;|\}')
    odd = [x for x in text.splitlines() if not known.fullmatch(x)]
    t.ok(not odd and text.count('{') == text.count('}'), f'dot{what}: lines of DOT', odd[:5])
    t.ok(nodes >= {x for e in edges for x in e} and edges, f'dot{what}: every edge leads to nodes')
    t.equal((sum(x[0] == 'd' for x in nodes), sum(x[0] == 'a' for x in nodes)),
            (len(members(networks)), len({m['address'] for n in networks for m in n['members']})),
            f'dot{what}: domains and agents, each one node')
    if shutil.which('dot') is None:
        t.skip(f'graphviz reads it{what}', 'no dot here')
    else:
        out = run('dot', '-Tcanon', input=text, stdin=None)
        t.ok(out.returncode == 0 and not out.stderr, f'graphviz reads it{what}', out.stderr)


def check_graphml(t, text, networks, what):
    space = '{http://graphml.graphdrawing.org/xmlns}'
    try:
        root = xml.fromstring(text.encode())
    except xml.ParseError as e:
        t.ok(False, f'graphml{what}: sound XML', e)
        return
    keys = {k.get('id') for k in root.iter(space + 'key')}
    nodes = {n.get('id'): {d.get('key'): d.text for d in n} for n in root.iter(space + 'node')}
    edges = [(e.get('source'), e.get('target')) for e in root.iter(space + 'edge')]
    t.ok({d.get('key') for d in root.iter(space + 'data')} <= keys, f'graphml{what}: every key is declared')
    t.ok(edges and {x for e in edges for x in e} <= nodes.keys() and len(set(edges)) == len(edges),
         f'graphml{what}: every edge leads to nodes, once')
    t.equal({v['label']: v['network'] for v in nodes.values() if v['type'] == 'domain'}, members(networks),
            f'graphml{what}: the domains and their networks')


class Page(HTMLParser):
    VOID = {'meta', 'wbr', 'rect', 'line', 'path', 'circle'}

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.names, self.open = [], set(), set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {k for k, _ in attrs}
        if tag not in self.VOID or tag in ('rect', 'circle'):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {k for k, _ in attrs}

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.open.append(f'wrong </{tag}>')

    def handle_data(self, data):
        self.words.append(data)


def check_page(t, text, networks, what):
    page = Page(text)
    t.ok(not page.tags & {'script', 'link', 'iframe', 'img', 'object', 'embed', 'a', 'base', 'form'} and
         not page.names & {'src', 'href', 'xlink:href', 'action', 'data'} and
         not [n for n in page.names if n.startswith('on')] and 'url(' not in text and '@import' not in text,
         f'html{what}: needs nothing from elsewhere', (page.tags, page.names))
    t.equal(page.open, [], f'html{what}: its tags close in order')
    lost = [d for d in members(networks) if d not in page.words]
    t.ok(not lost, f'html{what}: every domain, letter by letter', lost[:3])
    t.ok(text.count('<svg') == 2 * len(networks), f'html{what}: two pictures a network')


def check_forms(t, path, networks, what=''):
    for form, check in (('dot', check_dot), ('graphml', check_graphml), ('html', check_page)):
        out = run(DEFLUX, 'networks', '-q', '--format', form, *path)
        t.ok(out.returncode == 1 and not out.stderr, f'{form}{what}: status 1, quiet', out.stderr)
        check(t, out.stdout, networks, what)
    out = run(DEFLUX, 'networks', '-q', *path).stdout.splitlines()
    t.equal([x.split()[0] for x in out[1:]], [n['network'] for n in networks], f'the table{what}')
    out = run(DEFLUX, 'networks', *path)
    t.ok('Read ' in out.stdout and 'pool' in out.stdout and out.stderr.startswith('Took '), f'the summary{what}', out.stdout)
    t.ok(not re.search(r'[\x00-\x09\x0b-\x1f\x7f]', out.stdout), f'no control octet in a pipe{what}')


# ---- names of hostile owners ----

def hostile(to, records, networks):
    """The capture with names in it that are written to break out of every form, and the new names of the old."""
    domains = [d['domain'] for d in max(networks, key=lambda n: len(n['domains']))['domains']]
    labels = [d.split('.')[0].encode() for d in domains]
    new = [(h * 9)[:len(x)] for h, x in zip(HOSTILE, labels)]
    for old, label in zip(labels, new):
        records = [(ns, f.replace(bytes([len(old)]) + old, bytes([len(old)]) + label)) for ns, f in records]
    return write(to, 'hostile.pcap', pcap(records)), domains[:len(new)]


def check_hostile(t, to, records, networks):
    path, old = hostile(to, records, networks)
    text = listing(path)
    got, want = members(objects(text)), members(networks)
    new = sorted(got.keys() - want.keys())
    t.ok(len(new) == len(HOSTILE) and want.keys() - got.keys() == set(old), 'hostile names are found', new)
    t.ok(len({got[d] for d in new}) == 1, 'they are of one network', [got[d] for d in new])
    check_forms(t, [path], objects(text), ', hostile names')
    for what, pictures, command in (('networks', 2 * len(objects(text)), ['networks']), ('explained', 3, ['explain', min(new)])):
        page = run(DEFLUX, *command, '-q', '--format', 'html', path).stdout
        browser.check(t, to, f'hostile names {what}', write(to, 'hostile.html', page), pictures)
    known = write(to, 'hostile.jsonl', text)
    t.equal(members(objects(listing('--known', known, path))), got, 'hostile names are read back')


# ---- the name through time ----

def check_growth(t, path, late):
    """A network whose earliest domain is there early has by then the name that it keeps."""
    heads = {n['domains'][0]['domain']: n['network'] for n in late}
    for until in ('00:50', '01:10', '02:00'):
        early = members(objects(listing('--until', f'{START}{until}:00Z', path)))
        got = {d: n for d, n in early.items() if d in heads}
        t.ok(len(got) > len(heads) / 2, f'by {until}: {len(got)} of {len(heads)} are there', early)
        t.equal(got, {d: heads[d] for d in got}, f'by {until}: their names stay')


def check_known(t, to, path, late):
    first = listing('--until', f'{START}02:00:00Z', path)
    known = write(to, 'first.jsonl', first)
    second = objects(listing('--since', f'{START}03:30:00Z', '--known', known, path))
    plain = objects(listing('--since', f'{START}03:30:00Z', path))
    before, after = members(objects(first)), members(second)
    both = before.keys() & after.keys()
    t.ok(both and all(before[d] == after[d] for d in both), 'another part of the day, with --known: the same names',
         [(d, before[d], after[d]) for d in both if before[d] != after[d]][:5])
    t.ok(members(plain) != after and {tuple(sorted(d['domain'] for d in n['domains'])) for n in plain} ==
         {tuple(sorted(d['domain'] for d in n['domains'])) for n in second}, 'the grouping is the same without')
    t.equal(members(objects(listing('--known', known, path))).keys(), members(late).keys(), 'the whole day, with --known')
    out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--since', f'{START}03:30:00Z', '--known', known, path)
    t.equal({x['domain']: x['network'] for x in objects(out.stdout)}, after, 'scan --known')
    name = objects(first)[0]['network']
    renamed = write(to, 'renamed.jsonl', first.replace(f'"{name}"', '"old-name"'))
    t.ok('old-name' in members(objects(listing('--known', renamed, path))).values(), 'a name comes from the listing')
    merged = [dict(n, network='same-name') for n in objects(first)]
    other = write(to, 'merged.jsonl', '\n'.join(map(json.dumps, merged)))
    split = [n for n in objects(listing('--known', other, path)) if n['split_from'] == 'same-name']
    t.equal(len(split), len(late) - 1, 'of a known network that falls apart one part keeps the name')


def check_broken(t, to, path, networks):
    """Listings that are none: one line with file and line, status 64 (2 where there is no file)."""
    good = json.dumps(networks[0])
    rows = {'no JSON': 'x', 'an array': '[]', 'a finding': '{"domain":"a.com"}', 'half a line': good[:200],
            'a name of letters that none has': json.dumps(dict(networks[0], network='<b>')),
            'a name without end': json.dumps(dict(networks[0], network='a' * 500)),
            'a time that is none': json.dumps(dict(networks[0], first_seen='noon')),
            'a domain that is none': json.dumps(dict(networks[0], domains=[{'domain': 'a..b'}])),
            'a domain that is a number': json.dumps(dict(networks[0], domains=[7])),
            'an address that is none': json.dumps(dict(networks[0], members=[{'address': '1.2.3'}])),
            'a key twice': good[:-1] + ',"network":"other-name"}', 'a zero octet': good + '\0', 'brackets': '[' * 100000}
    for what, text in rows.items():
        known = write(to, 'broken.jsonl', good + '\n' + text + '\n')
        out = run(DEFLUX, 'networks', '--known', known, path)
        t.ok(out.returncode == 64 and f'{known}:2: ' in out.stderr and out.stderr.count('\n') == 1 and not out.stdout,
             f'--known, {what}: FILE:2', f'status {out.returncode}\n{out.stderr}')
    out = run(DEFLUX, 'networks', '--known', os.path.join(to, 'none'), path)
    t.ok(out.returncode == 2 and out.stderr.count('\n') == 1, '--known, no such file', out.stderr)
    known = write(to, 'empty.jsonl', '\n \n')
    t.equal(objects(listing('--known', known, path)), networks, '--known, an empty file')


# ---- the same octets ----

def distinct(path):
    """Its records, none at one time: equal times have an order of their own; that is not the matter here."""
    out = {}
    for ns, frame in frames(open_file(path)):
        ns = ns // 1000 * 1000
        while ns in out:
            ns += 1000
        out[ns] = frame
    return sorted(out.items())


def check_same(t, to, records, path):
    want = listing(path)
    size = len(records) // 5 + 1
    parts = [write(to, f'part{i}.pcap', pcap(records[i * size:i * size + size])) for i in range(5)]
    mixed = parts[:]
    random.Random(4).shuffle(mixed)
    for threads in (1, 2, 3, 16):
        for how, inputs in (('one file', [path]), ('backwards', parts[::-1]), ('mixed', mixed)):
            t.ok(listing('--threads', threads, *inputs) == want, f'{threads} threads, {how}: the same octets')
    t.ok(all(listing(path) == want for _ in range(5)), 'five runs, each with keys of its own')
    t.ok(listing('--no-memo', path) == want, '--no-memo: the same octets')
    for form in ('dot', 'graphml', 'html'):
        one, other = (run(DEFLUX, 'networks', '-q', '--format', form, '--threads', n, *inputs).stdout
                      for n, inputs in ((1, [path]), (3, mixed)))
        t.ok(one == other, f'{form}: the same octets')


def check_real(t):
    """The FluXOR set of 2009: one large network of spam, whose name servers' own domains are part of it."""
    folder = shared()
    if folder is None:
        t.skip('FluXOR', 'no recorded data here')
        return
    with open(os.path.join(folder, 'flux', 'fluxor-2009.truth.tsv'), encoding='utf-8') as f:
        flux = {x[0] for x in (line.rstrip().split('\t') for line in f) if x[-1] == 'flux'}
    networks = objects(listing(os.path.join(folder, 'flux', 'fluxor-2009.pcap.gz')))
    largest = {d['domain'] for d in networks[0]['domains']}
    t.ok(len(largest & flux) >= 189 and len(largest) < 230 and networks[0]['kind'] == 'double',
         f'FluXOR: {len(networks)} networks, the largest has {len(largest)} domains, {len(largest & flux)} of them labelled')
    t.ok(100 < networks[0]['agents'] <= 170, f'FluXOR: {networks[0]["agents"]} agents of at most 170')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        path, truth = os.path.join(to, 'lab.pcap'), os.path.join(to, 'truth.jsonl')
        made = run(DEFLUX, 'lab', '--scale', '2', '--seed', '11', '--hours', '5', '-o', path, '--truth', truth)
        if not t.ok(made.returncode == 0, 'a lab capture', made.stderr):
            t.done()
        records = distinct(path)
        path = write(to, 'day.pcap', pcap(records))
        networks = objects(listing(path))
        check_lines(t, networks, json.loads(read('docs/schema/network.schema.json')))
        check_truth(t, networks, truth)
        check_scan(t, path, networks)
        check_forms(t, [path], networks)
        check_hostile(t, to, records, networks)
        check_growth(t, path, networks)
        check_known(t, to, path, networks)
        check_broken(t, to, path, networks)
        check_same(t, to, records, path)
        check_real(t)
        t.equal(objects(listing('--top', '1', path)), networks[:1], '--top 1')
        none = run(DEFLUX, 'networks', '--until', f'{START}00:00:20Z', path)
        t.ok(none.returncode == 0 and 'No fast flux found' in none.stdout, 'none found: status 0', none.stdout)
    t.done()


main()
