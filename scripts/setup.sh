#!/usr/bin/env bash
# Installs through apt what a target needs and the machine lacks, and says so.
# usage: scripts/setup.sh run|test|check
set -euo pipefail

need=() # Debian packages
why=()
want() { need+=("$1"); why+=("  $1: $2"); }

command -v go >/dev/null || { echo "Unmask needs Go 1.26 or newer: https://go.dev/doc/install" >&2; exit 1; }
command -v gcc >/dev/null || command -v cc >/dev/null || { want gcc "the C compiler that cgo needs"; want libc6-dev "its headers"; }

vulkan_driver() {
	[ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && return 0
	ls /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json /usr/local/share/vulkan/icd.d/*.json >/dev/null 2>&1
}
browser() {
	[ -n "${CHROMIUM:-}" ] && return 0
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || command -v chromium-browser >/dev/null
}
if [ "$(uname -s)" = Linux ] && [ "$1" != check ]; then
	ldconfig -p 2>/dev/null | grep -q libvulkan.so.1 || want libvulkan1 "the Vulkan loader"
	vulkan_driver || want mesa-vulkan-drivers "Vulkan drivers, with lavapipe for machines without a GPU"
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
