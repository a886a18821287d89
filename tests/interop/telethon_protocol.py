"""Telethon against the sandbox where the going is rough: many at once, away for a while, a wrong salt, a wrong clock.

Usage: telethon_protocol.py SANDBOX_BINARY
"""

import asyncio
import os
import sys
import tempfile
import time
import unittest.mock

from telethon import events
from telethon.network import mtprotostate
from telethon.sessions import SQLiteSession
from telethon_interop import _note, each_alone, until

# In minutes.
DAY = 24 * 60


async def sixty_updates_in_order(sandbox):
    ada = await sandbox.signed_in("abridged", 0)
    grace = await sandbox.signed_in("abridged", 1, sequential_updates=True)
    heard = []
    grace.add_event_handler(lambda e: _note(heard, e), events.NewMessage(incoming=True))
    group = next(d for d in await ada.get_dialogs() if d.is_group and d.name == "Weekend hikes")
    sent = []
    for n in range(60):
        # By turns in a private chat and in a group, which count together.
        message = await ada.send_message("grace_hopper" if n % 2 else group, f"number {n}")
        sent.append(message.text)
    await until(lambda: len(heard) >= 60, "sixty updates")
    await asyncio.sleep(0.2)
    assert [e.text for e in heard] == sent
    await ada.disconnect()
    await grace.disconnect()


async def away_for_a_while(sandbox):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "grace")
        ada = await sandbox.signed_in("full", 0)
        grace = await sandbox.signed_in("full", 1, SQLiteSession(path))
        heard = []
        grace.add_event_handler(lambda e: _note(heard, e), events.NewMessage(incoming=True))
        await ada.send_message("grace_hopper", "before")
        await until(lambda: heard, "the first message")
        await grace.disconnect()
        # More than fit one difference.
        missed = [f"missed {n}" for n in range(130)]
        for text in missed:
            await ada.send_message("grace_hopper", text)
        caught = []
        grace = sandbox.client("full", SQLiteSession(path), catch_up=True, sequential_updates=True)
        grace.add_event_handler(lambda e: _note(caught, e), events.NewMessage(incoming=True))
        await grace.connect()
        await grace.catch_up()
        await until(lambda: len(caught) >= len(missed), "what was missed")
        await ada.send_message("grace_hopper", "after")
        await until(lambda: len(caught) > len(missed), "what came after")
        assert [e.text for e in caught] == [*missed, "after"]
        await grace.disconnect()
        await ada.disconnect()


async def fifty_sends_at_once(sandbox):
    client = await sandbox.signed_in("intermediate", 0)
    texts = [f"at once {n}" for n in range(50)]
    sent = await asyncio.gather(*(client.send_message("me", text) for text in texts))
    assert [m.text for m in sent] == texts
    assert len({m.id for m in sent}) == len(texts)
    stored = [m.text async for m in client.iter_messages("me", limit=60)]
    assert sorted(t for t in stored if t in texts) == sorted(texts)
    await client.disconnect()


async def a_wrong_salt(sandbox):
    client = await sandbox.signed_in("full", 0)
    state = client._sender._state
    right = state.salt
    for wrong in (1, right ^ 0x55):
        state.salt = wrong
        sent = await asyncio.gather(*(client.send_message("me", f"salt {n}") for n in range(5)))
        assert [m.text for m in sent] == [f"salt {n}" for n in range(5)]
        assert len({m.id for m in sent}) == 5
        assert state.salt not in (wrong, 0)
    await client.disconnect()


class Skewed:
    """The module `time` as Telethon's messages see it on a machine whose calendar is so many seconds off."""

    def __init__(self, seconds):
        self.seconds = seconds

    def time(self):
        return time.time() + self.seconds

    def __getattr__(self, name):
        return getattr(time, name)


async def a_wrong_clock(sandbox):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ada")
        await (await sandbox.signed_in("abridged", 0, SQLiteSession(path))).disconnect()
        for minutes in (7, -7, 400 * DAY, -400 * DAY):
            # With a key from before, nothing but the server's refusal tells what time it is.
            with unittest.mock.patch.object(mtprotostate, "time", Skewed(minutes * 60)):
                client = sandbox.client("abridged", SQLiteSession(path))
                await client.connect()
                offset = client._sender._state.time_offset
                assert abs(offset + minutes * 60) <= 2, f"{minutes} minutes off, {offset} s corrected"
                sent = await client.send_message("me", f"{minutes} minutes off")
                assert abs(sent.date.timestamp() - time.time()) < 60, sent.date
                await client.disconnect()


SCENARIOS = [
    sixty_updates_in_order,
    away_for_a_while,
    fifty_sends_at_once,
    a_wrong_salt,
    a_wrong_clock,
]


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(each_alone(sys.argv[1], SCENARIOS)) else 1)
