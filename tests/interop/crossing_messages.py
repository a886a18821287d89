"""Messages cross: what Telewire sends, Telethon reads field by field, and the other way round."""

from telethon import types

from peer import Refused, arrived, same
from telethon_interop import until

# Every kind of entity that an account may give or the server finds, over "kind 00 😀".
KINDS = [
    ["Bold"],
    ["Italic"],
    ["Underline"],
    ["Strike"],
    ["Spoiler"],
    ["Code"],
    ["Pre", "rust"],
    ["Pre", ""],
    ["Blockquote", False],
    ["Blockquote", True],
    ["TextUrl", "http://example.org/?a=1&b=2"],
    ["MentionName", None],
    ["CustomEmoji", 5368324170671202286],
]


async def formatted(world):
    """Texts in each dialect, with every kind of entity, there and back."""
    await world.to_grace("plain text")
    sent, _ = await world.to_grace("**bold** __italic__ `code` ```block``` [link](http://a.b/)")
    assert len(sent["raw"]["entities"]) == 5
    await world.to_grace('<b>b<i>bi</i></b> <pre><code class="language-py">x = "&lt;"</code></pre>', mode="html")
    await world.to_grace("**not** read", mode="")
    await world.to_grace("see https://example.org #tag $TON /start @grace_hopper a@b.org +34600123123")
    for n, (kind, *extra) in enumerate(KINDS):
        extra = [world.grace_id] if kind == "MentionName" else extra
        text = f"kind {n:02} 😀👩‍👩‍👧 end"
        sent, received = await world.to_grace(text, entities=[[kind, 8, 10, *extra]])
        assert len(received.entities) == 1, (kind, received.entities)
        assert sent["inner"] == ["😀👩‍👩‍👧"], sent["inner"]
        # The same from the other side.
        back = await world.grace.send_message("ada_lovelace", f"{text} back", formatting_entities=received.entities)
        heard = await world.telewire_hears(f"{text} back")
        arrived(heard, back)
    _, mention = await world.to_grace("hello [Grace](@grace_hopper)")
    assert mention.entities[0].user_id == world.grace_id


async def from_telethon(world):
    """What Telethon sends, Telewire hears, and fetches as the same."""
    for text in ["plain", "**bold** 😀 __italic__", "`code` [link](http://a.b/)", "a\n\nb", "x" * 4096]:
        sent = await world.grace.send_message("ada_lovelace", text)
        heard = await world.telewire_hears(sent.raw_text)
        arrived(heard, sent)
        message = await world.ada.get_messages("grace_hopper", ids=heard["id"])
        fetched = await world.telewire.do("message", chat="grace_hopper", id=heard["id"])
        same(fetched, message)
        assert fetched["text"] == heard["text"] == message.text, (fetched["text"], heard["text"], message.text)
    await world.grace.send_message("ada_lovelace", "psst", silent=True)
    heard = await world.telewire_hears("psst")
    assert heard["silent"]
    same(await world.telewire.do("message", chat="grace_hopper", id=heard["id"]), await world.ada.get_messages("grace_hopper", ids=heard["id"]))


async def replies(world):
    """Replies lead to the same message in both libraries."""
    first, received = await world.to_grace("a question")
    answer = await received.reply("an answer")
    heard = await world.telewire_hears("an answer")
    arrived(heard, answer)
    assert heard["reply_to"] == first["id"]
    replied = await world.telewire.do("replied", chat="grace_hopper", id=heard["id"])
    assert replied["id"] == first["id"] and replied["raw_text"] == "a question"
    again, received = await world.to_grace("a remark", reply_to=heard["id"], silent=True)
    assert again["silent"] and received.silent
    assert (await received.get_reply_message()).raw_text == "an answer"
    await world.to_grace("no preview of https://example.org", link_preview=False)


async def edits(world):
    """Changed texts arrive as changed, with the date of the change."""
    sent, received = await world.to_grace("before")
    edited = await world.telewire.do("edit", chat="grace_hopper", id=sent["id"], text="**after**")
    await until(lambda: any(m.raw_text == "after" for m in world.edited), "the edit")
    at_grace = next(m for m in world.edited if m.raw_text == "after")
    assert at_grace.id == received.id
    arrived(edited, at_grace)
    assert edited["raw"]["edit_date"]
    await world.same_for_ada(edited)
    try:
        await world.telewire.do("edit", chat="grace_hopper", id=sent["id"], text="**after**")
        raise AssertionError("the same again is refused")
    except Refused as error:
        assert "MESSAGE_NOT_MODIFIED" in str(error), error
    theirs = await world.grace.send_message("ada_lovelace", "from grace, first")
    first = await world.telewire_hears("from grace, first")
    theirs = await world.grace.edit_message(theirs, "from grace, __second__")
    second = await world.telewire_hears("from grace, second", "edited")
    assert second["id"] == first["id"]
    arrived(second, theirs)


