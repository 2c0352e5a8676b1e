"""A lab capture through scan: statuses, JSON Lines against the schema, CSV, agreement with the lab's truth."""
import csv
import io
import json
import os
import sys
import tempfile

from schema import problems
from tap import Tap, read, run

DEFLUX = sys.argv[1]


def schema_rejects(t, schema, good):
    """The checker itself: a line that is changed for the worse must not pass."""
    for name, value in (('verdict', 'bad'), ('probability', 1.5), ('names', -1), ('first_seen', 'yesterday'),
                        ('lacking', ['humour']), ('domain', ''), ('stranger', 1)):
        t.ok(problems(schema, dict(good, **{name: value})), f'the schema rejects {name} = {value!r}')
    for name in good:
        t.ok(problems(schema, {k: v for k, v in good.items() if k != name}), f'the schema wants {name}')


def check_lines(t, out, schema):
    lines = out.stdout.splitlines()
    found = [json.loads(line) for line in lines]
    wrong = [f'{f.get("domain")}: {p}' for f in found for p in problems(schema, f)]
    t.ok(found and not wrong, f'{len(found)} lines against the schema', '\n'.join(wrong[:20]))
    names = [f['domain'] for f in found]
    t.ok(len(set(names)) == len(names), 'each domain once')
    return found


def check_sums(t, found):
    off = []
    for f in found:
        odds = 10 ** (f['llr_db'] / 10) * f['prior'] / (1 - f['prior'])
        if abs(odds / (1 + odds) - f['probability']) > 0.01:
            off.append(f"{f['domain']}: prior {f['prior']}, {f['llr_db']} dB, probability {f['probability']}")
        if f['first_seen'] > f['last_seen']:
            off.append(f"{f['domain']}: first after last")
    t.ok(not off, 'prior and evidence make the probability', '\n'.join(off[:20]))


def check_truth(t, found, path):
    with open(path, encoding='utf-8') as f:
        truth = {x['domain']: x for x in map(json.loads, f)}
    accused = [f['domain'] for f in found if f['verdict'] == 'fast-flux']
    honest = [d for d in accused if not truth.get(d, {}).get('flux')]
    t.ok(not honest, 'no honest domain is accused', '\n'.join(f'{d}: {truth.get(d)}' for d in honest))
    flux = {d for d, x in truth.items() if x['flux'] and x['lookups'] >= 20 and x['class'] != 'provider'}
    missed = sorted(flux - set(accused))
    t.ok(flux and len(missed) <= len(flux) // 20, f'at least 95 % of {len(flux)} flux domains found', '\n'.join(missed))


def main():
    t = Tap()
    schema = json.loads(read('docs/schema/finding.schema.json'))
    with tempfile.TemporaryDirectory() as to:
        pcap, truth = os.path.join(to, 'lab.pcap'), os.path.join(to, 'truth.jsonl')
        made = run(DEFLUX, 'lab', '--scale', '0.2', '-o', pcap, '--truth', truth)
        if not t.ok(made.returncode == 0, 'a lab capture', made.stderr):
            t.done()
        every = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--all', pcap)
        t.ok(every.returncode == 1 and not every.stderr, 'scan --all: status 1, quiet', every.stderr)
        found = check_lines(t, every, schema)
        if not found:
            t.done()
        schema_rejects(t, schema, found[0])
        check_sums(t, found)
        check_truth(t, found, truth)

        some = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', pcap)
        t.equal([json.loads(x)['domain'] for x in some.stdout.splitlines()],
                [f['domain'] for f in found if f['verdict'] == 'fast-flux'], 'without --all: the findings, same order')
        rows = list(csv.DictReader(io.StringIO(run(DEFLUX, 'scan', '-q', '--format', 'csv', '--all', pcap).stdout)))
        t.equal([r['domain'].lstrip("'") for r in rows], [f['domain'] for f in found], 'CSV holds the same domains')
        risky = [v for r in rows for v in r.values() if v and v[0] in '=+@\t\r']
        t.ok(not risky, 'no CSV value is a formula', risky[:10])
        table = run(DEFLUX, 'scan', '-q', pcap).stdout
        t.ok('\x1b' not in table and found[0]['domain'] in table, 'the table: no colour in a pipe', table[:2000])

        bad = os.path.join(to, 'text')
        with open(bad, 'w', encoding='utf-8') as f:
            f.write('this is no capture\n' * 9)
        both = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', bad, pcap)
        t.ok(both.returncode == 2 and both.stdout == some.stdout, 'status 2 wins, findings are printed', both.stderr)
        t.equal(len(both.stderr.splitlines()), 1, 'one line says what is wrong with the input')
        t.equal(run(DEFLUX, 'scan', '-q', os.path.join(to, 'none.pcap')).returncode, 2, 'a file that is not there')
    t.done()


main()
