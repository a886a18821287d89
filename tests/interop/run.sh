#!/usr/bin/env bash
# Telethon against the sandbox, over each transport that Telethon has; then one session in turns with Telewire.
#
# usage: run.sh [TRANSPORT...]      full, abridged, intermediate, obfuscated; all of them by default
# SANDBOX=path/to/telewire-sandbox  runs that binary instead of building one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

# A Python with what that file lists.
venv() {
    local venv=$1 requirements=$2
    if ! cmp -s "$requirements" "$venv/installed.txt"; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
        cp "$requirements" "$venv/installed.txt"
    fi
}

venv "$here/.venv" "$here/requirements.txt"
venv "$here/.venv-1.7" "$here/requirements-1.7.txt"

target=${CARGO_TARGET_DIR:-$root/target}/debug
if [ -z "${SANDBOX:-}" ]; then
    cargo build --quiet --manifest-path "$root/Cargo.toml" -p telewire-sandbox
    SANDBOX=$target/telewire-sandbox
fi
cargo build --quiet --manifest-path "$root/Cargo.toml" -p telewire-tests --example telethon_session

python=$here/.venv/bin/python
"$python" "$here/telethon_interop.py" "$SANDBOX" "$@"
"$python" "$here/telethon_sessions.py" "$SANDBOX" "$target/examples/telethon_session" "$here/.venv-1.7/bin/python"
