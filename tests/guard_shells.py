"""The scripts parse; each shell reads its completion, and bash's gives what it should."""
import os
import shutil

from tap import ROOT, Tap, files, run

SCRIPT = '''
source completion/deflux.bash
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _deflux; echo "${COMPREPLY[*]}"; }
try deflux sc
try deflux scan --max
try deflux scan --method z
try deflux scan --format ''
try deflux records --format ''
try deflux networks --format ''
try deflux explain --html
try deflux lab s
try deflux lab serve --div
'''
WANT = ['scan', '--max-gap', 'zeek', 'table jsonl csv features', 'cof', 'table jsonl dot graphml html', '', 'serve', '--divide-ttl']


def main():
    t = Tap()
    for path in files('.sh', under='scripts') + ['.ci/run', 'completion/deflux.bash']:
        out = run('bash', '-n', os.path.join(ROOT, path))
        t.ok(out.returncode == 0, f'bash reads {path}', out.stderr)
    for shell, path in (('zsh', 'completion/_deflux'), ('fish', 'completion/deflux.fish')):
        if shutil.which(shell) is None:
            t.skip(f'{shell} reads {path}', f'no {shell} here')
            continue
        out = run(shell, '-n', os.path.join(ROOT, path))
        t.ok(out.returncode == 0 and not out.stderr, f'{shell} reads {path}', out.stderr)
    out = run('bash', '--norc', '-c', SCRIPT, cwd=ROOT)
    t.equal(out.stdout.split('\n')[:-1], WANT, 'what bash offers')
    t.done()


main()
