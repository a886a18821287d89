#!/usr/bin/env bash
# Telethon against the sandbox, over each transport that Telethon has.
#
# usage: run.sh [TRANSPORT...]      full, abridged, intermediate, obfuscated; all of them by default
# SANDBOX=path/to/telewire-sandbox  runs that binary instead of building one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$here/.venv

if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
fi

if [ -z "${SANDBOX:-}" ]; then
    cargo build --quiet --manifest-path "$root/Cargo.toml" -p telewire-sandbox
    SANDBOX=${CARGO_TARGET_DIR:-$root/target}/debug/telewire-sandbox
fi

exec "$venv/bin/python" "$here/telethon_interop.py" "$SANDBOX" "$@"
