"""What the python tests share: TAP lines out, and where the tree is. Standard library only."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Tap:
    """Prints one line for each thing tried; done() ends the program with the right status."""

    def __init__(self):
        self.tried = self.failed = 0

    def ok(self, good, name, why=''):
        self.tried += 1
        if not good:
            self.failed += 1
        print(f"{'ok' if good else 'not ok'} {self.tried} - {name.replace('#', '')}")
        if not good:
            for line in str(why).splitlines():
                print('# ' + line)
        sys.stdout.flush()
        return good

    def equal(self, got, want, name):
        return self.ok(got == want, name, f'got  {got!r}\nwant {want!r}')

    def skip(self, name, why):
        self.tried += 1
        print(f'ok {self.tried} - {name} # SKIP {why}', flush=True)

    def done(self):
        print(f'1..{self.tried}', flush=True)
        sys.exit(1 if self.failed else 0)


def run(*command, **options):
    """Runs to the end; .returncode, .stdout and .stderr (text) tell what came."""
    options.setdefault('timeout', 300)
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding='utf-8', errors='replace', check=False, **options)


def files(*endings, under='src'):
    """Paths below ROOT/under with one of these endings, relative to ROOT, sorted."""
    found = []
    for folder, _, names in os.walk(os.path.join(ROOT, under)):
        found += [os.path.relpath(os.path.join(folder, n), ROOT) for n in names if n.endswith(endings)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8', errors='replace') as f:
        return f.read()


def shared():
    """The folder of recorded test data, or None where a clone has none."""
    path = os.environ.get('DEFLUX_SHARED', os.path.join(ROOT, '..', 'shared', 'data'))
    return path if os.path.isdir(path) else None
