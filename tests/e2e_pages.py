"""Explanations and networks of the lab, as pages in a real browser.

    e2e_pages.py DEFLUX
"""
import json
import os
import tempfile

import browser
from scans import DEFLUX
from tap import Tap, run


def page(folder, name, *command):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(run(DEFLUX, *command).stdout)
    return path


def main():
    t = Tap()
    if browser.missing():
        t.skip('pages in a browser', browser.missing())
        t.done()
    with tempfile.TemporaryDirectory() as folder:
        pcap = os.path.join(folder, 'lab.pcap')
        run(DEFLUX, 'lab', '--world', 'wide', '--scale', '0.1', '--hours', '12', '-o', pcap)
        rows = [json.loads(x) for x in run(DEFLUX, 'scan', '-q', '--all', '--format', 'jsonl', pcap).stdout.splitlines()]
        for verdict in ('fast-flux', 'undecided', 'benign'):
            of = [r for r in rows if r['verdict'] == verdict]
            if t.ok(of, f'there is a domain that is {verdict}'):
                most = max(of, key=lambda r: (r['addresses'], r['domain']))['domain']
                browser.check(t, folder, f'explained {verdict}',
                              page(folder, f'{verdict}.html', 'explain', '-q', '--format', 'html', most, pcap), 3)
        networks = run(DEFLUX, 'networks', '-q', '--format', 'jsonl', pcap).stdout.count('\n')
        browser.check(t, folder, 'networks', page(folder, 'networks.html', 'networks', '-q', '--format', 'html', pcap),
                      2 * networks)
    t.done()


main()
