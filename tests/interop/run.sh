#!/usr/bin/env bash
# Telethon beside Telewire: the same questions to both about texts and session strings; Telethon against the sandbox, over each
# transport that Telethon has; one session in turns with Telewire; Telewire and Telethon talking to each other; somebody who signs in
# at a terminal; Telethon with a wrong salt and a wrong clock, many at once and away for a while; Telethon sent from one data centre to
# another; Telethon in groups and channels.
#
# usage: run.sh [PART...]           differential, full, abridged, intermediate, obfuscated, protocol, chats, dcs, sessions, crossing, terminal; all by default
# SANDBOX=path/to/telewire-sandbox  runs that binary instead of building one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}/debug

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

build() { cargo build --quiet --manifest-path "$root/Cargo.toml" "$@"; }

venv "$here/.venv" "$here/requirements.txt"
venv "$here/.venv-1.7" "$here/requirements-1.7.txt"
python=$here/.venv/bin/python
older=$here/.venv-1.7/bin/python
if [ -z "${SANDBOX:-}" ]; then
    build -p telewire-sandbox
    SANDBOX=$target/telewire-sandbox
fi

[ $# -gt 0 ] || set -- differential full abridged intermediate obfuscated protocol chats dcs sessions crossing terminal
transports=()
for part in "$@"; do
    case $part in
    differential)
        build -p telewire-tests --bin dialects
        "$python" "$here/differential.py" "$target/dialects" "$older"
        ;;
    protocol) "$python" "$here/telethon_protocol.py" "$SANDBOX" ;;
    chats) "$python" "$here/telethon_chats.py" "$SANDBOX" ;;
    dcs) "$python" "$here/telethon_dcs.py" "$SANDBOX" ;;
    sessions)
        build -p telewire-tests --example telethon_session
        "$python" "$here/telethon_sessions.py" "$SANDBOX" "$target/examples/telethon_session" "$older"
        ;;
    crossing)
        build -p telewire-tests --example peer
        "$python" "$here/crossing.py" "$SANDBOX" "$target/examples/peer"
        ;;
    terminal)
        build -p telewire-tests --example terminal_sign_in
        "$python" "$here/terminal.py" "$target/examples/terminal_sign_in"
        ;;
    *) transports+=("$part") ;;
    esac
done
if [ ${#transports[@]} -gt 0 ]; then
    "$python" "$here/telethon_interop.py" "$SANDBOX" "${transports[@]}"
fi
