"""What the verbs print: JSON Lines against the schema and the lab's truth, CSV, tables, explanations, and where it goes."""
import csv
import fcntl
import io
import json
import math
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from html.parser import HTMLParser

from schema import problems
from tap import Tap, read, run

DEFLUX = sys.argv[1]


def schema_rejects(t, schema, good):
    """The checker itself: a line that is changed for the worse must not pass."""
    for name, value in (('verdict', 'bad'), ('probability', 1.5), ('names', -1), ('first_seen', 'yesterday'),
                        ('lacking', ['humour']), ('waits_for', [{'what': 'luck'}]), ('domain', ''), ('stranger', 1)):
        t.ok(problems(schema, dict(good, **{name: value})), f'the schema rejects {name} = {value!r}')
    for name in good:
        t.ok(problems(schema, {k: v for k, v in good.items() if k != name}), f'the schema wants {name}')


def check_lines(t, out, schema):
    lines = out.stdout.splitlines()
    found = [json.loads(line) for line in lines]
    wrong = [f'{f.get("domain")}: {p}' for f in found for p in problems(schema, f)]
    t.ok(found and not wrong, f'{len(found)} lines against the schema', '\n'.join(wrong[:20]))
    names = [f['domain'] for f in found]
    t.ok(len(set(names)) == len(names), 'each domain once')
    return found


def check_sums(t, found):
    off = []
    for f in found:
        odds = 10 ** (f['llr_db'] / 10) * f['prior'] / (1 - f['prior'])
        if abs(odds / (1 + odds) - f['probability']) > 0.01:
            off.append(f"{f['domain']}: prior {f['prior']}, {f['llr_db']} dB, probability {f['probability']}")
        if f['first_seen'] > f['last_seen']:
            off.append(f"{f['domain']}: first after last")
    t.ok(not off, 'prior and evidence make the probability', '\n'.join(off[:20]))


def check_expectations(t, found):
    bare = [(f['domain'], e) for f in found for e in f['evidence'] if e['rival'] is None or e['expected_flux'] is None or
            e['expected_rival'] is None or e['rival'] not in e['reason']]
    t.ok(not bare, 'all evidence has what would be expected, by a rival that the sentence names', bare[:3])
    other = [(f['domain'], f['class'], e) for f in found if f['verdict'] != 'fast-flux' for e in f['evidence']
             if e['rival'] != f['class']]
    t.ok(not other, 'the rival is what an honest domain is most like', other[:3])


