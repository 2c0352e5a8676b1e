#!/usr/bin/env bash
# The layout of all C files: -i changes them, --check says which differ.
# usage: scripts/format.sh -i|--check
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1-} in
-i) how=(-i) ;;
--check) how=(--dry-run -Werror) ;;
*) echo "usage: scripts/format.sh -i|--check" >&2; exit 64 ;;
esac
find src bench tests -name '*.[ch]' -print0 2>/dev/null | xargs -0 -r clang-format "${how[@]}"
