#!/bin/sh
# Tests and builds the collector, once per version of its sources and of Go, and prints the
# path of the binary on standard output. The binary is kept outside the checkout.
# Its modules have the versions of Jaeger's (e2e/jaeger), so that what was
# compiled for one serves the other.
set -eu
cd "$(dirname "$0")"

# GOFLAGS of the caller (tags, -mod=vendor) mean another module.
export GOFLAGS=-mod=readonly GOWORK=off CGO_ENABLED=0

key=$( (find . -name '*.go' -o -name 'go.*' | sort | xargs cat; go version) | sha256sum | cut -c1-12)
dir=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/traceview-e2e
bin=$dir/collector-$key

if [ ! -x "$bin" ]; then
	mkdir -p "$dir"
	new=$(mktemp "$dir/building.XXXXXX")
	trap 'rm -f "$new"' EXIT
	echo "building the collector into $bin (some minutes, then cached)" >&2
	# -trimpath for both: without it everything would be compiled twice.
	go test -buildvcs=false -trimpath ./... >&2
	go build -buildvcs=false -trimpath -ldflags='-s -w' -o "$new" . >&2
	chmod 755 "$new"
	mv "$new" "$bin"
	echo "built the collector" >&2
fi
echo "$bin"
