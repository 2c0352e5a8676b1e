#!/usr/bin/env bash
# A capture whose truth is known, scanned. Findings (exit status 1 of scan) are what the demo is for.
# usage: scripts/demo.sh DEFLUX
set -euo pipefail
cd "$(dirname "$0")/.."
deflux=${1:-build/deflux}

mkdir -p .demo
if [ ! -s .demo/truth.jsonl ] || [ "$deflux" -nt .demo/truth.jsonl ]; then
	echo "demo: making a day of DNS with fast flux and honest look-alikes in it: .demo/lab.pcap"
	"$deflux" lab -o .demo/lab.pcap --truth .demo/truth.jsonl
fi
echo "demo: $deflux scan .demo/lab.pcap"
echo
status=0
"$deflux" scan .demo/lab.pcap || status=$?
if [ "$status" -gt 1 ]; then
	echo "demo: scan ended with status $status" >&2
	exit "$status"
fi

worst=$("$deflux" scan -q --format jsonl --top 1 .demo/lab.pcap | sed -n 's/.*"domain": *"\([^"]*\)".*/\1/p' | head -n 1) || true
cat <<EOF

What to try next:
  $deflux explain ${worst:-NAME} .demo/lab.pcap        why it is, or is not, fast flux
  $deflux scan --format jsonl --all .demo/lab.pcap     every domain as JSON; .demo/truth.jsonl says what is true
  $deflux scan YOUR-CAPTURE                            your own: pcap, pcapng, dnstap, Zeek, EVE, passive DNS
  sudo tcpdump -i any -w - port 53 | $deflux scan -    what passes now; Ctrl-C ends it and prints the result
EOF