def check_truth(t, found, path):
    with open(path, encoding='utf-8') as f:
        truth = {x['domain']: x for x in map(json.loads, f)}
    accused = [f['domain'] for f in found if f['verdict'] == 'fast-flux']
    honest = [d for d in accused if not truth.get(d, {}).get('flux')]
    t.ok(not honest, 'no honest domain is accused', '\n'.join(f'{d}: {truth.get(d)}' for d in honest))
    flux = {d for d, x in truth.items() if x['flux'] and x['lookups'] >= 20 and x['class'] != 'provider'}
    missed = sorted(flux - set(accused))
    t.ok(flux and len(missed) <= len(flux) // 20, f'at least 95 % of {len(flux)} flux domains found', '\n'.join(missed))


def check_forms(t, pcap, found, some):
    t.equal([json.loads(x)['domain'] for x in some.stdout.splitlines()],
            [f['domain'] for f in found if f['verdict'] == 'fast-flux'], 'without --all: the findings, same order')
    one = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--top', '1', pcap)
    t.equal(one.stdout, some.stdout.splitlines(keepends=True)[0], '--top 1: the worst alone')
    out = subprocess.run([DEFLUX, 'scan', '-q', '--format', 'csv', '--all', pcap], stdout=subprocess.PIPE, check=False)
    rows = list(csv.DictReader(io.StringIO(out.stdout.decode(), newline='')))
    t.equal([r['domain'].lstrip("'") for r in rows], [f['domain'] for f in found], 'CSV holds the same domains')
    fields = [k for k in found[0] if k not in ('evidence', 'waits_for', 'lacking')]
    t.equal(list(rows[0]), fields, 'CSV has the fields of JSON')
    wrong = [(f['domain'], k, r[k], f[k]) for r, f in zip(rows, found) for k in fields
             if k != 'domain' and (float(r[k]) if isinstance(f[k], (int, float)) else r[k] or None) != f[k]]
    t.ok(not wrong, 'CSV has the values of JSON', wrong[:5])
    t.ok(out.stdout.count(b'\r\n') == len(rows) + 1, 'CSV lines end as RFC 4180 says')
    risky = [v for r in rows for v in r.values() if v and v[0] in '=+@\t\r']
    t.ok(not risky, 'no CSV value is a formula', risky[:10])


FEATURES = ['domain', 'verdict', 'llr_db', 'homes', 'server_homes', 'trust', 'kinds', 'server_kinds', 'members', 'drawn',
            'networks', 'movable', 'moved', 'answer_size', 'ttl', 'servers', 'both', 'server_networks', 'shared_db',
            'names', 'answers', 'users', 'own_address']


def feature_faults(line, finding):
    """What is wrong with the inputs of a verdict, beside what else is printed of it."""
    seen = {e['feature']: e['value'] for e in finding['evidence']}
    # a feature is there when it is evidence
    there = {'member_kind': line['kinds'] != [], 'spread': line['drawn'] > 1, 'size': line['drawn'] > 0,
             'turnover': line['moved'] is not None, 'answer_size': line['answer_size'] is not None, 'ttl': line['ttl'] is not None,
             'server_kind': line['server_kinds'] != [], 'server_spread': line['server_networks'] is not None,
             'server_shared': line['both'] is not None, 'shared': line['shared_db'] is not None}
    whole = [line[k] for k in FEATURES if isinstance(line[k], int)]
    drawn = [(line[hits] or 0, line[n] or 0, most) for hits, n, most in
             (('networks', 'drawn', 64), ('moved', 'movable', 64), ('both', 'servers', 64))]
    good = {'fields': list(line) == FEATURES,
            'evidence': {k for k, has in there.items() if has} == set(seen),
            'verdict': line['verdict'] == finding['verdict'] and abs(line['llr_db'] - finding['llr_db']) < 0.00500001,
            'numbers': min(whole) >= 0 and 0 <= line['trust'] <= 1 and
                       all(len(net) == 6 and min(net) > 0 for net in line['kinds'] + line['server_kinds']),
            'samples': all(hits <= n <= most for hits, n, most in drawn) and len(line['kinds']) <= 40,
            'nulls': (line['movable'] is None) == (line['moved'] is None) and
                     (line['servers'] is None) == (line['both'] is None),
            'values': line['ttl'] == finding['ttl_median'] and seen.get('answer_size') == line['answer_size'] and
                      seen.get('server_spread') == line['server_networks'] and
                      ('size' not in seen or abs(line['members'] / seen['size'] - 1) < 0.001),
            'naming': line['names'] == max(1, finding['names']) and line['answers'] >= 1 and line['users'] >= 1 and
                      line['own_address'] in (False, True),
            'turnover': 'turnover' not in seen or abs(line['moved'] - seen['turnover'] * line['movable']) < 0.51}
    return [k for k, holds in good.items() if not holds]


def check_features(t, pcap, found):
    out = run(DEFLUX, 'scan', '-q', '--format', 'features', '--all', pcap)
    t.ok(out.returncode == 1 and not out.stderr, 'features: status 1, quiet', out.stderr)
    lines = [json.loads(x) for x in out.stdout.splitlines()]
    t.equal([x['domain'] for x in lines], [f['domain'] for f in found], 'features are of the same domains')
    wrong = [(x['domain'], faults) for x, f in zip(lines, found) if (faults := feature_faults(x, f))]
    t.ok(not wrong, 'features hold what the evidence is of', wrong[:5])
    t.ok(any(x['drawn'] == 64 < x['members'] for x in lines) and any(x['shared_db'] for x in lines) and
         any(x['server_networks'] is None for x in lines), 'samples, members of accused domains, unseen servers among them')
    t.ok(re.search(r'"llr_db":-?\d+\.\d{6},"homes":', out.stdout), 'llr_db with six decimals', out.stdout[:200])
    accused = run(DEFLUX, 'scan', '-q', '--format', 'features', pcap).stdout
    t.ok(accused and out.stdout.startswith(accused) and accused.count('\n') == out.stdout.count('"fast-flux"'),
         'without --all: the findings')


def check_table(t, pcap, found):
    quiet = run(DEFLUX, 'scan', '-q', pcap)
    findings = [f for f in found if f['verdict'] == 'fast-flux']
    lines = quiet.stdout.splitlines()
    t.equal([line.split()[-1] for line in lines[1:]], [f['domain'] for f in findings], 'the table holds the findings')
    t.ok('\x1b' not in quiet.stdout and not quiet.stderr, 'no colour in a pipe, nothing else with -q', quiet.stderr)
    utf8 = run(DEFLUX, 'scan', pcap, env=dict(os.environ, LC_ALL='C.UTF-8'))
    ascii_ = run(DEFLUX, 'scan', pcap, env=dict(os.environ, LC_ALL='C'))
    t.ok('\u2588' in utf8.stdout and ascii_.stdout.isascii(), 'sparklines as the locale allows', ascii_.stdout[:300])
    t.ok(f'{len(findings)} of ' in utf8.stdout and 'Read ' in utf8.stdout and 'Networks: ' in utf8.stdout or
         'No database of networks' in utf8.stdout, 'below the table: what was read', utf8.stdout[-900:])
    t.ok(utf8.stderr.startswith('Took ') and 'Took' not in utf8.stdout, 'speed goes to standard error', utf8.stderr)
    again = run(DEFLUX, 'scan', pcap, env=dict(os.environ, LC_ALL='C.UTF-8'))
    t.ok(again.stdout == utf8.stdout, 'a second run prints the same, octet for octet')
    none = run(DEFLUX, 'scan', '--until', '2026-03-01T00:00:20Z', '--top', '5', pcap)
    t.ok(none.returncode == 0 and 'No fast flux found' in none.stdout and 'Nearest' in none.stdout,
         'nothing found: it says so, and what was nearest', none.stdout)
    verbose = run(DEFLUX, 'scan', '-v', pcap)
    t.ok(re.search(r'^ +0  broken records$', verbose.stdout, re.M), '-v tells counts of 0 too', verbose.stdout[-500:])


def on_terminal(width, *command, **env):
    """What the command prints on a terminal of that width."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 40, width, 0, 0))
    with subprocess.Popen([DEFLUX, *command], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                          env=dict(os.environ, LC_ALL='C.UTF-8', TERM='xterm', **env)):
        os.close(slave)
        out = b''
        try:
            while chunk := os.read(master, 65536):
                out += chunk
        except OSError: # the terminal's end
            pass
    os.close(master)
    return out.decode()


def check_terminal(t, pcap, found):
    for width in (80, 100, 132):
        out = on_terminal(width, 'scan', '--all', pcap)
        lines = re.sub(r'\x1b\[[0-9;]*[mK]', '', out).replace('\r', '').splitlines()
        long = [x for x in lines if len(x) > width and '[' not in x[:1]]
        t.ok(not long, f'the table fits {width} columns', long[:3])
        t.ok('\x1b[1;31m' in out, f'colour on a terminal of {width} columns')
    longest = max((f['domain'] for f in found), key=len)
    narrow = on_terminal(80, 'scan', '-q', '--all', '--domain', longest, pcap)
    t.ok(len(longest) <= 20 or '\u2026' in narrow and longest[-5:] in narrow, 'a long name is cut in its middle', narrow)
    t.ok(longest in on_terminal(200, 'scan', '-q', '--all', '--domain', longest, pcap), 'a wide terminal has it whole')
    for what in (on_terminal(80, 'scan', '-q', pcap, NO_COLOR='1'), on_terminal(80, 'scan', '-q', '--no-color', pcap)):
        t.ok('\x1b' not in what and 'fast-flux' in what, 'no colour where it is not wanted', what[:300])


class Words(HTMLParser):
    """The text of a page, and what it has of tags and attributes."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.attributes, self.open = [], set(), [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in ('meta', 'wbr', 'rect', 'line', 'path'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.open.append(f'wrong </{tag}>')

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def check_page(t, page, finding):
    words = Words(page)
    loads = [(k, v) for k, v in words.attributes if k in ('src', 'href', 'xlink:href', 'onload', 'action', 'data')]
    t.ok(not loads and not words.tags & {'script', 'link', 'iframe', 'img', 'object', 'embed'} and 'url(' not in page and
         '@import' not in page and '//' not in page, 'the page needs nothing from elsewhere', loads)
    t.equal(words.open, [], 'its tags close in order')
    t.ok({'svg', 'table', 'h1'} <= words.tags and page.count('<svg') >= 3, 'three pictures and the tables', words.tags)
    t.ok(finding['domain'] in words.text, 'the name in its heading')
    for e in finding['evidence']:
        t.ok(any(e['reason'] in x for x in words.text), f'the page tells of {e["feature"]}')
        if e['unit'] == 'share':
            told = [{f'{f(x * 100)} %' for f in (math.floor, math.ceil)} for x in (e['expected_flux'], e['expected_rival'])]
            t.ok(all(x & set(words.text) for x in told) and 'as ' + e['rival'] in words.text,
                 f'and what would be expected of {e["feature"]}', told)


def check_explain(t, pcap, finding):
    name = finding['domain']
    out = run(DEFLUX, 'explain', '-q', 'www.' + name, pcap, env=dict(os.environ, LC_ALL='C.UTF-8'))
    t.ok(out.returncode == 1 and out.stdout.startswith(name + ' is fast flux'), 'explain: a sentence first, status 1',
         f'{out.returncode} {out.stdout[:300]}{out.stderr}')
    steps = re.findall(r'^  (\S+) +([+-]\d+\.\d) .*[\u2502].* ([+-]\d+\.\d)$', out.stdout, re.M)
    t.equal([s[0] for s in steps], ['prior'] + [e['feature'] for e in finding['evidence']], 'each piece of evidence')
    start = 10 * math.log10(finding['prior'] / (1 - finding['prior']))
    t.ok(abs(float(steps[-1][2]) - start - finding['llr_db']) < 0.2, 'the evidence adds up to llr_db', steps)
    against = re.search(r'[+]\d+\.\d in all for fast flux.*?-?\d+\.\d against it(?: \((.*?)\))?\.', re.sub(r'\s+', ' ', out.stdout))
    t.equal(sorted((against[1] or '').split(', ')) if against else None,
            sorted(e['feature'] for e in finding['evidence'] if e['weight'] < 0) or [''], 'all that speaks against it')
    t.ok(all(word in out.stdout for word in ('What to do next', 'Words', 'deciban:', 'turnover:', 'network of homes:')),
         'what to do next, and the words')
    t.ok('What it waits for' not in out.stdout and not finding['waits_for'], 'decided, it waits for nothing')
    t.ok('over time' in out.stdout and '\u2588' in out.stdout, 'a picture of time')
    t.ok(re.search(r'and \d[\d,]* more', out.stdout), 'long lists are cut, saying so')
    page = run(DEFLUX, 'explain', '-q', '--format', 'html', name, pcap)
    t.equal(page.returncode, 1, 'explain --format html')
    check_page(t, page.stdout, finding)
    for what, status in (('no-such-name-here.com', 0), ('com', 64), ('a..b', 64), ('x.invalid', 64)):
        got = run(DEFLUX, 'explain', '-q', what, pcap)
        t.ok(got.returncode == status and not got.stdout and len(got.stderr.splitlines()) == 1, f'explain {what}',
             f'{got.returncode} {got.stderr}')


def check_places(t, to, pcap, some):
    """Where the result goes."""
    out, link = os.path.join(to, 'out'), os.path.join(to, 'link')
    command = [DEFLUX, 'scan', '-q', '--format', 'jsonl']
    with open(out, 'w', encoding='utf-8') as f:
        f.write('old')
    os.chmod(out, 0o640)
    os.symlink(out, link)
    before = set(os.listdir(to))
    t.equal(run(*command, '-o', link, pcap).returncode, 1, '-o FILE')
    with open(out, encoding='utf-8') as f:
        t.ok(f.read() == some.stdout, 'the file holds what standard output would')
    t.ok(os.path.islink(link) and os.stat(out).st_mode & 0o777 == 0o640, 'a link stays one, permissions stay')
    t.equal(set(os.listdir(to)), before, 'nothing is left beside it')
    got = run(*command, '-o', os.path.join(to, 'none', 'x'), pcap)
    t.ok(got.returncode == 2 and len(got.stderr.splitlines()) == 1, '-o where no file can be', got.stderr)
    with open('/dev/full', 'w', encoding='utf-8') as full:
        got = subprocess.run([*command, pcap], stdout=full, stderr=subprocess.PIPE, check=False)
    t.ok(got.returncode == 2 and b'No space' in got.stderr, 'a full disk: status 2', got.stderr)
    got = subprocess.run(['sh', '-c', '"$@" >&-', 'sh', *command, pcap], stderr=subprocess.PIPE, check=False)
    t.ok(got.returncode == 2 and got.stderr, 'a closed standard output: status 2', got.stderr)
    with subprocess.Popen([*command, '--all', pcap], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        p.stdout.close()
        errors = p.stderr.read()
    t.ok(p.returncode == 1 and not errors, 'a reader that went away: quiet, the same status', errors)


def blocked(pid, number):
    """Whether the process has the signal blocked: it then takes it in its own way."""
    with open(f'/proc/{pid}/status', encoding='utf-8') as f:
        return bool(int(re.search(r'^SigBlk:\s*(\w+)', f.read(), re.M).group(1), 16) >> (number - 1) & 1)


def listener(pcap, octets=-1):
    """A scan of a pipe that stays open, with the capture in it, or so much of it."""
    p = subprocess.Popen([DEFLUX, 'scan', '--format', 'jsonl', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    while not blocked(p.pid, signal.SIGINT):
        time.sleep(0.01)
    with open(pcap, 'rb') as f:
        p.stdin.write(f.read(octets))
    p.stdin.flush()
    return p


def check_slow_pipe(t, pcap):
    """A few messages, and nothing behind them yet: SIGUSR1 tells of them."""
    p = listener(pcap, 40000)
    told = None
    for _ in range(50): # it may not have come to them yet
        time.sleep(0.2)
        p.send_signal(signal.SIGUSR1)
        line = p.stderr.readline().decode()
        told = re.match(r'deflux: (\d+) messages, 40000 octets read, at .*, (\d+) domains$', line)
        if told:
            break
    p.send_signal(signal.SIGINT)
    p.communicate()
    t.ok(told and int(told[1]) > 100 and int(told[2]) > 10, 'SIGUSR1 tells of the few messages of a slow pipe', line)


def check_signals(t, pcap, some):
    check_slow_pipe(t, pcap)
    p = listener(pcap)
    time.sleep(1)
    p.send_signal(signal.SIGUSR1)
    time.sleep(0.3)
    p.send_signal(signal.SIGINT)
    out, err = p.stdout.read().decode(), p.stderr.read().decode()
    p.wait()
    t.ok(p.returncode == 1 and out == some.stdout, 'SIGINT ends the input, the result is printed', err)
    t.ok(re.search(r'^deflux: .* messages, .* domains$', err, re.M), 'SIGUSR1 prints a line and goes on', err)
    t.ok('Ended by a signal' in err, 'the summary says that it was a signal', err)
    p.stdin.close()
    p = listener(pcap)
    for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT): # both are there when it wakes
        p.send_signal(number)
    p.wait()
    t.ok(p.returncode in (-signal.SIGTERM, -signal.SIGINT), 'a second signal ends the program', p.returncode)
    for pipe in (p.stdin, p.stdout, p.stderr):
        pipe.close()


def main():
    t = Tap()
    schema = json.loads(read('docs/schema/finding.schema.json'))
    with tempfile.TemporaryDirectory() as to:
        pcap, truth = os.path.join(to, 'lab.pcap'), os.path.join(to, 'truth.jsonl')
        made = run(DEFLUX, 'lab', '--scale', '0.2', '-o', pcap, '--truth', truth)
        if not t.ok(made.returncode == 0, 'a lab capture', made.stderr):
            t.done()
        every = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--all', pcap)
        t.ok(every.returncode == 1 and not every.stderr, 'scan --all: status 1, quiet', every.stderr)
        found = check_lines(t, every, schema)
        if not found:
            t.done()
        schema_rejects(t, schema, found[0])
        check_sums(t, found)
        check_expectations(t, found)
        check_truth(t, found, truth)
        some = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', pcap)
        check_forms(t, pcap, found, some)
        check_features(t, pcap, found)
        check_table(t, pcap, found)
        check_terminal(t, pcap, found)
        check_explain(t, pcap, found[0])
        check_places(t, to, pcap, some)
        check_signals(t, pcap, some)

        bad = os.path.join(to, 'text')
        with open(bad, 'w', encoding='utf-8') as f:
            f.write('this is no capture\n' * 9)
        both = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', bad, pcap)
        t.ok(both.returncode == 2 and both.stdout == some.stdout, 'status 2 wins, findings are printed', both.stderr)
        t.equal(len(both.stderr.splitlines()), 1, 'one line says what is wrong with the input')
        t.equal(run(DEFLUX, 'scan', '-q', os.path.join(to, 'none.pcap')).returncode, 2, 'a file that is not there')
    t.done()


main()
