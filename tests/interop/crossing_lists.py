"""One account in both libraries: the same dialogs, drafts and histories."""

import asyncio
import datetime
import json
import time

from telethon import types

from peer import arrived, differences, marked, raw, same


async def dialogs(world):
    """Both libraries list the same chats for the same account, whatever is asked for."""
    await world.to_grace("the last word")
    for options in ({}, {"limit": 2}, {"archived": False}, {"archived": True}, {"ignore_pinned": True}):
        ours = await world.telewire.do("dialogs", **options)
        theirs = await world.ada.get_dialogs(**options)
        seen = [
            {
                "id": d.id,
                "name": d.name,
                "unread": d.unread_count,
                "mentions": d.unread_mentions_count,
                "pinned": bool(d.pinned),
                "archived": bool(d.archived),
                "top": raw(json.loads(d.message.to_json())) if d.message else None,
                "draft": d.draft.raw_text or "",
                "is_user": d.is_user,
                "is_group": d.is_group,
                "is_channel": d.is_channel,
            }
            for d in theirs
        ]
        found = differences([{**d, "top": d["top"] and raw(d["top"])} for d in ours["dialogs"]], seen)
        assert not found, f"{options}: {found}"
        assert ours["total"] == theirs.total, options
    await world.telewire.do("archive", chat="grace_hopper", folder=1)
    assert [d.id async for d in world.ada.iter_dialogs(archived=True)] == [world.grace_id]
    await world.ada.edit_folder("grace_hopper", 0)
    assert (await world.telewire.do("dialogs", archived=True))["dialogs"] == []


async def drafts(world):
    """A draft that one library saves, the other finds."""
    await world.to_grace("there is a chat")
    made = await world.telewire.do("draft", chat="grace_hopper", text="Dear **Grace**", link_preview=False)
    assert made["raw_text"] == "Dear Grace"
    (theirs,) = await world.ada.get_drafts()
    assert theirs.raw_text == "Dear Grace" and theirs.text == "Dear **Grace**" and not theirs.link_preview
    await theirs.set_message(text="Dearest __Grace__")
    (ours,) = await world.telewire.do("drafts")
    assert (ours["text"], ours["raw_text"], ours["link_preview"]) == ("Dearest __Grace__", "Dearest Grace", False)
    sent = await world.telewire.do("draft", chat="grace_hopper", send=True)
    arrived(sent, await world.grace_hears("Dearest Grace"))
    assert await world.telewire.do("drafts") == [] and not [d for d in await world.ada.get_drafts() if not d.is_empty]


async def histories(world):
    """Both libraries find the same messages for the same question."""
    await world.telewire.do("dialogs")
    for n in range(130):
        if n == 70:
            # On the very second, Telethon takes messages in that by its documentation are left out.
            await asyncio.sleep(1.1)
            date = datetime.datetime.now(datetime.timezone.utc)
            await asyncio.sleep(1.1)
        await world.ada.send_message("me", f"note {n}" + (" with an apple" if n % 7 == 0 else ""))
    news = marked(await world.ada.get_entity("telewire_news"))
    for chat in ("me", "grace_hopper", news):
        ids = [m.id for m in await world.ada.get_messages(chat, limit=None)]
        for question in questions(ids, date):
            await same_answer(world, chat, question)
    for question in ({"limit": None, "search": "apple"}, {"limit": 5, "search": "apple"}, {"limit": None, "search": "no such"}):
        await same_answer(world, None, question)
    ids = [m.id for m in await world.ada.get_messages("me", limit=5)]
    elsewhere = (await world.ada.get_messages("grace_hopper"))[0].id
    posts = [m.id for m in await world.ada.get_messages(news, limit=2)]
    for chat, wanted in (("me", [ids[2], 999_999, ids[0], elsewhere, ids[4]]), (news, [999_999, *posts]), ("me", [])):
        for reverse in (False, True):
            found = await world.ada.get_messages(chat, ids=wanted, reverse=reverse)
            ours = await world.telewire.do("by_id", chat=chat, ids=wanted, reverse=reverse)
            assert len(ours) == len(found) == len(wanted), (chat, wanted, ours, found)
            for one, other in zip(ours, found):
                assert (one is None) == (other is None), (chat, wanted, reverse, one, other)
                if one:
                    same(one, other)
    begun = time.monotonic()
    assert len((await world.telewire.do("messages", chat="me", limit=None, wait_time=300))["messages"]) >= 130
    assert time.monotonic() - begun > 0.3


def questions(ids, date):
    """What can be asked about a history with these ids."""

    def at(part):
        return ids[int(len(ids) * part)]

    return [
        {"limit": None},
        {"limit": 0},
        {"limit": 7},
        {"limit": 7, "reverse": True},
        {"limit": 120, "offset_id": at(0.1)},
        {"limit": 5, "offset_id": at(0.5), "reverse": True},
        {"limit": 10, "offset_id": at(0.4), "add_offset": 4},
        {"limit": 10, "offset_id": at(0.4), "add_offset": -4},
        {"limit": None, "min_id": at(0.3)},
        {"limit": None, "max_id": at(0.8)},
        {"limit": None, "min_id": at(0.6), "max_id": at(0.2)},
        {"limit": None, "min_id": at(0.6), "max_id": at(0.2), "reverse": True},
        {"limit": 20, "offset_date": date},
        {"limit": 3, "offset_date": date, "reverse": True},
        {"limit": None, "search": "apple"},
        {"limit": 5, "search": "apple", "reverse": True},
        {"limit": None, "search": "nothing at all"},
        {"limit": None, "from_user": "me"},
        {"limit": None, "from_user": "grace_hopper"},
        {"limit": 4, "from_user": "me", "reverse": True},
        {"limit": None, "filter": "PhotoVideo"},
        {"limit": None, "filter": "Url"},
        {"limit": None, "filter": "Photos"},
        {"limit": None, "filter": "Document", "search": "file"},
    ]


FILTERS = {
    "Url": types.InputMessagesFilterUrl,
    "PhotoVideo": types.InputMessagesFilterPhotoVideo,
    "Photos": types.InputMessagesFilterPhotos,
    "Document": types.InputMessagesFilterDocument,
}


async def same_answer(world, chat, question):
    """Both libraries find the same."""
    theirs, ours = {**question, "wait_time": 0}, dict(question)
    if "filter" in question:
        theirs["filter"] = FILTERS[question["filter"]]
    if "offset_date" in question:
        ours["offset_date"] = int(question["offset_date"].timestamp())
    found = await world.ada.get_messages(chat, **theirs)
    ours = await world.telewire.do("messages", chat=chat, **ours)
    ids = [m["id"] for m in ours["messages"]], [m.id for m in found]
    assert ids[0] == ids[1], (chat, question, *ids)
    assert ours["total"] == found.total, (chat, question, ours["total"], found.total)
    for one, other in zip(ours["messages"], found):
        same(one, other)
