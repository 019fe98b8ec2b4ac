#!/bin/sh
# Installs what package-lock.json names, once per version of it, and prints the
# folder on standard output. It is kept outside the checkout.
set -eu
cd "$(dirname "$0")"

key=$( (cat package.json package-lock.json; node --version) | sha256sum | cut -c1-12)
dir=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/traceview-e2e/browser-$key

if [ ! -e "$dir/node_modules" ]; then
	mkdir -p "$(dirname "$dir")"
	new=$(mktemp -d "$dir.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cp package.json package-lock.json "$new"
	(cd "$new" && npm ci --ignore-scripts --no-audit --no-fund >&2)
	[ -e "$dir/node_modules" ] || { rm -rf "$dir"; mv "$new" "$dir"; }
fi
echo "$dir/node_modules"
