#!/usr/bin/env bash
# Installs through apt what a target needs and the machine lacks, and says so.
# usage: scripts/setup.sh run|test|check|native
set -euo pipefail

need=() # Debian packages
why=()
want() { need+=("$1"); why+=("  $1: $2"); }

command -v go >/dev/null || { echo "Unmask needs Go 1.26 or newer: https://go.dev/doc/install" >&2; exit 1; }
command -v gcc >/dev/null || command -v cc >/dev/null || { want gcc "the C compiler that cgo needs"; want libc6-dev "its headers"; }

# Not grep -q: it would end before ldconfig does, which pipefail takes for a failure.
library() { ldconfig -p 2>/dev/null | grep "$1" >/dev/null; }
vulkan_driver() {
	[ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && return 0
	compgen -G '/usr/share/vulkan/icd.d/*.json' || compgen -G '/etc/vulkan/icd.d/*.json' || compgen -G '/usr/local/share/vulkan/icd.d/*.json'
}
browser() {
	[ -n "${CHROMIUM:-}" ] && return 0
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || command -v chromium-browser >/dev/null
}
has() { pkg-config --exists "$@" 2>/dev/null; }
# cmd/native draws by ebiten, whose window and sound code is C. Vet and tests compile it, too.
if [ "$(uname -s)" = Linux ] && [ "$1" != run ]; then
	command -v pkg-config >/dev/null || want pkg-config "it tells the compiler where libraries lie"
	has gl || want libgl1-mesa-dev "the headers of OpenGL, for the desktop window"
	has x11 xcursor xi xinerama xrandr xxf86vm || want xorg-dev "the headers of X11, for the desktop window"
	has alsa || want libasound2-dev "the headers of ALSA, for the desktop window"
	[ "$1" = test ] && { command -v Xvfb >/dev/null || want xvfb "the display without a screen that the desktop window is tested in"; }
	[ "$1" = test ] && { library libGLX_mesa.so || want libgl1-mesa-dri "OpenGL without a graphics card, for that test"; }
fi
if [ "$(uname -s)" = Linux ] && [ "$1" != check ]; then
	library libvulkan.so.1 || want libvulkan1 "the Vulkan loader"
	vulkan_driver >/dev/null || want mesa-vulkan-drivers "Vulkan drivers, with lavapipe for machines without a GPU"
	[ "$1" = test ] && { browser || want chromium "the browser that the page is tested in"; }
fi
[ ${#need[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
	printf 'Please install, with the package manager of this system:\n' >&2
	printf '%s\n' "${why[@]}" >&2
	exit 1
fi
echo "Installing through apt:"
printf '%s\n' "${why[@]}"
sudo=""
[ "$(id -u)" -eq 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
if [ "$1" = test ] && ! browser; then
	echo "apt gave no working Chromium (on Ubuntu it is a snap): install Google Chrome, or set CHROMIUM to a browser's path" >&2
	exit 1
fi
