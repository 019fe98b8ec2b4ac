#!/bin/sh
# Installs traceview for a desktop as freedesktop.org has it, or takes it away
# again: the program, its entry in the menu, the type of its files, links that
# begin with traceview://, and its icons.
#
#	assets/linux/install.sh install BINARY | uninstall
#
# PREFIX (~/.local) is where it will be used, /usr/local for all users. DESTDIR is
# put before it while a package is made, and nothing outside is touched then.
set -eu

prefix=${PREFIX:-$HOME/.local}
case $prefix in
/*) ;;
*) echo "install: PREFIX must be a whole path, not $prefix" >&2; exit 2 ;;
esac
bin=$prefix/bin/traceview
share=${DESTDIR:-}$prefix/share
here=$(dirname "$0")
id=io.github.traceview
type=application/vnd.traceview+zip

# put MODE FROM TO: a file appears whole, also over a program that runs.
put() {
	mkdir -p "$(dirname "$3")"
	cp "$2" "$3.new"
	chmod "$1" "$3.new"
	mv -f "$3.new" "$3"
}

# entry writes the menu entry with the path of the program, quoted as its
# specification wants; a % would be a field there.
entry() {
	quoted=$(printf '%s' "$bin" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
	case $bin in
	*[!A-Za-z0-9/._-]*) quoted="\"$quoted\"" ;;
	esac
	replacement=$(printf '%s' "$quoted" | sed 's/[\\&|]/\\&/g')
	sed "s|@BIN@|$replacement|" "$here/$id.desktop"
}

# refresh tells the desktop, as far as there is one.
refresh() {
	if command -v update-mime-database >/dev/null; then update-mime-database "$share/mime"; fi
	if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications"; fi
	if command -v gtk-update-icon-cache >/dev/null && [ -f "$share/icons/hicolor/index.theme" ]; then
		gtk-update-icon-cache -q "$share/icons/hicolor"
	fi
}

case ${1:-} in
install)
	put 755 "$2" "${DESTDIR:-}$bin"
	tmp=$(mktemp)
	trap 'rm -f "$tmp"' EXIT
	entry >"$tmp"
	put 644 "$tmp" "$share/applications/$id.desktop"
	put 644 "$here/$id.xml" "$share/mime/packages/$id.xml"
	put 644 "$here/../icon.svg" "$share/icons/hicolor/scalable/apps/$id.svg"
	put 644 "$here/../icon.png" "$share/icons/hicolor/256x256/apps/$id.png"
	if [ -z "${DESTDIR:-}" ]; then
		refresh
		# Where the lines above told the desktop, or somebody chose otherwise, this has been said.
		if command -v xdg-mime >/dev/null && [ -z "$(xdg-mime query default x-scheme-handler/traceview)" ]; then
			xdg-mime default "$id.desktop" x-scheme-handler/traceview "$type"
		fi
	fi
	echo "installed ${DESTDIR:-}$bin"
	case :$PATH: in
	*:"$prefix/bin":*) ;;
	*) echo "note: $prefix/bin is not on PATH; the menu and double clicks find traceview all the same" ;;
	esac
	;;
uninstall)
	rm -f "${DESTDIR:-}$bin" "$share/applications/$id.desktop" "$share/mime/packages/$id.xml" \
		"$share/icons/hicolor/scalable/apps/$id.svg" "$share/icons/hicolor/256x256/apps/$id.png"
	if [ -z "${DESTDIR:-}" ]; then
		refresh
		list=${XDG_CONFIG_HOME:-$HOME/.config}/mimeapps.list
		if [ -f "$list" ]; then # what install wrote there, and no more
			sed -i "\\#^\\(x-scheme-handler/traceview\\|$type\\)=$id\\.desktop;\\{0,1\\}\$#d" "$list"
		fi
	fi
	echo "removed ${DESTDIR:-}$bin; settings and library are left"
	;;
*)
	echo "usage: $0 install BINARY | uninstall" >&2
	exit 2
	;;
esac
