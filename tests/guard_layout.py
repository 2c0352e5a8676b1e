"""clang-format has nothing to change."""
import os
import re
import shutil

from tap import ROOT, Tap, run

t = Tap()
if shutil.which('clang-format') is None:
    t.skip('layout of the sources', 'no clang-format here')
else:
    out = run(os.path.join(ROOT, 'scripts', 'format.sh'), '--check')
    differ = sorted(set(re.findall(r'^(\S+?):\d+:\d+: error', out.stderr, re.M)))
    t.ok(out.returncode == 0, 'layout of the sources', '`make format` would change:\n' + '\n'.join(differ or [out.stderr]))
t.done()