async def deletions(world):
    """What is deleted for both is gone for both; what is deleted for oneself stays with the other."""
    one, at_grace = await world.to_grace("to be deleted")
    two, kept = await world.to_grace("to be kept by Grace")
    await world.telewire.do("delete", chat="grace_hopper", ids=[one["id"]])
    await until(lambda: any(at_grace.id in ids for ids in world.deleted), "the deletion")
    assert await world.grace.get_messages("ada_lovelace", ids=at_grace.id) is None
    await world.telewire.do("delete", chat="grace_hopper", ids=[two["id"]], revoke=False)
    assert await world.ada.get_messages("grace_hopper", ids=two["id"]) is None
    assert (await world.grace.get_messages("ada_lovelace", ids=kept.id)).raw_text == kept.raw_text
    theirs = await world.grace.send_message("ada_lovelace", "to be taken back")
    heard = await world.telewire_hears("to be taken back")
    await theirs.delete()
    await world.telewire.hear("deleted", lambda ids: heard["id"] in ids, "the deletion")


async def forwards(world):
    """Forwarded messages keep their text, their sender and their date, and say where they come from."""
    source = await world.grace.send_message("ada_lovelace", "**worth** telling")
    heard = await world.telewire_hears("worth telling")
    (ours,) = await world.telewire.do("forward", to="me", chat="grace_hopper", ids=[heard["id"]])
    assert ours["forwarded"] and ours["raw_text"] == "worth telling"
    message = await world.ada.get_messages("me", ids=ours["id"])
    same(ours, message)
    assert message.forward.sender_id == world.grace_id and message.forward.date == source.date
    notes = [await world.telewire.do("send", to="me", text=f"part {n}") for n in range(3)]
    ids = [note["id"] for note in notes]
    sent = await world.telewire.do("forward", to="grace_hopper", chat="me", ids=ids, silent=True)
    for n, ours in enumerate(sent):
        received = await world.grace_hears(f"part {n}")
        assert ours["silent"]
        arrived(ours, received)
    theirs = await world.grace.forward_messages("ada_lovelace", received)
    heard = await world.telewire.hear("new", lambda m: m["forwarded"] and not m["out"], "the forwarded message")
    arrived(heard, theirs)


async def reads(world):
    """Reading on one side is known on the other."""
    sent, received = await world.to_grace("read me")
    await world.grace.send_read_acknowledge("ada_lovelace", received)
    await world.telewire.hear("read", lambda id: id >= sent["id"], "that Grace has read")
    theirs = await world.grace.send_message("ada_lovelace", "now you")
    heard = await world.telewire_hears("now you")
    world.read.clear()
    assert await world.telewire.do("read", chat="grace_hopper", up_to=heard["id"])
    await until(lambda: any(id >= theirs.id for id in world.read), "that Ada has read")
    dialogs = (await world.telewire.do("dialogs"))["dialogs"]
    assert next(d for d in dialogs if d["id"] == world.grace_id)["unread"] == 0


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000000500"
    "01a5f645400000000049454e44ae426082"
)


async def files(world):
    """Documents, photos and albums, there and back, with their bytes."""
    data = bytes(range(256)) * 2100
    sent = await world.telewire.do("file", to="grace_hopper", name="data.bin", bytes=list(data), text="a **file**")
    received = await world.grace_hears("a file")
    arrived(sent, received)
    assert await received.download_media(bytes) == data
    await world.same_for_ada(sent)
    sent = await world.telewire.do("file", to="grace_hopper", name="dot.png", bytes=list(PNG), text="a photo")
    received = await world.grace_hears("a photo")
    assert received.photo
    arrived(sent, received)
    await world.same_for_ada(sent)
    theirs = await world.grace.send_file("ada_lovelace", data, caption="bytes from **Grace**", attributes=[types.DocumentAttributeFilename("g.txt")])
    heard = await world.telewire_hears("bytes from Grace")
    arrived(heard, theirs)
    assert bytes(await world.telewire.do("download", chat="grace_hopper", id=heard["id"])) == data
    pictures = [{"name": f"{n}.png", "bytes": list(PNG), "text": f"picture {n}"} for n in range(3)]
    sent = await world.telewire.do("album", to="grace_hopper", files=pictures)
    received = [await world.grace_hears(f"picture {n}") for n in range(3)]
    assert len({m.grouped_id for m in received}) == 1 and received[0].grouped_id
    for ours, at_grace in zip(sent, received, strict=True):
        arrived(ours, at_grace)


