#!/bin/sh
# Installs the locked packages into .venv: `tools/install.sh run` or `tools/install.sh dev`.
# Needs python3 (3.11 or later) with venv, or with pip, or root to install Debian's python3-venv.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

# uv brings certificates of its own; a machine behind an inspecting proxy has more in Debian's file.
if [ -z "${SSL_CERT_FILE:-}" ] && [ -r /etc/ssl/certs/ca-certificates.crt ]; then
    export SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
fi

say() { printf '%s\n' "$*" >&2; }

command -v "$python" >/dev/null || { say "Kedja needs Python 3.11 or later: install Debian's python3."; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Kedja needs Python 3.11 or later, but $python is $("$python" --version): set PYTHON to a later one."; exit 1; }

make_venv() {
    "$python" -c 'import ensurepip' 2>/dev/null && "$python" -m venv .venv && return
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip .venv && return
    fi
    say "Installing Debian's python3-venv"
    { [ "$(id -u)" = 0 ] && apt-get install -y -q python3-venv >&2 2>/dev/null; } ||
        { [ "$(id -u)" = 0 ] && apt-get update -q >&2 && apt-get install -y -q python3-venv >&2; } ||
        { sudo -n apt-get update -q >&2 2>/dev/null && sudo -n apt-get install -y -q python3-venv >&2; } ||
        { say "This python3 cannot make virtual environments: install Debian's python3-venv, then try again."; return 1; }
    "$python" -m venv .venv
}

[ -x .venv/bin/python ] || { rm -rf .venv; make_venv; } || { rm -rf .venv; exit 1; }
if ! .venv/bin/python -c 'import uv' 2>/dev/null; then
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
    else
        "$python" -m pip --python .venv/bin/python install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
    fi
fi
case $1 in run) lock=requirements.lock ;; *) lock=requirements-dev.lock ;; esac
.venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r "$lock"
.venv/bin/uv pip install -q --python .venv/bin/python --no-deps -e .
