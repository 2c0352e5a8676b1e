#!/usr/bin/env bash
# Builds into a folder, configuring it only when needed; installs nothing.
# usage: [TARGETS=PATTERN] scripts/build.sh FOLDER [MESON-SETUP-OPTION...]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
shift
for tool in meson ninja; do
	command -v "$tool" >/dev/null || {
		echo "build: $tool is missing; 'make demo' installs what is needed, debian/control lists it" >&2
		exit 1
	}
done
if [ -f "$folder/build.ninja" ]; then
	[ $# -eq 0 ] || meson configure "$folder" "$@"
else
	meson setup "$folder" "$@"
fi
# TARGETS: only what of ninja's targets this pattern takes
# shellcheck disable=SC2086
targets=
[ -z "${TARGETS-}" ] || targets=$(ninja -C "$folder" -t targets all | sed -n "s,^\($TARGETS\):.*,\1,p")
ninja -C "$folder" --quiet $targets
