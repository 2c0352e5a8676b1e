#!/usr/bin/env bash
# Measures how good the verdicts of deflux and of published methods are; the report goes to .evaluate/.
# usage: scripts/evaluate.sh BUILD-FOLDER [OPTION]...     options: python3 -m evaluate --help
# EVALUATE_QUICK=1 takes two small worlds, to try it; DEFLUX_DATA names the folder of recorded traffic
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
shift
refits=.fit/left-out # what `make refits` made
if [ -d "$refits" ]; then set -- --refits "$refits" "$@"; fi
exec python3 -m evaluate "$build/deflux" "$@"
