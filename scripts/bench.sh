#!/usr/bin/env bash
# Measures `deflux scan` beside a bare libpcap loop, dnscap, dnstop and tshark, on captures made here (in .bench/).
# usage: scripts/bench.sh BUILD-FOLDER     BENCH_MESSAGES (5000000) and BENCH_ROUNDS (5) in the environment
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
count=${BENCH_MESSAGES:-5000000}
ninja -C "$build" --quiet bench/bench-generate bench/bench-bare
mkdir -p .bench
for kind in usual hostile; do
	for n in "$count" $((count / 50)); do
		file=.bench/$kind-$n.pcap
		[ -s "$file" ] && [ ! "$build/bench/bench-generate" -nt "$file" ] && continue
		echo "bench: making $file"
		"$build/bench/bench-generate" "$kind" "$n" 1 >"$file.part"
		mv "$file.part" "$file"
	done
done
exec python3 bench/measure.py "$build" .bench "$count" "${BENCH_ROUNDS:-5}"
