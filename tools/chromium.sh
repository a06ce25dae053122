#!/bin/sh
# Installs Debian's Chromium for the browser tests where it is missing and may be installed; they skip without it.
command -v chromium >/dev/null && exit 0
command -v apt-get >/dev/null || exit 0
if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else
    echo "Chromium is missing and may not be installed by this user: the browser tests are skipped." >&2
    exit 0
fi
echo "Installing Debian's Chromium for the browser tests"
install() { DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends chromium fonts-liberation; }
install >/dev/null 2>&1 || { $as_root apt-get update -q >/dev/null 2>&1 && install >/dev/null 2>&1; } ||
    echo "Chromium could not be installed: the browser tests are skipped." >&2
exit 0
