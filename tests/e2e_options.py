"""`deflux VERB --help`, the manual page and the three completions name the same options."""
import re
import sys

from tap import ROOT, Tap, read, run

LONG = re.compile(r'(?<![\w-])--([a-z][a-z0-9-]+)')
DEFLUX = sys.argv[1]
VERBS = ('scan', 'explain', 'networks', 'records', 'judge', 'lab', 'lab serve')


def in_help(t, verb):
    out = run(DEFLUX, *verb.split(), '--help')
    t.ok(out.returncode == 0 and not out.stderr, f'{verb} --help', f'status {out.returncode}\n{out.stderr}')
    # an option's line begins with it; words behind two spaces explain it and may name others
    heads = [re.split(r'\s{2,}', line.strip())[0] for line in re.findall(r'^\s+-.*$', out.stdout, re.M)]
    return {o for head in heads for o in LONG.findall(head)}


def in_manual(verb):
    heads = re.findall(r'^\*-.*$', read(f'docs/man/deflux-{verb.replace(" ", "-")}.1.scd'), re.M)
    return {o for line in heads for o in LONG.findall(line)}


def in_bash(verb):
    out = run('bash', '--norc', '-c', f'''source completion/deflux.bash
        COMP_WORDS=(deflux {verb} --); COMP_CWORD={len(verb.split()) + 1}; _deflux; echo "${{COMPREPLY[*]}}"''',
              cwd=ROOT)
    return set(LONG.findall(out.stdout))


def in_zsh(verb):
    text = read('completion/_deflux')
    body = re.search(rf'^\s*"?{verb}"?\)\n(.*?);;', text, re.S | re.M).group(1)
    for name in re.findall(r'\$(\w+)', body):
        body += re.search(rf'^{name}=\(\n(.*?)^\)', text, re.S | re.M).group(1)
    return {o for item in body.splitlines() for o in LONG.findall(item.split('[')[0])}


def in_fish(verb):
    text = read('completion/deflux.fish')
    groups = dict(re.findall(r"^set -l (\w+) '([^']+)'", text, re.M))
    found = {'help'} # of every verb
    for condition, option in re.findall(r"-n (\$\w+|'[^']+') .*?-l ([\w-]+)", text):
        rules = (groups[condition[1:]] if condition[0] == '$' else condition.strip("'")).split('; and ')
        holds = [bool(set(rule.split('__fish_seen_subcommand_from')[1].split()) & set(verb.split())) !=
                 rule.startswith('not ') for rule in rules]
        if all(holds):
            found.add(option)
    return found


