"""Telethon against the sandbox's other data centres: accounts, files and tokens that lead from one to the other.

Usage: telethon_dcs.py SANDBOX_BINARY
"""

import asyncio
import os
import sys
import tempfile

from telethon import errors, events, functions, types
from telethon.sessions import MemorySession, SQLiteSession
from telethon_interop import _note, each_alone, refused, until

# The ready-made person and bot that live there.
FAR = 4


def far(accounts):
    """The index of the account that lives far away."""
    return next(n for n, account in enumerate(accounts) if account["dc"] == FAR)


def at(session):
    """Where a session belongs by now."""
    return session.dc_id, session.port


def ports(sandbox, dc):
    found = next(d for d in sandbox.info["dcs"] if d["id"] == dc)
    return dc, found["port"]


async def far_user(sandbox):
    """Every client begins at the default data centre; whoever lives elsewhere is sent there."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "emmy")
        n = far(sandbox.info["users"])
        emmy = await sandbox.signed_in("abridged", n, SQLiteSession(path))
        assert at(emmy.session) == ports(sandbox, FAR), at(emmy.session)
        me = await emmy.get_me()
        assert me.phone == sandbox.info["users"][n]["phone"]
        config = await emmy(functions.help.GetConfigRequest())
        assert config.this_dc == FAR
        # Both hear of each other, across data centres.
        ada = await sandbox.signed_in("abridged", 0)
        assert at(ada.session) == ports(sandbox, sandbox.dc["id"])
        heard = []
        emmy.add_event_handler(lambda e: _note(heard, e), events.NewMessage(incoming=True))
        await ada.send_message("emmy_noether", "from 2 to 4")
        await until(lambda: heard, "a message from another data centre")
        answer = await heard[0].respond("from 4 to 2")
        latest = await ada.get_messages("emmy_noether", limit=1)
        assert latest[0].text == answer.text == "from 4 to 2"
        await emmy.disconnect()
        # The session leads there at once.
        again = SQLiteSession(path)
        assert at(again) == ports(sandbox, FAR)
        await ada.disconnect()


async def far_bot(sandbox):
    token = sandbox.info["bots"][far(sandbox.info["bots"])]["token"]
    bot = sandbox.client("intermediate")
    await bot.start(bot_token=token)
    assert at(bot.session) == ports(sandbox, FAR), at(bot.session)
    heard = []
    bot.add_event_handler(lambda e: _note(heard, e), events.NewMessage(incoming=True))
    ada = await sandbox.signed_in("intermediate", 0)
    await ada.send_message((await bot.get_me()).username, "anybody there?")
    await until(lambda: heard, "a message to the bot")
    assert heard[0].text == "anybody there?"
    await bot.disconnect()
    await ada.disconnect()


async def files_elsewhere(sandbox):
    """A file lies where its sender lives; its receivers fetch it there with an exported authorization."""
    ada = await sandbox.signed_in("full", 0)
    emmy = await sandbox.signed_in("full", far(sandbox.info["users"]))
    for sender, receiver, name, home in ((ada, emmy, "emmy_noether", sandbox.dc["id"]), (emmy, ada, "ada_lovelace", FAR)):
        data = os.urandom(700_001)
        sent = await sender.send_file(name, data, force_document=True)
        assert sent.document.dc_id == home
        friend = (await sender.get_me()).username
        received = (await receiver.get_messages(friend, limit=1))[0]
        assert received.document.id == sent.document.id
        copies = await asyncio.gather(*(receiver.download_media(received, bytes) for _ in range(3)))
        assert all(copy == data for copy in copies)
        # Asked for in the wrong place, the server says where it is.
        document = received.document
        place = types.InputDocumentFileLocation(document.id, document.access_hash, document.file_reference, "")
        error = await refused(receiver(functions.upload.GetFileRequest(place, 0, 4096)), errors.FileMigrateError)
        assert error.new_dc == home
        assert await receiver.download_file(place, dc_id=None, file_size=len(data)) == data
        # It went on living where it did.
        assert at(receiver.session)[0] != home
        assert (await receiver.get_me()).id == (await receiver(functions.users.GetUsersRequest([types.InputUserSelf()])))[0].id
    await ada.disconnect()
    await emmy.disconnect()


async def a_token_from_elsewhere(sandbox):
    """The code is shown by a client at the default data centre, and scanned by somebody who lives in another."""
    emmy = await sandbox.signed_in("obfuscated", far(sandbox.info["users"]))
    desk = sandbox.client("obfuscated", MemorySession())
    await desk.connect()
    login = await desk.qr_login()
    waiting = asyncio.ensure_future(login.wait())
    await asyncio.sleep(0.1)
    await emmy(functions.auth.AcceptLoginTokenRequest(login.token))
    user = await asyncio.wait_for(waiting, 30)
    assert user.id == (await emmy.get_me()).id
    assert at(desk.session) == ports(sandbox, FAR)
    assert await desk.is_user_authorized()
    await desk.disconnect()
    await emmy.disconnect()


async def figures_elsewhere(sandbox):
    """Statistics of a channel are kept in a data centre of their own."""
    ada = await sandbox.signed_in("full", 0)
    post = (await ada.get_messages("telewire_news", limit=1))[0]
    stats = await ada.get_stats("telewire_news", post)
    assert isinstance(stats, types.stats.MessageStats), stats
    await ada.disconnect()


SCENARIOS = [far_user, far_bot, files_elsewhere, a_token_from_elsewhere, figures_elsewhere]


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(each_alone(sys.argv[1], SCENARIOS)) else 1)
