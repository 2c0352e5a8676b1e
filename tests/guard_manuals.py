"""The manual pages build, and groff has nothing to say about them; the schema is sound JSON; links in *.md lead somewhere."""
import json
import os
import re
import shutil
import subprocess
import tempfile

from tap import ROOT, Tap, files, read, run


def page(t, path, to):
    made = os.path.join(to, os.path.basename(path)[:-4])
    with open(os.path.join(ROOT, path), 'rb') as source, open(made, 'wb') as out:
        done = subprocess.run(['scdoc'], stdin=source, stdout=out, stderr=subprocess.PIPE, check=False)
    if not t.ok(done.returncode == 0, f'scdoc {path}', done.stderr.decode()):
        return
    if shutil.which('man') is None:
        t.skip(f'groff {path}', 'no man here')
        return
    out = run('man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', made,
              env=dict(os.environ, LC_ALL='C.UTF-8', MANROFFSEQ='', MANWIDTH='80'))
    t.ok(out.returncode == 0 and not out.stderr.strip(), f'groff {path}', out.stderr)


def main():
    t = Tap()
    pages = files('.scd', under='docs')
    t.ok(len(pages) >= 7, 'seven pages', pages)
    with tempfile.TemporaryDirectory() as to:
        for path in pages:
            page(t, path, to)
    build = read('docs/meson.build')
    missing = [p for p in pages if os.path.basename(p)[:-4] not in build]
    t.ok(not missing, 'docs/meson.build installs every page', missing)
    for name in ('finding', 'network'):
        json.loads(read(f'docs/schema/{name}.schema.json'))
    for path in [n for n in os.listdir(ROOT) if n.endswith('.md')]:
        targets = re.findall(r'\]\((?!https?:|#)([^)#]+)', read(path))
        lost = [x for x in targets if not os.path.exists(os.path.join(ROOT, x))]
        t.ok(not lost, f'links of {path}', lost)
    t.done()


main()
