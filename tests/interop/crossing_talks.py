"""Conversations cross: each library talks to the other, which hears, answers, changes its mind and reads."""

import asyncio

from telethon import events

from peer import Refused, arrived, same
from telethon_interop import until


async def while_waiting(world, command, then, **arguments):
    """Telewire waits in its conversation for what is done meanwhile. Returns both what it got and what that brought."""
    waiting = asyncio.create_task(world.telewire.do(command, name="grace", **arguments))
    done = await then
    return await waiting, done


async def telewire_talks(world):
    """Telewire in a conversation with somebody at Telethon."""
    telewire, grace = world.telewire, world.grace
    await telewire.do("talk_open", name="grace", chat="grace_hopper", timeout=20_000)
    try:
        await telewire.do("talk_open", name="another", chat="grace_hopper")
        raise AssertionError("there is a conversation in this chat already")
    except Refused as error:
        assert "conversation" in str(error), error
    sent = await telewire.do("talk_send", name="grace", text="how **are** you?")
    received = await world.grace_hears("how are you?")
    arrived(sent, received)
    got, answer = await while_waiting(world, "talk_response", grace.send_message("ada_lovelace", "__quite__ well"))
    arrived(got, answer)
    fetched = await telewire.do("message", chat="grace_hopper", id=got["id"])
    same(fetched, await world.ada.get_messages("grace_hopper", ids=got["id"]))
    # What comes to be said before somebody waits is kept for who waits later.
    await grace.send_message("ada_lovelace", "and one more thing")
    await world.telewire_hears("and one more thing")
    assert (await telewire.do("talk_response", name="grace"))["raw_text"] == "and one more thing"

    asked = await telewire.do("talk_send", name="grace", text="which one?")
    question = await world.grace_hears("which one?")

    async def no_reply_and_a_reply():
        await grace.send_message("ada_lovelace", "let me think")
        return await question.reply("**this** one")

    got, reply = await while_waiting(world, "talk_reply", no_reply_and_a_reply())
    arrived(got, reply)
    assert got["reply_to"] == asked["id"]
    got, edited = await while_waiting(world, "talk_edit", grace.edit_message(reply, "no, ~~this~~ that"))
    arrived(got, edited)
    assert got["id"] and got["raw_text"] == "no, this that"
    sent = await telewire.do("talk_send", name="grace", text="read this")
    received = await world.grace_hears("read this")
    await while_waiting(world, "talk_wait_read", grace.send_read_acknowledge("ada_lovelace", received))
    theirs = await grace.send_message("ada_lovelace", "read that")
    await world.telewire_hears("read that")
    world.read.clear()
    assert await telewire.do("talk_mark_read", name="grace")
    await until(lambda: any(id >= theirs.id for id in world.read), "that Ada has read")
    await telewire.do("talk_close", name="grace")
    await telewire.do("talk_open", name="grace", chat="grace_hopper", timeout=200)
    await telewire.do("talk_send", name="grace", text="anybody?")
    try:
        await telewire.do("talk_response", name="grace")
        raise AssertionError("nobody answers")
    except Refused as error:
        assert "time" in str(error), error
    await telewire.do("talk_close", name="grace")


async def telethon_talks(world):
    """Somebody at Telethon in a conversation with Telewire."""
    telewire, grace = world.telewire, world.grace
    async with grace.conversation("ada_lovelace", timeout=20) as talk:
        asked = await talk.send_message("how is **Ada**?")
        heard = await world.telewire_hears("how is Ada?")
        arrived(heard, asked)
        waiting = talk.wait_read()
        assert await telewire.do("read", chat="grace_hopper", up_to=heard["id"])
        await waiting
        sent = await telewire.do("send", to="grace_hopper", text="__fine__")
        answer = await talk.get_response()
        arrived(sent, answer)
        waiting = talk.get_reply(asked)
        await telewire.do("send", to="grace_hopper", text="this is no reply")
        sent = await telewire.do("send", to="grace_hopper", text="this is **one**", reply_to=heard["id"])
        reply = await waiting
        arrived(sent, reply)
        assert reply.reply_to_msg_id == asked.id
        waiting = talk.get_edit(asked)
        edited = await telewire.do("edit", chat="grace_hopper", id=sent["id"], text="this **was** one")
        arrived(edited, await waiting)
        waiting = asyncio.create_task(talk.wait_event(events.NewMessage(incoming=True, func=lambda e: e.file)))
        await asyncio.sleep(0.1)
        sent = await telewire.do("file", to="grace_hopper", name="a.bin", bytes=[1, 2, 3], text="with a file")
        found = (await waiting).message
        arrived(sent, found)
        assert await found.download_media(bytes) == b"\1\2\3"
        before = (await world.ada.get_messages("grace_hopper"))[0].id
        await talk.mark_read()
        await telewire.hear("read", lambda id: id >= before, "that Grace has read")
