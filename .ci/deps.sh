#!/usr/bin/env bash
# Installs what building (and, with "test", testing; with "windows", building
# for Windows) needs beside Go: only what is missing, without questions.
# Debian and Ubuntu through apt; elsewhere it lists what is missing.
#
#	.ci/deps.sh build|test|windows...
set -euo pipefail

build=(gcc libc6-dev pkg-config libgl1-mesa-dev libgl1-mesa-dri xorg-dev)
test=(xvfb xauth xdotool openbox imagemagick tesseract-ocr tesseract-ocr-eng tesseract-ocr-rus fonts-dejavu-core desktop-file-utils shared-mime-info xdg-utils libglib2.0-bin chromium gnome-keyring dbus-daemon nginx-light openssl)
# Node.js that is there from elsewhere has an npm of its own.
command -v npm >/dev/null || test+=(nodejs npm)
windows=(gcc-mingw-w64-x86-64)

# The same as commands, to be looked for where there is no apt.
build_cmds=(gcc pkg-config)
test_cmds=(Xvfb xdotool openbox import tesseract desktop-file-validate update-mime-database xdg-mime gio gnome-keyring-daemon dbus-run-session nginx openssl chromium node npm)
windows_cmds=(x86_64-w64-mingw32-gcc)

packages=() cmds=()
for what in "$@"; do
	case $what in
	build) packages+=("${build[@]}") cmds+=("${build_cmds[@]}") ;;
	test) packages+=("${test[@]}") cmds+=("${test_cmds[@]}") ;;
	windows) packages+=("${windows[@]}") cmds+=("${windows_cmds[@]}") ;;
	*)
		echo "deps: unknown set $what; use build, test or windows" >&2
		exit 2
		;;
	esac
done

# check_go says what to do where Go is missing; any Go from 1.21 on fetches the
# version that go.mod asks for.
check_go() {
	if ! command -v go >/dev/null; then
		echo "deps: Go is not installed. Install 1.21 or newer from https://go.dev/dl/ and put its bin folder on PATH." >&2
		exit 1
	fi
}

install_apt() {
	local missing=() p
	for p in "${packages[@]}"; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "== installing ${missing[*]}"
	local sudo=()
	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null; then
			echo "deps: neither root nor sudo here. As root run: apt-get install ${missing[*]}" >&2
			exit 1
		fi
		sudo=(sudo)
	fi
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
	local known=()
	for p in "${missing[@]}"; do
		# Ubuntu has Chromium as a snap only, which tests cannot start.
		if [ "$p" != chromium ] || apt-cache show chromium >/dev/null 2>&1; then known+=("$p"); fi
	done
	[ ${#known[@]} -gt 0 ] || return 0
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${known[@]}" </dev/null
}

list_others() {
	local missing=() c
	for c in "${cmds[@]}"; do
		command -v "$c" >/dev/null || missing+=("$c")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	cat >&2 <<-END
		deps: this system has no apt; these commands are missing: ${missing[*]}
		Needed to build: a C compiler, pkg-config, and the headers of OpenGL and X11.
		  Fedora  dnf install gcc pkgconf-pkg-config libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel mesa-libGL-devel
		  Arch    pacman -S gcc pkgconf xorg-server-devel libxcursor libxrandr libxinerama libxi libxxf86vm mesa
		  macOS   xcode-select --install
		Needed to test as well: Xvfb, xdotool, openbox, ImageMagick, gnome-keyring, dbus, nginx, OpenSSL, tesseract with English and Russian, Chromium, Node.js with npm.
		Going on: what needs them fails or is skipped.
	END
}

check_go
if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
	install_apt
else
	list_others
fi
