#!/usr/bin/env bash
# Installs what debian/control lists and this machine lacks. Second runs install nothing and use no network.
# usage: scripts/install-deps.sh [--dry-run] build|check|deb|bench|data|evaluate|fit
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	echo "usage: scripts/install-deps.sh [--dry-run] build|check|deb|bench|data|evaluate|fit" >&2
	exit 64
}

dry=0
[ "${1-}" = --dry-run ] && { dry=1; shift; }
purpose=${1-}
case $purpose in
build | check | deb | bench | data | evaluate | fit) ;;
*) usage ;;
esac
[ $# -eq 1 ] || usage

# One wanted package a line, alternatives as "a|b", out of the fields of debian/control:
#   Build-Depends without a mark, Depends and Recommends  always
#   <!nocheck>                                            for check
#   <pkg.deflux.NAME>                                     for the purpose NAME
#   debhelper-compat                                      for check and deb: only packaging needs it
wanted() {
	echo build-essential # Debian takes it as given in Build-Depends
	awk -v purpose="$purpose" '
		function take(list,    items, i, n, entry) {
			n = split(list, items, ",")
			for (i = 1; i <= n; i++) {
				entry = items[i]
				if (entry ~ /\$\{/) continue
				if (entry ~ /<!nocheck>/ && purpose != "check") continue
				if (entry ~ /<pkg\.deflux\./ && entry !~ "<pkg\\.deflux\\." purpose ">") continue
				gsub(/<[^>]*>|\([^)]*\)|\[[^]]*\]|[ \t]/, "", entry)
				if (entry == "debhelper-compat") {
					if (purpose != "check" && purpose != "deb") continue
					entry = "debhelper"
				}
				if (entry != "") print entry
			}
		}
		/^#/ { next }
		/^[ \t]/ { if (field) list = list " " $0; next }
		{ if (field) take(list); field = 0; list = "" }
		/^(Build-Depends|Depends|Recommends):/ { field = 1; list = $0; sub(/^[^:]*:/, "", list) }
		END { if (field) take(list) }
	' debian/control
}

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] || grep -qxF -- "$1" <<<"$provided"
}

# What installed packages provide under other names: a Node.js from elsewhere is npm as well, and bars Debian's.
list_provided() {
	dpkg-query -W -f='${db:Status-Status}, ${Provides}\n' | awk -F', *' '
		$1 == "installed" { for (i = 2; i <= NF; i++) { sub(/ .*/, "", $i); if ($i != "") print $i } }'
}

find_missing() {
	local line name have
	missing=()
	provided=$(list_provided)
	while read -r line; do
		have=0
		for name in ${line//|/ }; do
			! installed "$name" || have=1
		done
		[ $have = 1 ] || missing+=("${line%%|*}")
	done < <(wanted)
}

if ! command -v dpkg-query >/dev/null; then
	echo "install-deps: no dpkg here; debian/control lists what deflux needs. Going on without installing." >&2
	exit 0
fi
find_missing
if [ ${#missing[@]} -eq 0 ]; then
	echo "install-deps: everything for '$purpose' is installed"
	exit 0
fi
echo "install-deps: for '$purpose' this will install: ${missing[*]}"
[ $dry = 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "install-deps: not root and no sudo here; as root: apt-get install ${missing[*]}" >&2
		exit 1
	}
	as_root=(sudo)
fi

# While packages are unpacked, no service may start: invoke-rc.d asks this file. A file that is there already is
# put back as it was, also after a run that was killed.
policy=/usr/sbin/policy-rc.d
kept=$policy.before-deflux
restore_policy() {
	if [ -e "$kept" ]; then
		"${as_root[@]}" mv -f "$kept" "$policy"
	elif grep -qs 'install by deflux' "$policy"; then
		"${as_root[@]}" rm -f "$policy"
	fi
}
deny_services() {
	restore_policy
	trap restore_policy EXIT
	[ ! -e "$policy" ] || "${as_root[@]}" mv "$policy" "$kept"
	printf '#!/bin/sh\n# for the time of an install by deflux: nothing starts\nexit 101\n' |
		"${as_root[@]}" tee "$policy" >/dev/null
	"${as_root[@]}" chmod 755 "$policy"
}

# Nor at the next start of the machine: resolvers come for the tests, which run them themselves.
disable_services() {
	local package script
	for package in "${brought[@]}"; do
		while read -r script; do
			"${as_root[@]}" update-rc.d "${script##*/}" disable >/dev/null 2>&1 || true
		done < <(dpkg -L "$package" 2>/dev/null | grep '^/etc/init\.d/.')
		while read -r script; do
			[[ $script != *@* ]] || continue # a pattern for others
			"${as_root[@]}" systemctl disable "${script##*/}" >/dev/null 2>&1 || true
		done < <(dpkg -L "$package" 2>/dev/null | grep '^/\(usr/\)\?lib/systemd/system/[^/]*\.service$')
	done
}

apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}
install_missing() {
	apt install --no-install-recommends "${missing[@]}"
}

trap 'exit 130' INT
trap 'exit 143' TERM
brought=("${missing[@]}")
deny_services
# Package lists may be absent (a fresh image) or old (files gone from the archive): then once more with new ones.
if ! apt install --simulate --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
	apt update
	install_missing
else
	install_missing || { apt update && install_missing; }
fi

disable_services
find_missing
if [ ${#missing[@]} -ne 0 ]; then
	echo "install-deps: still missing: ${missing[*]}" >&2
	exit 1
fi
