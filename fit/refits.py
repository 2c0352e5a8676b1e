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
from .cases import made


def arguments():
    p = argparse.ArgumentParser(prog='fit.refits', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('deflux', help='the program')
    p.add_argument('folder', help='where the parameters go')
    p.add_argument('--seeds', default='501-508', help='of the worlds, as 501-508')
    p.add_argument('--kept', default='.fit', help='where cases are kept for a second run')
    return p.parse_args()


def names(args):
    """All that the worlds have: mechanisms of flux and honest classes."""
    lines = [x for seed in seeds(args.seeds) for x in made(args.deflux, args.kept, 'wide', seed)]
    return sorted({x['mechanism'] if x['flux'] else x['class'] for x in lines} - {None})


def refit(args, name):
    out = os.path.join(args.folder, name + '.json')
    if not os.path.exists(out):
        subprocess.run([sys.executable, '-m', 'fit', args.deflux, '--seeds', args.seeds, '--kept', args.kept,
                        '--left-out', name, '--out', out], stderr=subprocess.DEVNULL, check=True,
                       env={**os.environ, 'OMP_NUM_THREADS': '1'})
    return name


def main():
    args = arguments()
    os.makedirs(args.folder, exist_ok=True)
    every = names(args)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for n, name in enumerate(pool.map(lambda name: refit(args, name), every), 1):
            print(f'fit: {n} of {len(every)}, without {name}', file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
