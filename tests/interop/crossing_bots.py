"""A bot of one library, and an account of the other at its buttons."""

import asyncio

from telethon import Button, events

from peer import Peer, arrived, plain, same
from telethon_interop import until


async def presses(world):
    """Telewire presses the buttons of a bot of Telethon's, which hears of it and answers."""
    bot = world.sandbox.client("full")
    await bot.start(bot_token=world.sandbox.info["bots"][1]["token"])
    name = world.sandbox.info["bots"][1]["username"]
    pressed = []

    async def answer(event):
        pressed.append(event.data)
        await event.answer("thank you", alert=True)

    bot.add_event_handler(answer, events.CallbackQuery())
    rows = [[Button.inline("Yes", b"y"), Button.inline("No", b"n")], [Button.url("Docs", "https://example.org/")]]
    bot.add_event_handler(lambda e: e.respond("Well?", buttons=rows), events.NewMessage(incoming=True, pattern="ask"))
    await world.telewire.do("send", to=name, text="ask")
    asked = await world.telewire_hears("Well?")
    same(asked, await world.ada.get_messages(name, ids=asked["id"]))
    assert [b[0] for row in asked["buttons"] for b in row] == ["Yes", "No", "Docs"]
    clicked = await world.telewire.do("click", chat=name, id=asked["id"], row=0, column=1)
    assert clicked == {"answer": "thank you", "alert": True, "url": None} and pressed == [b"n"], clicked
    assert await world.telewire.do("click", chat=name, id=asked["id"], row=1, column=0) == {"url": "https://example.org/"}
    asked = await bot.send_message(world.ada_id, "Again?", buttons=[Button.inline("Maybe", b"m")])
    heard = await world.telewire_hears("Again?")
    changed = await bot.edit_message(asked, "Again!", buttons=[[Button.inline("Surely", b"s")], [Button.inline("Never", b"n")]])
    edited = await world.telewire_hears("Again!", "edited")
    arrived(edited, changed)
    assert edited["id"] == heard["id"] and [row[0][:2] for row in edited["buttons"]] == [["Surely", "s"], ["Never", "n"]]
    await bot.log_out()


async def choices(world):
    """A bot of Telewire's gives Telethon buttons to choose from, changes them, and hears what was typed with them."""
    name = world.sandbox.info["bots"][1]["username"]
    bot = await Peer.start(world.peer_binary, world.sandbox, bot=1)
    await world.grace.send_message(name, "hello, Telewire")
    heard = await bot.hear("new", lambda m: m["raw_text"] == "hello, Telewire", "Grace's message")
    rows = [[["inline", "A", "a"], ["url", "B", "https://example.org/b"]], [["switch", "C", "query"]]]
    sent = await bot.do("send", to=heard["sender_id"], text="**Choose**", buttons=rows)
    received = await world.grace_hears("Choose")
    arrived(sent, received)
    seen = [[button.text for button in row] for row in received.buttons]
    assert seen == [["A", "B"], ["C"]] and received.buttons[0][0].data == b"a", seen
    pressing = asyncio.create_task(received.click(data=b"a"))
    query = await bot.hear("raw", lambda u: plain(u)["_"] == "updateBotCallbackQuery", "the press")
    assert (query["user_id"], query["msg_id"]) == (world.grace_id, sent["id"]), query
    assert await bot.do("answer_callback", query=query["query_id"], cache_time=0, text="pressed", alert=True)
    pressed = await pressing
    assert (pressed.message, pressed.alert) == ("pressed", True), pressed
    edited = await bot.do("edit", chat=heard["sender_id"], id=sent["id"], text="Chosen", buttons=[])
    await until(lambda: any(m.raw_text == "Chosen" for m in world.edited), "the edit")
    at_grace = next(m for m in world.edited if m.raw_text == "Chosen")
    assert not at_grace.buttons and edited["buttons"] == []
    keyboard = await bot.do("send", to=heard["sender_id"], text="Type", buttons=[[["text", "one"], ["text", "two"]]])
    received = await world.grace_hears("Type")
    arrived(keyboard, received)
    await received.click(text="two")
    await bot.hear("new", lambda m: m["raw_text"] == "two", "the button's text")
    await bot.stop()
