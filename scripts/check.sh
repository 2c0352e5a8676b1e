#!/usr/bin/env bash
# Every test there is, stage by stage; the last line says how many passed, failed and were skipped.
# usage: scripts/check.sh [STAGE...]     default: gcc clang asan tsan fuzz mutants readme deb
# FUZZ_SECONDS (10): how long each fuzzer looks for new inputs after its kept ones.
set -uo pipefail
cd "$(dirname "$0")/.."
all=(gcc clang asan tsan fuzz mutants readme deb)
stages=("$@")
[ $# -gt 0 ] || stages=("${all[@]}")

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
: >"$tmp/counts" # lines "passed failed skipped"
: >"$tmp/notes"  # what failed or was skipped, and why

export ASAN_OPTIONS=halt_on_error=1:abort_on_error=1:detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
still=() # sanitizers want their addresses where they expect them; some kernels scatter them too far
! setarch -R true 2>/dev/null || still=(setarch -R)

# tried NAME COMMAND...: one test of its own; its output is shown when it fails.
tried() {
	local name=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then
		echo "1 0 0" >>"$tmp/counts"
		echo "  ok      $name"
	else
		echo "0 1 0" >>"$tmp/counts"
		echo "failed: $name" >>"$tmp/notes"
		tail -n 60 "$tmp/out"
		echo "  FAILED  $name"
		return 1
	fi
}

# tests FOLDER SUITE...: meson's tests, counted one by one out of its log.
tests() {
	local folder=$1 suites=()
	shift
	for suite in "$@"; do suites+=(--suite "$suite"); done
	rm -f "$folder"/meson-logs/testlog.json
	"${still[@]}" meson test -C "$folder" "${suites[@]}" >"$tmp/out" 2>&1
	local status=$?
	grep -E '^ *[0-9]+/[0-9]+ ' "$tmp/out" | sort -u -t/ -k1,1n | sed 's/^/  /'
	[ -f "$folder"/meson-logs/testlog.json ] || tail -n 60 "$tmp/out"
	python3 tests/tally.py "$folder" "$status" "$tmp"
}

stage_gcc() {
	CC=gcc tried "gcc, all warnings" scripts/build.sh build -Dtests=enabled && tests build
}

stage_clang() {
	CC=clang tried "clang, all warnings" scripts/build.sh build-clang -Dtests=enabled -Dbuildtype=debugoptimized -Db_lto=false &&
		tried "clang, the tests" ninja -C build-clang meson-test-prereq
}

sanitized() { # FOLDER SANITIZERS
	CC=clang scripts/build.sh "$1" -Dtests=enabled -Dbuildtype=debugoptimized -Db_lto=false -Db_sanitize="$2" -Db_lundef=false \
		-Dc_args='-fno-sanitize-recover=all -fno-omit-frame-pointer' "${@:3}"
}

stage_asan() {
	tried "build with ASan and UBSan" sanitized build-asan address,undefined && tests build-asan unit e2e
}

stage_tsan() {
	tried "build with TSan" sanitized build-tsan thread && tests build-tsan unit threads
}

fuzz_one() { # PROGRAM: its kept corpus, then new inputs for a while; all output to a log
	local name corpus work=$2
	name=$(basename "$1" _fuzz)
	corpus=tests/corpus/$name
	mkdir -p "$work/$name.new"
	{
		if [ -z "$(ls -A "$corpus" 2>/dev/null)" ]; then
			echo "no kept corpus in $corpus"
			false
		else
			"${still[@]}" "$1" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$work/$name-" -runs=0 "$corpus" &&
				"${still[@]}" "$1" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$work/$name-" \
					-max_total_time="${FUZZ_SECONDS:-10}" "$work/$name.new" "$corpus"
		fi
	} >"$work/$name.log" 2>&1
	echo $? >"$work/$name.status"
}

stage_fuzz() {
	tried "build the fuzzers" fuzz_build || return
	local work=$tmp/fuzz f name
	mkdir -p "$work"
	for f in build-fuzz/src/*_fuzz; do
		while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
		fuzz_one "$f" "$work" &
	done
	wait
	for f in build-fuzz/src/*_fuzz; do
		name=$(basename "$f" _fuzz)
		tried "fuzz $name: $(grep -Eo 'Done [0-9]+ runs' "$work/$name.log" | tail -n 1)" fuzz_result "$work/$name" ||
			cp "$work/$name"-* build-fuzz/ 2>/dev/null
	done
}

fuzz_build() {
	TARGETS='src/[a-z0-9_]*_fuzz' sanitized build-fuzz address,undefined -Dfuzz=true || return
	[ -n "$(ls build-fuzz/src/*_fuzz 2>/dev/null)" ]
}

fuzz_result() {
	cat "$1.log"
	[ "$(cat "$1.status")" = 0 ]
}

stage_mutants() {
	python3 tests/mutants.py 2>&1 | tee "$tmp/mutants.out" | sed 's/^/  /'
	python3 tests/tally.py --tap mutants "$tmp/mutants.out" "$tmp"
}

stage_readme() {
	python3 tests/readme.py 2>&1 | tee "$tmp/readme.out" | grep -E '^(ok|not ok|#)' | sed 's/^/  /'
	python3 tests/tally.py --tap README "$tmp/readme.out" "$tmp"
}

stage_deb() {
	tried "make deb" scripts/deb.sh && tried "what the package holds" package_holds
}

package_holds() {
	dpkg-deb -c build-deb/deflux_*.deb >"$tmp/held"
	cat "$tmp/held"
	local f
	for f in bin/deflux share/man/man1/deflux-scan.1.gz share/man/man5/deflux-output.5.gz \
		share/bash-completion/completions/deflux share/zsh/vendor-completions/_deflux \
		share/fish/vendor_completions.d/deflux.fish share/deflux/finding.schema.json; do
		grep -q " ./usr/$f\$" "$tmp/held" || { echo "not in the package: /usr/$f"; return 1; }
	done
}

for stage in "${stages[@]}"; do
	case " ${all[*]} " in
	*" $stage "*) ;;
	*) echo "check: no stage '$stage'; there are: ${all[*]}" >&2; exit 64 ;;
	esac
done
SECONDS=0
for stage in "${stages[@]}"; do
	began=$SECONDS
	echo "== $stage"
	"stage_$stage"
	echo "== $stage: $((SECONDS - began)) s"
done
echo
sort "$tmp/notes" | uniq -c | awk '{n = $1; $1 = ""; print " " $0 (n > 1 ? " (" n " times)" : "")}'
echo "check: $SECONDS s"
awk '{p += $1; f += $2; s += $3} END {printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0}' "$tmp/counts"
