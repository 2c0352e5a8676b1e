"""One traffic in all forms of input: verdicts are those of the capture, as far as the form carries what it needs."""
import ipaddress
import os
import tempfile

import capture
import forms
from dnswire import frames, open_file, pcap
from scans import DEFLUX, accused, differences, findings, lab, verdicts, write
from tap import Tap, run

WORLD = ('--scale', '0.2', '--hours', '5')
RESOLVER = bytes([192, 0, 2, 53]) # the lab's


def in_microseconds(path):
    """Logs carry no more, so the capture that they are held against has no more either."""
    return [(ns // 1000 * 1000, frame) for ns, frame in frames(open_file(path))]


def same(t, got, want, name, *fields):
    a, b = verdicts(got, *fields), verdicts(want, *fields)
    t.ok(a == b and a, name, differences(a, b))


def alone(records):
    """Each rrset of each section as a response of its own: what passive DNS makes of a capture."""
    for p, m in forms.responses(records):
        for section in m.sections:
            sets = {}
            for r in section:
                if r.text is not None:
                    sets.setdefault((tuple(r.owner), r.type), []).append(r)
            for (owner, kind), rows in sets.items():
                data = [capture.name(*r.labels) if r.labels else ipaddress.ip_address(r.text).packed for r in rows]
                name = capture.name(*owner)
                answer = [capture.record(name, kind, d, r.ttl) for r, d in zip(rows, data)]
                yield p.ns, capture.packet(capture.response(name, kind, answer))


def check_dnstap(t, to, side, whole):
    tap = lab(os.path.join(to, 'lab.dnstap'), *WORLD, '--side', side, '--format', 'dnstap')
    fine = lab(os.path.join(to, 'fine.pcap'), *WORLD, '--side', side)
    same(t, findings(tap), findings(fine), f'{side}: the lab\'s dnstap and its capture', 'answers')
    path = write(to, 'own.dnstap', forms.dnstap(in_microseconds(fine), RESOLVER))
    same(t, findings(path), whole, f'{side}: dnstap of an independent writer', 'answers')


def check_logs(t, to, side, records, whole):
    path = os.path.join(to, 'us.pcap')
    zeek, eve = findings('--mask', 'zeek', path), findings('--mask', 'eve', path)
    t.ok(verdicts(zeek) != verdicts(whole) and accused(zeek), f'{side}: a mask takes something away, and not all')
    for name, text in (('TSV', forms.zeek_tsv(records)), ('JSON', forms.zeek_json(records))):
        same(t, findings(write(to, 'dns.log', text)), zeek, f'{side}: Zeek, {name}', 'answers', 'lacking')
    for version in (1, 2, 3):
        path = write(to, 'eve.json', forms.eve(records, version))
        same(t, findings(path), eve, f'{side}: EVE version {version}', 'answers')


def check_cof(t, to, side, records):
    """Passive DNS knows each record alone, of any section; so does the capture that `alone` writes."""
    cof, path = os.path.join(to, 'us.cof'), write(to, 'alone.pcap', pcap(alone(records)))
    t.equal(run(DEFLUX, 'records', '-q', '-o', cof, os.path.join(to, 'us.pcap')).returncode, 0, f'{side}: records')
    told = findings(cof)
    same(t, told, findings('--mask', 'cof', os.path.join(to, 'us.pcap')), f'{side}: COF')
    same(t, told, findings('--mask', 'cof', path), f'{side}: COF, each set a response of its own')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        for side in ('clients', 'upstream'):
            records = in_microseconds(lab(os.path.join(to, 'ns.pcap'), *WORLD, '--side', side))
            whole = findings(write(to, 'us.pcap', pcap(records)))
            t.ok(accused(whole) and len(whole) > 300, f'{side}: something to compare', len(whole))
            check_dnstap(t, to, side, whole)
            check_logs(t, to, side, records, whole)
            check_cof(t, to, side, records)
    t.done()


main()
