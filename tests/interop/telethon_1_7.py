"""Telethon 1.7.7's half of telethon_sessions.py: its own session classes, in a Python of their own.

usage: telethon_1_7.py fill FILE   makes a session file out of the JSON on standard input
       telethon_1_7.py look FILE   says what it finds in one
       telethon_1_7.py connect FILE  makes one by connecting to the sandbox, whose line of JSON is on standard input
"""

import asyncio
import datetime
import functools
import json
import sys

from telethon import TelegramClient, __version__, errors, utils
from telethon.crypto import AuthKey, rsa
from telethon.sessions import SQLiteSession, StringSession
from telethon.tl import types

assert __version__ == "1.7.7", __version__


def for_newer_pythons():
    """Python 3.10 took the argument `loop` away, which this Telethon passes everywhere."""

    def without_loop(function):
        @functools.wraps(function, updated=())
        def call(*args, loop=None, **kwargs):
            return function(*args, **kwargs)

        return call

    for name in ("Event", "Lock", "Queue"):
        cls = getattr(asyncio, name)
        setattr(asyncio, name, type(name, (cls,), {"__init__": without_loop(cls.__init__)}))
    for name in ("wait", "wait_for", "sleep", "gather", "open_connection"):
        setattr(asyncio, name, without_loop(getattr(asyncio, name)))


async def connected(path, sandbox):
    rsa.add_key(sandbox["public_key_pem"])
    session = SQLiteSession(path)
    dc = sandbox["dcs"][0]
    session.set_dc(dc["id"], dc["host"], dc["port"])
    client = TelegramClient(
        session, sandbox["api_id"], sandbox["api_hash"], connection_retries=5, request_retries=1, auto_reconnect=False
    )
    try:
        await client.connect()
    except errors.RPCError as error:
        # Its key is made and stored; the sandbox does not speak layer 98.
        assert "LAYER" in str(type(error)).upper(), error
    key = session.auth_key.key.hex()
    await client.disconnect()
    return {"key": key}


def connect(path, sandbox):
    for_newer_pythons()
    return asyncio.get_event_loop().run_until_complete(connected(path, sandbox))


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
            "file": file and list(file),
            "pts": state and state.pts,
            "string": StringSession.save(session),
            "version": session._execute("select version from version")[0],
        }
    finally:
        session.close()


if __name__ == "__main__":
    action, path = sys.argv[1:]
    print(json.dumps({"fill": fill, "look": look, "connect": connect}[action](path, json.load(sys.stdin))))
