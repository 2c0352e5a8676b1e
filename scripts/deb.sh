#!/usr/bin/env bash
# A Debian package from a copy of the tree, in build-deb/; `make check` is where tests run.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf build-deb
mkdir -p build-deb/deflux
scripts/copy-tree.sh build-deb/deflux
(
	cd build-deb/deflux
	DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-} nocheck" DEB_BUILD_PROFILES="${DEB_BUILD_PROFILES-} nocheck" \
		dpkg-buildpackage -us -uc -b >../build.log 2>&1
) || {
	tail -n 40 build-deb/build.log >&2
	echo "deb: failed; the whole log is build-deb/build.log" >&2
	exit 1
}
ls build-deb/*.deb