WRONG = [ # a command line, and what the one line about it says
    (['no-such-verb'], "no verb 'no-such-verb'"),
    (['lab'], '-o FILE'),
    (['lab', '-o', ''], 'name of a file'),
    (['lab', '-o', '-', 'day.pcap'], "only options are taken, not 'day.pcap'"),
    (['lab', '-o', '-', '--side', 'down'], "clients|upstream|both, not 'down'"),
    (['lab', '-o', '-', '--format', 'csv'], "pcap|dnstap|cof, not 'csv'"),
    (['lab', '-o', '-', '--hours', '0'], '1 to 8784'),
    (['lab', '-o', '-', '--world', 'wide', '--only', 'flux,load-balancer'], "flux,cdn, not 'flux,load-balancer'"),
    (['lab', '-o', '-', '--world', 'wide', '--only', 'flux,'], "flux,cdn, not 'flux,'"),
    (['lab', '-o', '-', '--only', 'flux'], '--world wide'),
    (['lab', '-o', '-', '--networks', 'n.csv'], '--made-up'),
    (['lab', '-o', '-', '--hours', '8785'], '1 to 8784'),
    (['lab', '-o', '-', '--world', 'big'], "demo|wide|honest, not 'big'"),
    (['lab', '-o', '-', '--rate', 'fast'], 'a number'),
    (['lab', '-o', '-', '--rate', '10001'], '0 to 10000'),
    (['lab', '-o', '-', '--scale', 'big'], 'a number'),
    (['lab', '-o', '-', '--scale', '-1'], 'a number'),
    (['lab', '-o', '-', '--scale', '101'], '0.05 to 100'),
    (['lab', '-o', '-', '--vantage', '4294967296'], 'whole number'),
    (['lab', '-o', '-', '--threads', '2'], '--threads'),
    (['lab', 'serve', '--listen', '127.0.0.1'], 'an address and a port'),
    (['lab', 'serve', '--listen', '127.0.0.1:0'], 'an address and a port'),
    (['lab', 'serve', '--listen', '127.0.0.1:65536'], 'an address and a port'),
    (['lab', 'serve', '--listen', 'localhost:5300'], 'an address and a port'),
    (['lab', 'serve', '--listen', '8.8.8.8:5300'], 'no loopback address'),
    (['lab', 'serve', '--listen', '127.0.0.1:5300', '--listen', '127.0.0.2:5300'], 'three and more'),
    (['lab', 'serve', *['--listen', '127.0.0.1:5300'] * 17], 'no more than 16'),
    (['lab', 'serve', '--listen', '127.0.0.1:53', '--listen', '127.0.0.2:53', '--listen', '127.0.0.3:54'], 'one port'),
    (['lab', 'serve', '--listen', '0.0.0.0:53', '--listen', '127.0.0.2:53', '--listen', '127.0.0.3:53'], 'one port'),
    (['lab', 'serve', '--speed', '0'], '0.01 to 100000'),
    (['lab', 'serve', '--speed', 'fast'], '0.01 to 100000'),
    (['lab', 'serve', '--duration', '0'], 'a span'),
    (['lab', 'serve', '--truth', ''], 'name of a file'),
    (['lab', 'serve', '--dnstap', ''], 'name of a file'),
    (['lab', 'serve', '--side', 'both'], '--side'),
    (['lab', 'serve', 'day.pcap'], "only options are taken, not 'day.pcap'"),
    (['judge'], '--parameters says what to print'),
    (['judge', '--parameters', 'mine.json'], "only options are taken, not 'mine.json'"),
    (['judge', '--parameters', '--format', 'jsonl'], "table|json, not 'jsonl'"),
    (['scan'], 'no file'),
    (['scan', '--'], 'no file'),
    (['explain'], 'a name to explain'),
    (['explain', 'example.com'], 'no file'),
    (['explain', 'a..b', '-'], 'is none'),
    (['scan', '--no-such-option'], '--no-such-option'),
    (['scan', '--no-such-option=x'], 'no option --no-such-option here'),
    (['scan', '-x'], '-x'),
    (['records', '--method', 'zeek', '-'], '--method'),
    (['records', '--threads', '2', '-'], '--threads'),
    (['scan', '--format'], '--format wants table|jsonl|csv|features'),
    (['scan', '--format', 'xml', '-'], "table|jsonl|csv|features, not 'xml'"),
    (['scan', '--format', 'tab', '-'], "not 'tab'"),
    (['scan', '--method', 'holz', '-'], 'holz2008'),
    (['scan', '--format', 'features', '--method', 'zeek', '-'], 'other methods have no such numbers'),
    (['scan', '--method=holz2008', '--format=features', '-'], 'other methods have no such numbers'),
    (['scan', '--all=yes', '-'], '--all takes no value'),
    (['scan', '--top', '0', '-'], '1 or more'),
    (['scan', '--top', '-3', '-'], 'number of domains'),
    (['scan', '--threads', '0', '-'], '1 to 256'),
    (['scan', '--threads', '257', '-'], '1 to 256'),
    (['scan', '--threads', '2x', '-'], '1 to 256'),
    (['scan', '--memory', '31M', '-'], '32M or more'),
    (['scan', '--memory', '512', '-'], 'octets'),
    (['scan', '--memory', 'much', '-'], '512M or 4G'),
    (['scan', '--memory', '512MB', '-'], '512M or 4G'),
    (['scan', '--memory', '99999999999T', '-'], '512M or 4G'),
    (['scan', '--seed', '-1', '-'], 'whole number'),
    (['scan', '--seed', '18446744073709551616', '-'], 'whole number'),
    (['scan', '--port', '65536', '-'], '1 to 65535'),
    (['scan', '--prior', '0', '-'], 'between 0 and 1'),
    (['scan', '--prior', '1', '-'], 'between 0 and 1'),
    (['scan', '--prior', 'nan', '-'], 'between 0 and 1'),
    (['scan', '--since', 'noon', '-'], '2026-03-01T12:00:00Z'),
    (['scan', '--since', '2026-03-02', '--until', '2026-03-01', '-'], 'not before --until'),
    (['scan', '--max-gap', 'x', '-'], '12h'),
    (['scan', '--resolver', '192.0.2', '-'], 'address'),
    (['scan', '--domain', 'a..b', '-'], 'domain name'),
    (['scan', '--domain', 'www.example.com', '-'], 'example.com, not www.example.com'),
    (['scan', '--domain', 'co.uk', '-'], 'no registrable domain'),
    (['scan', '--mask', 'pcap', '-'], 'zeek|eve|cof'),
    (['networks'], 'no file'),
    (['networks', '--format', 'csv', '-'], "table|jsonl|dot|graphml|html, not 'csv'"),
    (['networks', '--domain', 'example.com', '-'], '--domain'),
    (['networks', '--method', 'zeek', '-'], '--method'),
    (['scan', '--known', '', '-'], '--known'),
    (['scan', '--parameters', '-'], 'no file'),
    (['scan', '--parameters', 'x', '--method', 'zeek', '-'], '--parameters are of deflux\'s own method'),
    (['scan', '--filter', 'nonsense here', '-'], ''),
    (['scan', '--no-nets', '--mmdb', 'x', '-'], '--no-nets'),
    (['scan', '-o'], '--output wants FILE'),
]


