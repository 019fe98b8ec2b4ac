#!/bin/sh
# Builds the Jaeger server of the end-to-end tests, once per version of its
# module files and of Go, and prints the path of the binary on standard output.
# The binary is kept outside the checkout: building it takes minutes. With
# --have it fails where the binary is not there.
set -eu
cd "$(dirname "$0")"

# GOFLAGS of the caller (tags, -mod=vendor) mean another module.
export GOFLAGS=-mod=readonly GOWORK=off CGO_ENABLED=0

version=$(sed -n 's|^\tgithub.com/jaegertracing/jaeger v\([0-9.]*\).*|\1|p' go.mod)
key=$( (cat go.mod go.sum; go version) | sha256sum | cut -c1-12)
dir=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/traceview-e2e
bin=$dir/jaeger-$version-$key

if [ ! -x "$bin" ]; then
	[ "${1:-}" != --have ] || exit 1
	mkdir -p "$dir"
	new=$(mktemp "$dir/building.XXXXXX")
	trap 'rm -f "$new"' EXIT
	echo "building Jaeger $version into $bin (4 to 8 minutes on 2 cores, then cached)" >&2
	go build -buildvcs=false -trimpath -ldflags='-s -w' -o "$new" github.com/jaegertracing/jaeger/cmd/jaeger >&2
	chmod 755 "$new"
	mv "$new" "$bin"
	echo "built Jaeger $version" >&2
fi
echo "$bin"
