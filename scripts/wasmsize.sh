#!/usr/bin/env bash
# Prints what the two browser programs weigh gzipped and fails over the limits.
set -euo pipefail
status=0
check() { # file, limit in bytes
	size=$(gzip -9c "$1" | wc -c)
	awk -v f="$1" -v s="$size" -v l="$2" 'BEGIN { printf "%-16s %.2f MB gzipped (at most %.1f)\n", f, s/1e6, l/1e6 }'
	[ "$size" -le "$2" ] || status=1
}
check bin/page.wasm 4500000
check bin/engine.wasm 2500000
exit $status
