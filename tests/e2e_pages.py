"""Explanations and networks of the lab, as pages in a real browser.

    e2e_pages.py DEFLUX
"""
import os
import tempfile

import browser
from scans import DEFLUX, findings, lab, write
from tap import Tap, run


def page(folder, *command):
    return write(folder, 'page.html', run(DEFLUX, *command, '-q', '--format', 'html').stdout)


def main():
    t = Tap()
    if browser.missing():
        t.skip('pages in a browser', browser.missing())
        t.done()
    with tempfile.TemporaryDirectory() as folder:
        pcap = lab(os.path.join(folder, 'lab.pcap'), '--world', 'wide', '--scale', '0.1', '--hours', '12')
        rows = findings(pcap).values()
        for verdict in ('fast-flux', 'undecided', 'benign'):
            of = [r for r in rows if r['verdict'] == verdict]
            if t.ok(of, f'there is a domain that is {verdict}'):
                most = max(of, key=lambda r: (r['addresses'], r['domain']))['domain']
                browser.check(t, folder, f'explained {verdict}', page(folder, 'explain', most, pcap), 3)
        networks = run(DEFLUX, 'networks', '-q', '--format', 'jsonl', pcap).stdout.count('\n')
        browser.check(t, folder, 'networks', page(folder, 'networks', pcap), 2 * networks)
    t.done()


main()
