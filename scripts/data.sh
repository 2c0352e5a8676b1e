#!/usr/bin/env bash
# Fetches a current table of networks for --asn-table: the npm package @ip-location-db/asn, into data/asn/ (which git
# ignores). Nothing is fetched again as long as the registry has no newer one.
set -euo pipefail
cd "$(dirname "$0")/.."
package=@ip-location-db/asn
to=data/asn

command -v npm >/dev/null || {
	echo "data: npm is missing; as root: apt-get install npm" >&2
	exit 1
}

attribution() {
	cat <<'END'
data/asn: network numbers of addresses, from https://github.com/sapics/ip-location-db (npm: @ip-location-db/asn)
  RouteViews data, https://www.routeviews.org, licensed under CC BY 4.0
  IP to ASN Lite by DB-IP, https://db-ip.com, licensed under CC BY 4.0
  statistics of the NRO, https://www.nro.net, licensed under CC BY 4.0
  https://creativecommons.org/licenses/by/4.0/  Keep these lines with what you publish of it.
END
}

use() {
	attribution
	echo "data: to use it: deflux scan --asn-table $to/asn-ipv4.csv,$to/asn-ipv6.csv FILE..."
}

version=$(npm view "$package" version)
if [ -s "$to/VERSION" ] && [ "$(cat "$to/VERSION")" = "$version" ]; then
	echo "data: $package $version is there already"
	use
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
echo "data: fetching $package $version"
# npm compares what it gets with the checksum that the registry states; nothing of the package is run.
npm pack --silent --ignore-scripts --pack-destination "$work" "$package@$version" >"$work/name"
mkdir "$work/new"
tar -xzf "$work/$(tail -n 1 "$work/name")" -C "$work/new" --strip-components=1 --no-same-owner

for f in asn-ipv4.csv asn-ipv6.csv; do
	[ -s "$work/new/$f" ] || { echo "data: $package $version holds no $f" >&2; exit 1; }
done
grep -q '"license":.*CC-BY-4.0' "$work/new/package.json" || {
	echo "data: the licence of $package $version is not CC-BY-4.0 any more; not taken:" >&2
	grep '"license"' "$work/new/package.json" >&2 || true
	exit 1
}

# The archive dates its files 1985; deflux takes the date of a table from its file. The version ends in the hour of
# the data (2.3.2026061719).
if [[ $version =~ \.(20[0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})$ ]]; then
	made="${BASH_REMATCH[1]}-${BASH_REMATCH[2]}-${BASH_REMATCH[3]} ${BASH_REMATCH[4]}:00 UTC"
else
	made=$(npm view "$package" time.modified)
fi
touch -d "$made" "$work/new"/*.csv
rm -f "$work/new"/*-num.csv # the same with addresses as numbers

echo "$version" >"$work/new/VERSION"
attribution >"$work/new/ATTRIBUTION"
mkdir -p data
rm -rf "$to.old"
[ ! -e "$to" ] || mv "$to" "$to.old"
mv "$work/new" "$to"
rm -rf "$to.old"
use
