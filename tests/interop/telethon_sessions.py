"""One session, used by Telethon and Telewire in turns.

usage: telethon_sessions.py SANDBOX_BINARY TELEWIRE_HALF OLD_PYTHON

TELEWIRE_HALF is the example `telethon_session` of telewire-tests, OLD_PYTHON an interpreter with Telethon 1.7.7.
"""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

from telethon import TelegramClient, utils
from telethon.sessions import SQLiteSession, StringSession

from telethon_interop import TRANSPORTS, Sandbox, attempt

HERE = os.path.dirname(os.path.abspath(__file__))
TRANSPORT = "full"


class Stage:
    """A sandbox, Telewire's half, and the old Telethon's."""

    def __init__(self, sandbox, half, old_python):
        self.sandbox, self.half, self.old_python = sandbox, half, old_python

    async def telewire(self, *args):
        """Telewire takes its turn; what it has seen."""
        process = await asyncio.create_subprocess_exec(
            self.half, *args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = await process.communicate(json.dumps(self.sandbox.info).encode())
        if process.returncode:
            raise RuntimeError(err.decode())
        return json.loads(out)

    async def old(self, action, path, **facts):
        """Telethon 1.7.7 takes its turn."""
        process = await asyncio.create_subprocess_exec(
            self.old_python, os.path.join(HERE, "telethon_1_7.py"), action, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        out, _ = await process.communicate(json.dumps(facts).encode())
        assert process.returncode == 0, f"{action} failed"
        return json.loads(out)

    def client(self, session):
        """Telethon 1.45 on a session as it is: the address comes from there."""
        info = self.sandbox.info
        return TelegramClient(session, info["api_id"], info["api_hash"], connection=TRANSPORTS[TRANSPORT], connection_retries=2)

    async def turn(self, session, text, *sees):
        """Telethon 1.45 takes its turn: it is signed in, sees what was written before, and writes."""
        client = self.client(session)
        await client.connect()
        assert await client.is_user_authorized(), "Telethon has to sign in again"
        texts = [m.text async for m in client.iter_messages("me", limit=20)]
        for seen in sees:
            assert seen in texts, (seen, texts)
        await client.send_message("me", text)
        return client


def home(session):
    return session.dc_id, session.server_address, session.port


def unknown(session, key):
    """The session does not know that peer, and nobody else is asked."""
    try:
        session.get_input_entity(key)
    except ValueError:
        return True
    return False


async def telethon_first(stage, path):
    """Telethon 1.45 makes the file."""
    # parity: S-sqlite.newer
    client = await stage.sandbox.signed_in(TRANSPORT, 0, SQLiteSession(path))
    me = await client.get_me()
    await client.send_message("me", "telethon was here")
    grace = await client.get_input_entity("grace_hopper")
    assert unknown(client.session, "telewire_news")
    at = home(client.session)
    string = StringSession.save(client.session)
    await client.disconnect()

    seen = await stage.telewire("use", path, "telewire was here", "telewire_news")
    assert seen["me"] == me.id and "telethon was here" in seen["texts"], seen
    known = seen["known"]
    assert (known["dc"], known["host"], known["port"]) == at, known
    assert known["peers"][str(grace.user_id)]["hash"] == grace.access_hash, known
    assert known["peers"][str(grace.user_id)]["username"] == "grace_hopper", known
    assert seen["string"] == string

    session = SQLiteSession(path)
    assert home(session) == at and StringSession.save(session) == string
    # What Telewire has found out, without asking anybody.
    news = session.get_input_entity("telewire_news")
    assert utils.get_peer_id(news) == seen["found"]
    client = await stage.turn(session, "telethon is back", "telethon was here", "telewire was here")
    assert await client.get_input_entity("telewire_news") == news
    assert (await client.get_entity(news)).username == "telewire_news"
    await client.disconnect()
    seen = await stage.telewire("use", path, "telewire is back", "grace_hopper")
    assert "telethon is back" in seen["texts"] and seen["known"]["peers"], seen
    client = await stage.turn(SQLiteSession(path), "bye", "telewire is back")
    assert await client.log_out()
    assert not os.path.exists(path)


async def telewire_first(stage, path):
    """Telewire makes the file, as Telethon 1.45 would have."""
    # parity: S-sqlite.version
    me = (await stage.telewire("sign-in", path, "1"))["me"]
    session = SQLiteSession(path)
    dc = stage.sandbox.dc
    assert home(session) == (dc["id"], dc["host"], dc["port"])
    assert session._execute("select version from version")[0] == 8
    client = await stage.turn(session, "telethon was here")
    assert (await client.get_me()).id == me
    bot = await client.get_input_entity("echo_bot")
    await client.disconnect()

    seen = await stage.telewire("use", path, "telewire was here", "telewire_news")
    assert seen["me"] == me and "telethon was here" in seen["texts"]
    assert seen["known"]["peers"][str(bot.user_id)]["hash"] == bot.access_hash
    session = SQLiteSession(path)
    assert seen["string"] == StringSession.save(session)
    assert utils.get_peer_id(session.get_input_entity("telewire_news")) == seen["found"]
    client = await stage.turn(session, "bye", "telewire was here")
    await client.disconnect()


async def version_5(stage, path):
    """Telethon 1.7.7 makes the file, with the key of somebody who is signed in; all three use it."""
    client = await stage.sandbox.signed_in(TRANSPORT, 0, StringSession())
    me = await client.get_me()
    grace = await client.get_entity("grace_hopper")
    facts = {
        "dc": client.session.dc_id,
        "host": client.session.server_address,
        "port": client.session.port,
        "key": client.session.auth_key.key.hex(),
        "takeout": 4711,
        "user": {
            "id": grace.id,
            "hash": grace.access_hash,
            "name": utils.get_display_name(grace),
            "username": "grace_hopper",
            "phone": grace.phone,
        },
        "state": {"pts": 1, "qts": 0, "date": 1_700_000_000, "seq": 0},
    }
    string = client.session.save()
    await client.disconnect()
    assert (await stage.old("fill", path, **facts))["string"] == string

    seen = await stage.telewire("use", path, "telewire was here", "telewire_news")
    assert seen["me"] == me.id and seen["string"] == string
    known = seen["known"]
    assert (known["dc"], known["host"], known["port"]) == (facts["dc"], facts["host"], facts["port"])
    assert (known["takeout"], known["pts"]) == (4711, 1)
    peer = known["peers"][str(grace.id)]
    assert (peer["kind"], peer["hash"], peer["username"]) == ("user", grace.access_hash, "grace_hopper"), peer
    assert (peer["name"], peer["phone"]) == (facts["user"]["name"], grace.phone), peer

    # The old Telethon finds its own again, and what Telewire has added.
    asked = ["grace_hopper", "telewire_news", seen["found"], grace.id]
    found = await stage.old("look", path, keys=asked)
    for fact in ("dc", "host", "port", "key", "takeout"):
        assert found[fact] == facts[fact], fact
    assert found["version"] == 5 and found["string"] == string
    assert found["found"]["grace_hopper"] == found["found"][str(grace.id)] == [grace.id, grace.access_hash]
    assert found["found"]["telewire_news"] == found["found"][str(seen["found"])]
    assert found["found"]["telewire_news"][0] == seen["found"]
    assert found["file"] == [5, 6]
    assert found["pts"] >= known["pts"]

    # The new one brings the file to its own version, in which Telewire goes on.
    client = await stage.turn(SQLiteSession(path), "telethon was here", "telewire was here")
    assert (await client.get_me()).id == me.id
    await client.disconnect()
    seen = await stage.telewire("use", path, "telewire is back", "telewire_news")
    assert "telethon was here" in seen["texts"] and seen["known"]["takeout"] == 4711
    session = SQLiteSession(path)
    assert session._execute("select version from version")[0] == 8 and session.takeout_id == 4711
    client = await stage.turn(session, "bye", "telewire is back")
    await client.disconnect()


async def version_5_from_its_client(stage, path):
    """Telethon 1.7.7 connects, with a key that it has made itself; Telewire signs in with that."""
    key = (await stage.old("connect", path, **stage.sandbox.info))["key"]
    me = (await stage.telewire("sign-in", path, "1"))["me"]
    seen = await stage.telewire("use", path, "telewire was here", "telewire_news")
    assert seen["me"] == me
    found = await stage.old("look", path, keys=["telewire_news"])
    assert found["key"] == key and found["version"] == 5
    assert found["found"]["telewire_news"][0] == seen["found"] and found["pts"]
    dc = stage.sandbox.dc
    assert (found["dc"], found["host"], found["port"]) == (dc["id"], dc["host"], dc["port"])
    client = await stage.turn(SQLiteSession(path), "bye", "telewire was here")
    assert (await client.get_me()).id == me
    await client.disconnect()


async def strings(stage, _path):
    """The same, by string."""
    client = await stage.sandbox.signed_in(TRANSPORT, 0, StringSession())
    string = client.session.save()
    await client.disconnect()
    seen = await stage.telewire("use", "string:" + string, "telewire by string", "grace_hopper")
    assert seen["string"] == string
    client = await stage.turn(StringSession(seen["string"]), "bye", "telewire by string")
    await client.disconnect()


async def one_at_a_time(stage, path):
    """Neither opens a file that the other one is using."""
    # parity: S-sqlite.lock
    process = await asyncio.create_subprocess_exec(
        stage.half, "hold", path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdin.write(json.dumps(stage.sandbox.info).encode() + b"\n")
    assert await process.stdout.readline() == b"{}\n"
    try:
        SQLiteSession(path)
    except sqlite3.OperationalError as error:
        assert "locked" in str(error)
    else:
        raise AssertionError("Telethon has opened a session that Telewire uses")
    process.stdin.close()
    assert await process.wait() == 0

    session = SQLiteSession(path)
    session.set_dc(2, "127.0.0.1", 1)  # not committed yet
    try:
        await stage.telewire("use", path, "", "grace_hopper")
    except RuntimeError as error:
        assert "in use by another program, such as one with Telethon" in str(error), error
    else:
        raise AssertionError("Telewire has opened a session that Telethon uses")
    session.close()


SCENARIOS = [telethon_first, telewire_first, version_5, version_5_from_its_client, strings, one_at_a_time]


async def main(binary, half, old_python):
    outcomes = []
    with Sandbox(binary) as sandbox:
        stage = Stage(sandbox, half, old_python)
        for scenario in SCENARIOS:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "account.session")
                outcomes.append(await attempt(f"sessions: {scenario.__name__}", scenario(stage, path)))
    passed = sum(outcomes)
    print(f"{passed} passed, {len(outcomes) - passed} failed")
    return passed == len(outcomes)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(*sys.argv[1:])) else 1)