async def albums(world):
    """Albums that are forwarded stay albums, or go part by part if that is asked for."""
    pictures = [{"name": f"{n}.png", "bytes": list(PNG), "text": f"part {n} of an album"} for n in range(3)]
    sent = await world.telewire.do("album", to="me", files=pictures)
    ids = [m["id"] for m in sent]
    for options, together in (({}, True), ({"as_album": True}, True), ({"as_album": False}, False)):
        world.heard.clear()
        ours = await world.telewire.do("forward", to="grace_hopper", chat="me", ids=ids, known=True, **options)
        received = [await world.grace_hears(f"part {n} of an album") for n in range(3)]
        albums = {m.grouped_id for m in received}
        assert len(albums) == (1 if together else 3) and None not in albums, (options, albums)
        for one, at_grace in zip(ours, received, strict=True):
            arrived(one, at_grace)
            await world.same_for_ada(one)
    theirs = await world.grace.send_file("ada_lovelace", [PNG, PNG], caption=["one by Grace", "two by Grace"])
    heard = [await world.telewire_hears(text) for text in ("one by Grace", "two by Grace")]
    assert len({m["grouped_id"] for m in heard}) == 1 and heard[0]["grouped_id"]
    theirs = await world.grace.forward_messages("ada_lovelace", theirs)
    for one in theirs:
        again = await world.telewire_hears(one.raw_text)
        arrived(again, one)
        assert again["forwarded"] and again["grouped_id"]


async def changed_files(world):
    """A file in place of another, by either library; the other has the new bytes."""
    sent = await world.telewire.do("file", to="grace_hopper", name="v1.bin", bytes=[1] * 100, text="version one")
    at_grace = await world.grace_hears("version one")
    file = {"name": "v2.bin", "bytes": [2] * 200, "text": "version **two**"}
    edited = await world.telewire.do("edit", chat="grace_hopper", id=sent["id"], file=file)
    await until(lambda: any(m.raw_text == "version two" for m in world.edited), "the other file")
    seen = next(m for m in world.edited if m.raw_text == "version two")
    assert seen.id == at_grace.id and await seen.download_media(bytes) == b"\2" * 200
    arrived(edited, seen)
    await world.same_for_ada(edited)
    theirs = await world.grace.send_file("ada_lovelace", b"\3" * 100, caption="version three")
    first = await world.telewire_hears("version three")
    theirs = await world.grace.edit_message(theirs, "version four", file=b"\4" * 300)
    heard = await world.telewire_hears("version four", "edited")
    arrived(heard, theirs)
    assert heard["id"] == first["id"]
    assert bytes(await world.telewire.do("download", chat="grace_hopper", id=heard["id"])) == b"\4" * 300


async def groups(world):
    """A group and a channel: the same for everybody in them."""
    group = next(d for d in await world.ada.get_dialogs() if d.name == "Weekend hikes")
    await world.telewire.do("dialogs")
    await world.grace.get_dialogs()
    sent = await world.telewire.do("send", to=group.id, text="to **all**")
    received = await world.grace_hears("to all")
    arrived(sent, received)
    same(sent, await world.ada.get_messages(group.entity, ids=sent["id"]))
    answer = await received.reply("from one of them")
    heard = await world.telewire_hears("from one of them")
    arrived(heard, answer)
    assert heard["is_group"] and heard["reply_to"] == sent["id"]
    news = await world.ada.get_entity("telewire_news")
    sent = await world.telewire.do("send", to="telewire_news", text="latest **news**")
    received = await world.grace_hears("latest news")
    arrived(sent, received)
    # In a channel an id means the same to everybody.
    assert sent["id"] == received.id and sent["is_channel"]
    same(sent, await world.ada.get_messages(news, ids=sent["id"]))
