#!/usr/bin/env bash
# Copies the sources, and nothing that was built, to a folder: as a fresh clone with today's changes.
# usage: scripts/copy-tree.sh FOLDER
set -euo pipefail
to=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do
		[ ! -e "$f" ] || printf '%s\0' "$f"
	done
else
	find . \( -path './build*' -o -path ./.demo -o -path ./data \) -prune -o -type f -print0
fi | tar -c --null -T - | tar -x -C "$to"
