"""`deflux judge --parameters` prints what --parameters of the other verbs reads; what is changed there changes verdicts."""
import json
import os
import tempfile

from scans import DEFLUX, accused, findings, lab, lines, write
from tap import Tap, run

WRONG = [ # a file of parameters, and what is said of it
    ('{\n "accuse_db": 40,\n}', 'wrong.json:3: '),
    ('', 'wrong.json:1: '),
    ('[1]', 'wrong.json: no JSON object of parameters'),
    ('{"accuse": 40}', 'wrong.json: there is no parameter accuse; `deflux judge --parameters` lists them'),
    ('{"accuse_db": "40"}', 'wrong.json: accuse_db wants a number'),
    ('{"accuse_db": {"values": 40}}', 'wrong.json: accuse_db wants a number'),
    ('{"accuse_db": 40, "accuse_db": 41}', 'wrong.json:1: '),
    ('{"accuse_db": 1001}', 'wrong.json: accuse_db is from 0 to 1000, not 1001'),
    ('{"homes_least": 2.5}', 'wrong.json: homes_least is a whole number, not 2.5'),
    ('{"feature.ttl.used": 1}', 'wrong.json: feature.ttl.used wants true or false'),
    ('{"class.unknown.kind.consumer": 0.25}', 'wrong.json: the parts of class.unknown.kind add up to 0.9, not to 1'),
    (json.dumps({f'class.{x}.weight': 0 for x in ('flux', 'flux-homes', 'flux-mixed', 'flux-double', 'flux-double-homes',
                                                  'flux-ns', 'flux-ns-homes')}),
     'wrong.json: the classes of flux have no weight'),
]


def printed(t):
    out = run(DEFLUX, 'judge', '--parameters', '--format', 'json')
    table = json.loads(out.stdout)
    t.ok(out.returncode == 0 and not out.stderr and len(table) > 400, 'judge --parameters --format json', len(table))
    lacking = [n for n, p in table.items() if not all(p.get(k) not in (None, '') for k in
                                                      ('value', 'unit', 'meaning', 'source'))]
    t.ok(not lacking, 'each has a value, a unit, a meaning and a source', lacking)
    beyond = [n for n, p in table.items() if 'least' in p and not p['least'] <= p['value'] <= p['most']]
    t.ok(not beyond and table['accuse_db']['value'] == 50, 'each is within its limits', beyond)
    text = run(DEFLUX, 'judge', '--parameters').stdout.splitlines()
    t.equal([line.split()[0] for line in text[1:]], list(table), 'the table has the same, in the same order')
    return out.stdout


def of_file(folder, values):
    return write(folder, 'mine.json', json.dumps(values))


def judged(t, folder, whole):
    capture = lab(os.path.join(folder, 'wide'), '--world', 'wide', '--scale', '0.4', '--hours', '12', '--seed', '5',
                  '--format', 'dnstap')
    own = lines(capture)
    found = findings(capture)
    t.ok(len(accused(found)) > 10, 'a capture with flux', len(accused(found)))
    t.ok(lines('--parameters', write(folder, 'whole.json', whole), capture) == own, 'all values given: the same')
    t.ok(lines('--parameters', of_file(folder, {}), capture) == own, 'none given: the same')
    other = findings('--parameters', of_file(folder, {'accuse_db': 1000}), capture)
    t.ok(not accused(other) and any(f['verdict'] == 'undecided' for f in other.values()), 'nobody reaches 1000 dB')
    left_out = {'class.cdn.weight': 0, 'class.isp-caches.weight': 0} # what both are printed as
    other = findings('--parameters', of_file(folder, left_out), capture)
    t.ok({'cdn'} <= {f['class'] for f in found.values()} and 'cdn' not in {f['class'] for f in other.values()},
         'a class without weight is not named')
    other = findings('--parameters', of_file(folder, {'feature.ttl.used': False}), capture)
    told = {e['feature'] for f in other.values() for e in f['evidence']}
    t.ok('ttl' not in told and 'size' in told, 'a feature that is not used is no evidence', told)
    t.ok(any(e['feature'] == 'shared' and e['weight'] > 5 for f in found.values() for e in f['evidence']),
         'some share members with accused domains')
    other = findings('--parameters', of_file(folder, {'marks_over_db': 1000}), capture)
    told = {e['feature'] for f in other.values() for e in f['evidence']}
    t.ok('shared' not in told and accused(other), 'where no accusation is sure enough to mark its members, none share any', told)
    return capture


def bounded(t, folder, capture):
    """What is left out before it is judged would not have been accused."""
    for values in ({'class.unknown.weight': 0}, {'accuse_db': 20, 'doubt_db': 10},
                   {'homes_least': 0, 'accuse_db': 15, 'doubt_db': 15},
                   {'class.flux.ttl_sd': 0.1, 'class.flux.size_mean': 2, 'class.flux.size_sd': 0.1, 'accuse_db': 30}):
        path = of_file(folder, values)
        out = run(DEFLUX, 'scan', '-q', '--format', 'jsonl', '--parameters', path, capture)
        few = {json.loads(line)['domain'] for line in out.stdout.splitlines()}
        every = accused(findings('--parameters', path, capture))
        t.ok(few == every and every, f'none is missed with {values}', f'{len(few)} of {len(every)}')


def wrong(t, folder):
    for text, says in WRONG:
        path = write(folder, 'wrong.json', text)
        out = run(DEFLUX, 'scan', '--parameters', path, '-')
        t.ok(out.returncode == 2 and says in out.stderr and out.stderr.count('\n') == 1 and not out.stdout,
             f'{text!r} is status 2 and one line', f'status {out.returncode}\n{out.stderr}')
    out = run(DEFLUX, 'networks', '--parameters', os.path.join(folder, 'none'), '-')
    t.ok(out.returncode == 2 and 'No such file' in out.stderr, 'a file that is not there', out.stderr)


def told(t, folder, capture):
    path = of_file(folder, {})
    says = f'Judged by the parameters in {path}'
    for line in (['scan'], ['networks'], ['explain', 'example.com']):
        out = run(DEFLUX, *line, '--parameters', path, capture)
        t.ok(says in ' '.join((out.stdout + out.stderr).split()), f'{line[0]} says whose verdicts these are not',
             out.stdout + out.stderr)
    t.ok(says not in run(DEFLUX, 'scan', capture).stdout, 'scan says nothing of it without')


def main():
    t = Tap()
    with tempfile.TemporaryDirectory(prefix='p') as folder:
        whole = printed(t)
        capture = judged(t, folder, whole)
        bounded(t, folder, capture)
        told(t, folder, capture)
        wrong(t, folder)
        out = run(DEFLUX, 'judge', '--parameters', '-o', os.path.join(folder, 'out'))
        t.ok(out.returncode == 0 and not out.stdout and os.path.getsize(os.path.join(folder, 'out')) > 1000,
             'judge -o FILE')
    t.done()


main()