def wrong_lines(t):
    for line, says in WRONG:
        out = run(DEFLUX, *line)
        t.ok(out.returncode == 64 and says in out.stderr and out.stderr.count('\n') == 1 and not out.stdout,
             f'{" ".join(line)}: one line, status 64', f'status {out.returncode}\n{out.stderr}\n{out.stdout[:300]}')
    out = run(DEFLUX)
    t.ok(out.returncode == 64 and out.stderr == run(DEFLUX, '--help').stdout and not out.stdout, 'deflux alone',
         out.stderr)


def right_lines(t):
    """Every form of an option, in any order; the input is empty, which is status 2 and one line."""
    for line in (['-', '--format=jsonl', '-q'], ['--format', 'csv', '-q', '-'], ['-qv', '-'], ['-q', '-o-', '-'],
                 ['-q', '-o', '-', '-'], ['-q', '--', '-'], ['-q', '--memory=32m', '--threads=256', '--top=1', '-'],
                 ['-q', '--since=2026-03-01', '--until', '2026-03-01T00:00:01+02:00', '--since', '0', '-'],
                 ['-q', '--domain', 'm\u00fcnchen.de', '--domain', 'example.com.', '-'],
                 ['-q', '--vantage', 'north', '-', '--vantage=south', '-', '--vantage', 'north', '-'],
                 ['-q', '--prior', '1e-3', '--max-gap', '90m', '--window', '5', '--port', '53', '--port=5300', '-']):
        out = run(DEFLUX, 'scan', *line)
        t.ok(out.returncode == 2 and 'is empty' in out.stderr, f'scan {" ".join(line)}',
             f'status {out.returncode}\n{out.stderr}\n{out.stdout[:300]}')
    out = run(DEFLUX, 'scan', '-q', '--', '--no-such-file')
    t.ok(out.returncode == 2 and '--no-such-file' in out.stderr, '-- ends the options', out.stderr)


def helps(t):
    for verb in VERBS:
        words = verb.split()
        text = run(DEFLUX, *words, '--help').stdout
        t.ok(run(DEFLUX, 'help', *words).stdout == text == run(DEFLUX, *words, '-h').stdout, f'help {verb}')
        t.ok(max(map(len, text.splitlines())) < 100 and f'deflux {verb}' in text and 'Example' in text,
             f'{verb} --help teaches by examples, in lines that fit', text)
        t.ok('Exit status' in text, f'{verb} --help tells of the exit status')
    t.ok(run(DEFLUX, '--help').stdout == run(DEFLUX, 'help').stdout != '', 'deflux --help')


def main():
    t = Tap()
    for verb in VERBS:
        want = in_help(t, verb)
        t.ok('help' in want, f'{verb} --help lists options', want)
        for where, got in (('the manual', in_manual(verb)), ('bash', in_bash(verb)), ('zsh', in_zsh(verb)),
                           ('fish', in_fish(verb))):
            t.ok(got == want, f'options of {verb} in {where}',
                 f'missing there: {sorted(want - got)}\nno option of deflux: {sorted(got - want)}')
    wrong_lines(t)
    right_lines(t)
    helps(t)
    out = run(DEFLUX, '--version')
    version = re.search(r"version: '([^']+)'", read('meson.build')).group(1)
    t.ok(out.returncode == 0 and version in out.stdout, '--version says the version', out.stdout)
    t.done()


main()
