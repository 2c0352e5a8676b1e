"""Both sides of the resolver in one run: one look-up is one sighting."""
import os
import tempfile

from scans import differences, findings, lab, verdicts
from tap import Tap

WORLD = ('--scale', '0.2', '--hours', '5')
FIELDS = ('answers', 'addresses', 'names')


def check_sides(t, to):
    """Two sides are one: the side nearest to the authority, which sees each look-up once."""
    both = lab(os.path.join(to, 'both.pcap'), *WORLD, '--side', 'both')
    up = lab(os.path.join(to, 'up.pcap'), *WORLD, '--side', 'upstream')
    down = lab(os.path.join(to, 'down.pcap'), *WORLD, '--side', 'clients')
    tap = lab(os.path.join(to, 'both.dnstap'), *WORLD, '--side', 'both', '--format', 'dnstap')
    want = verdicts(findings(up), *FIELDS)
    for name, paths in (('one capture', [both]), ('one dnstap', [tap]), ('two files', [up, down]),
                        ('two files, the other first', [down, up])):
        got = verdicts(findings(*paths), *FIELDS)
        t.ok(want and got == want, f'{name}: as the side of the authorities alone', differences(got, want))
    t.ok(verdicts(findings(down), *FIELDS) != want, 'the sides are not the same by themselves')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        check_sides(t, to)
    t.done()


main()
