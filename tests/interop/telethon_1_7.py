"""Telethon 1.7.7's half of telethon_sessions.py: its own session classes, in a Python of their own.

usage: telethon_1_7.py fill FILE   makes a session file out of the JSON on standard input
       telethon_1_7.py look FILE   says what it finds in one
"""

import datetime
import json
import sys

from telethon import __version__, utils
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession, StringSession
from telethon.tl import types

assert __version__ == "1.7.7", __version__


def user(facts):
    return types.User(
        facts["id"],
        access_hash=facts["hash"],
        first_name=facts["name"],
        username=facts["username"],
        phone=facts["phone"],
    )


def fill(path, facts):
    session = SQLiteSession(path)
    session.set_dc(facts["dc"], facts["host"], facts["port"])
    session.auth_key = AuthKey(bytes.fromhex(facts["key"]))
    session.takeout_id = facts["takeout"]
    session.process_entities([user(facts["user"])])
    session.cache_file(b"\x01" * 16, 17, types.InputDocument(5, 6, b""))
    date = datetime.datetime.fromtimestamp(facts["state"]["date"], tz=datetime.timezone.utc)
    state = types.updates.State(facts["state"]["pts"], facts["state"]["qts"], date, facts["state"]["seq"], 0)
    session.set_update_state(0, state)
    session.save()
    session.close()
    # As a string, too: any session can be saved as one.
    session = SQLiteSession(path)
    string = StringSession.save(session)
    session.close()
    return {"string": string}


def look(path, asked):
    session = SQLiteSession(path)
    try:
        found = {}
        for key in asked["keys"]:
            peer = session.get_input_entity(key)
            found[str(key)] = [utils.get_peer_id(peer), getattr(peer, "access_hash", 0)]
        # Its get_file fails on its own InputDocument, which has no default for the file reference.
        file = session._execute("select id, hash from sent_files where md5_digest = ? and type = 0", b"\x01" * 16)
        state = session.get_update_state(0)
        return {
            "dc": session.dc_id,
            "host": session.server_address,
            "port": session.port,
            "key": session.auth_key.key.hex(),
            "takeout": session.takeout_id,
            "found": found,
            "file": list(file),
            "pts": state.pts,
            "string": StringSession.save(session),
            "version": session._execute("select version from version")[0],
        }
    finally:
        session.close()


if __name__ == "__main__":
    action, path = sys.argv[1:]
    print(json.dumps({"fill": fill, "look": look}[action](path, json.load(sys.stdin))))
