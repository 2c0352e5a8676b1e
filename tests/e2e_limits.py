"""Names and addresses over the limit of one domain are counted, and the summary says so unasked."""
import os
import re
import tempfile

from crowds import endless
from scans import DEFLUX
from tap import Tap, run

NAMES = 30000


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        path = os.path.join(to, 'endless.pcap')
        with open(path, 'wb') as f:
            f.writelines(endless(1772323200 * 10**9, 3600 * 10**9, NAMES))
        told = run(DEFLUX, 'scan', '--memory', '64M', path).stdout
        over = re.search(r'1 domain has more names .*? about ([\d,]+) names', ' '.join(told.split()))
        near = over and NAMES // 2 < int(over[1].replace(',', '')) < NAMES * 5 // 4
        t.ok(near, 'what was not kept one by one is said, about', told[-1500:])
    t.done()


main()
