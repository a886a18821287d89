"""Accounts and files of several data centres cross: whoever lives elsewhere than where clients begin."""

import base64
import os
import struct

from telethon import functions
from telethon.sessions import StringSession

from peer import Peer

FAR = 4


def far(accounts):
    return next(n for n, account in enumerate(accounts) if account["dc"] == FAR)


def leads_to(string):
    """The data centre and the port of a session string."""
    data = base64.urlsafe_b64decode(string[1:])
    return data[0], struct.unpack(">H", data[5:7])[0]


async def lives_elsewhere(world):
    """Both libraries begin at the default data centre and end at the other; files are fetched from where they lie."""
    info = world.sandbox.info
    port = next(dc["port"] for dc in info["dcs"] if dc["id"] == FAR)
    ours = await Peer.start(world.peer_binary, world.sandbox, user=far(info["users"]))
    string = await ours.do("session")
    assert leads_to(string) == (FAR, port), leads_to(string)
    theirs = world.sandbox.client("full", StringSession(string), keep_dc=True)
    await theirs.connect()
    assert (await theirs.get_me()).id == ours.id
    await theirs.disconnect()
    # From 2 to 4, and back.
    data = os.urandom(600_001)
    await world.ada.send_file("emmy_noether", data, caption="from 2", force_document=True)
    got = await ours.hear("new", lambda m: m["raw_text"] == "from 2", "a file from another data centre")
    assert bytes(await ours.do("download", chat="ada_lovelace", id=got["id"])) == data
    await ours.do("send", to="ada_lovelace", text="from 4")
    arrived = (await world.ada.get_messages("emmy_noether", limit=1))[0]
    assert arrived.raw_text == "from 4"
    await ours.stop()


async def bots_elsewhere(world):
    bots = world.sandbox.info["bots"]
    ours = await Peer.start(world.peer_binary, world.sandbox, bot=far(bots))
    assert leads_to(await ours.do("session"))[0] == FAR
    await world.ada.send_message(bots[far(bots)]["username"], "anybody there?")
    got = await ours.hear("new", lambda m: m["raw_text"] == "anybody there?", "a message to the bot")
    assert got["chat_id"] == world.ada_id
    assert await ours.do("log_out")
    await ours.stop()


async def codes_elsewhere(world):
    """A QR code shown at the default data centre and scanned by somebody who lives in another, both ways."""
    theirs = await world.sandbox.signed_in("full", far(world.sandbox.info["users"]))
    me = (await theirs.get_me()).id
    shown = await Peer.start(world.peer_binary, world.sandbox)
    url = await shown.do("qr")
    token = base64.urlsafe_b64decode(url.removeprefix("tg://login?token=") + "==")
    await theirs(functions.auth.AcceptLoginTokenRequest(token))
    done = await shown.hear("signed_in", lambda _: True, "being let in")
    assert done == {"done": me}, done
    assert leads_to(await shown.do("session"))[0] == FAR
    assert await shown.do("log_out")
    await shown.stop()
    await theirs.log_out()
