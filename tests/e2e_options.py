"""`deflux VERB --help`, the manual page and the three completions name the same options."""
import re
import sys

from tap import ROOT, Tap, read, run

LONG = re.compile(r'(?<![\w-])--([a-z][a-z0-9-]+)')
DEFLUX = sys.argv[1]


def in_help(t, verb):
    out = run(DEFLUX, verb, '--help')
    t.ok(out.returncode == 0 and not out.stderr, f'{verb} --help', f'status {out.returncode}\n{out.stderr}')
    # an option's line begins with it; words behind two spaces explain it and may name others
    heads = [re.split(r'\s{2,}', line.strip())[0] for line in re.findall(r'^\s+-.*$', out.stdout, re.M)]
    return {o for head in heads for o in LONG.findall(head)}


def in_manual(verb):
    heads = re.findall(r'^\*-.*$', read(f'docs/man/deflux-{verb}.1.scd'), re.M)
    return {o for line in heads for o in LONG.findall(line)}


def in_bash(verb):
    out = run('bash', '--norc', '-c', f'''source completion/deflux.bash
        COMP_WORDS=(deflux {verb} --); COMP_CWORD=2; _deflux; echo "${{COMPREPLY[*]}}"''',
              cwd=ROOT)
    return set(LONG.findall(out.stdout))


def in_zsh(verb):
    text = read('completion/_deflux')
    body = re.search(rf'^{verb}\)\n(.*?);;', text, re.S | re.M).group(1)
    for name in re.findall(r'\$(\w+)', body):
        body += re.search(rf'^{name}=\(\n(.*?)^\)', text, re.S | re.M).group(1)
    return {o for item in body.splitlines() for o in LONG.findall(item.split('[')[0])}


def in_fish(verb):
    text = read('completion/deflux.fish')
    groups = {name: verbs.split() for name, verbs in
              re.findall(r"^set -l (\w+) '__fish_seen_subcommand_from ([\w ]+)'", text, re.M)}
    found = {'help'} # of every verb
    for condition, option in re.findall(r"-n (\$\w+|'[^']+') .*?-l ([\w-]+)", text):
        verbs = groups[condition[1:]] if condition[0] == '$' else condition.strip("'").split()[1:]
        if verb in verbs:
            found.add(option)
    return found


def main():
    t = Tap()
    for verb in ('scan', 'explain', 'records', 'lab'):
        want = in_help(t, verb)
        t.ok('help' in want, f'{verb} --help lists options', want)
        for where, got in (('the manual', in_manual(verb)), ('bash', in_bash(verb)), ('zsh', in_zsh(verb)),
                           ('fish', in_fish(verb))):
            t.ok(got == want, f'options of {verb} in {where}',
                 f'missing there: {sorted(want - got)}\nno option of deflux: {sorted(got - want)}')
    for wrong in (['scan', '--no-such-option'], ['no-such-verb'], ['scan', '--format', 'xml', '-'], ['lab']):
        out = run(DEFLUX, *wrong)
        t.ok(out.returncode == 64 and out.stderr and not out.stdout, f'{" ".join(wrong)}: usage error, status 64',
             f'status {out.returncode}\n{out.stderr}\n{out.stdout[:300]}')
    out = run(DEFLUX, '--version')
    version = re.search(r"version: '([^']+)'", read('meson.build')).group(1)
    t.ok(out.returncode == 0 and version in out.stdout, '--version says the version', out.stdout)
    t.done()


main()
