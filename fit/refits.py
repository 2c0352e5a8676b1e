"""
The fit again without each mechanism of flux and each honest class in turn, for `python3 -m evaluate --refits`.

    /usr/bin/python3 -m fit.refits DEFLUX FOLDER [--seeds A-B] [--kept FOLDER]

Parameters of what is left out go into the folder, by its name; what is there already stays, so that it can be gone on with.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

from .__main__ import seeds
from .cases import all_made


def arguments():
    p = argparse.ArgumentParser(prog='fit.refits', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('deflux', help='the program')
    p.add_argument('folder', help='where the parameters go')
    p.add_argument('--seeds', default='501-508', help='of the worlds, as 501-508')
    p.add_argument('--kept', default='.fit', help='where cases are kept for a second run')
    return p.parse_args()


def names(args):
    """All that wide worlds have: mechanisms of flux and honest classes. Whatever is fitted to is made on the way, before
    several read it at once."""
    lines = [x for x in all_made(args.deflux, args.kept, seeds(args.seeds)) if x['world'] == 'wide']
    return sorted({x['mechanism'] if x['flux'] else x['class'] for x in lines} - {None})


def refit(args, name):
    out = os.path.join(args.folder, name + '.json')
    if not os.path.exists(out):
        run = subprocess.run([sys.executable, '-m', 'fit', args.deflux, '--seeds', args.seeds, '--kept', args.kept,
                              '--left-out', name, '--out', out], stderr=subprocess.PIPE, encoding='utf-8', check=False,
                             env={**os.environ, 'OMP_NUM_THREADS': '1'})
        if run.returncode != 0:
            sys.exit(f'fit: without {name}: it ended with status {run.returncode} and said:\n{run.stderr}')
    return name


def main():
    args = arguments()
    os.makedirs(args.folder, exist_ok=True)
    every = names(args)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for n, name in enumerate(pool.map(lambda name: refit(args, name), every), 1):
                print(f'fit: {n} of {len(every)}, without {name}', file=sys.stderr, flush=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True) # after a failure no other is begun


if __name__ == '__main__':
    main()
