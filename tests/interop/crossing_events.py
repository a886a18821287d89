"""Events cross: the same filters in both libraries, for the same account, let the same through."""

import json

from telethon import events, functions, types

from peer import differences, marked, plain
from telethon_interop import until


def filters(world, group, news):
    """Name, the event, what it is told in the words of both, and the texts that pass."""
    grace = ["grace_hopper"]
    return [
        ("incoming", "new", {"incoming": True}, ["flt hello one", "flt to all", "flt hello one", "flt say"]),
        ("outgoing", "new", {"outgoing": True}, ["flt hello out", "flt news"]),
        ("forwards", "new", {"forwards": True}, ["flt hello one"]),
        ("no_forwards", "new", {"forwards": False, "incoming": True}, ["flt hello one", "flt to all", "flt say"]),
        ("from_grace", "new", {"from_users": grace}, ["flt hello one", "flt to all", "flt hello one", "flt say"]),
        ("in_group", "new", {"chats": [group]}, ["flt to all"]),
        ("elsewhere", "new", {"chats": [group, news], "blacklist_chats": True},
         ["flt hello one", "flt hello out", "flt hello one", "flt say"]),
        ("pattern", "new", {"pattern": r"flt h(el+)o (\w+)"}, ["flt hello one", "flt hello out", "flt hello one"]),
        ("both", "new", {"pattern": r"flt.*out", "outgoing": True, "chats": grace}, ["flt hello out"]),
        ("edited", "edited", {}, ["flt said", "flt hello edited"]),
        ("edited_incoming", "edited", {"incoming": True, "from_users": grace}, ["flt said"]),
        ("edited_outgoing", "edited", {"outgoing": True, "pattern": "flt (h)"}, ["flt hello edited"]),
    ]


BUILDERS = {"new": events.NewMessage, "edited": events.MessageEdited}


async def handlers(world):
    """Each filter of message events, in both libraries at once."""
    group = next(d for d in await world.ada.get_dialogs() if d.name == "Weekend hikes").id
    news = marked(await world.ada.get_entity("telewire_news"))
    await world.telewire.do("dialogs")
    table = [(f"passed {name}", *rest) for name, *rest in filters(world, group, news)]
    theirs = {}
    added = []
    for name, kind, options, _ in table:
        await world.telewire.do("listen", **{"as": name, "on": kind}, **options)
        theirs[name] = []

        async def note(event, into=theirs[name]):
            if not event.raw_text.startswith("flt"):
                return  # The code with which the account signs in once more.
            groups = event.pattern_match and list(event.pattern_match.groups())
            into.append([event.raw_text, groups])

        added.append(note)
        world.ada.add_event_handler(note, BUILDERS[kind](**options))
    await world.telewire.do("listen", **{"as": "deleted_news", "on": "deleted", "chats": [news]})
    deleted = []
    world.ada.add_event_handler(lambda e: _note(deleted, [e.deleted_ids]), events.MessageDeleted(chats=[news]))
    # Neither of the two that listen sends anything itself, so that both hear of everything.
    ada = await world.sandbox.signed_in("full", 0)
    await ada.get_dialogs()
    posted = await say_all(world, ada, group, news)
    await ada.log_out()
    heard = {}

    def ours(event):
        return event[0].startswith("flt")

    for name, kind, _, texts in table:
        await until(lambda: len(theirs[name]) >= len(texts), f"{name} at Telethon's")
        heard[name] = [await world.telewire.hear(name, ours, f"{name}: {text}") for text in texts]
    await until(lambda: deleted, "the deletion at Telethon's")
    gone = await world.telewire.hear("deleted_news", lambda _: True, "the deletion")
    assert gone == [[posted]] == deleted[0], (gone, posted, deleted)
    # All has been told, and nothing that is too much.
    world.telewire.heard += await world.telewire.do("heard")
    for name, _, _, texts in table:
        assert [text for text, _ in theirs[name]] == texts, (name, "Telethon", theirs[name])
        assert heard[name] == theirs[name], (name, heard[name], theirs[name])
        assert not [e for e in world.telewire.heard if name in e and ours(e[name])], name
    for note in added:
        world.ada.remove_event_handler(note)


async def _note(into, what):
    into.append(what)


async def say_all(world, ada, group, news):
    """Something for each filter, one after the other. Returns the id of what was posted in the channel and deleted."""
    grace = world.grace
    await grace.get_dialogs()
    first = await grace.send_message("ada_lovelace", "flt hello one")
    await grace.send_message(group, "flt to all")
    mine = await ada.send_message("grace_hopper", "flt hello out")
    await grace.forward_messages("ada_lovelace", first)
    said = await grace.send_message("ada_lovelace", "flt say")
    await grace.edit_message(said, "flt said")
    await ada.edit_message(mine, "flt hello edited")
    posted = await ada.send_message(news, "flt news")
    # In a private chat, nothing is said about where it was deleted: the filter leaves it out.
    await grace.delete_messages("ada_lovelace", [said])
    await ada.delete_messages(news, [posted])
    return posted.id


KINDS = (
    types.UpdateUserTyping,
    types.UpdateEditMessage,
    types.UpdateDeleteMessages,
    types.UpdateReadHistoryInbox,
)


async def raw_updates(world):
    """The same updates come to both libraries, equal in every field."""
    theirs = []

    async def note(update):
        theirs.append(update)

    world.telewire.heard += await world.telewire.do("heard")
    world.telewire.heard = [e for e in world.telewire.heard if "raw" not in e]
    world.ada.add_event_handler(note, events.Raw(KINDS))
    ada = await world.sandbox.signed_in("full", 0)
    await ada.get_dialogs()
    peer = await world.grace.get_input_entity("ada_lovelace")
    await world.grace(functions.messages.SetTypingRequest(peer, types.SendMessageTypingAction()))
    sent = await world.grace.send_message("ada_lovelace", "raw, at first")
    heard = await world.telewire_hears("raw, at first")
    await world.grace.edit_message(sent, "raw, **and** cooked")
    await ada.send_read_acknowledge("grace_hopper", max_id=heard["id"])
    await world.grace.delete_messages("ada_lovelace", [sent])
    await ada.log_out()
    for n, kind in enumerate((KINDS[0], KINDS[1], KINDS[3], KINDS[2])):
        await until(lambda: any(isinstance(u, kind) for u in theirs), kind.__name__)
        name = kind.__name__[0].lower() + kind.__name__[1:]
        ours = await world.telewire.hear("raw", lambda u: plain(u)["_"] == name, name)
        their = next(u for u in theirs if isinstance(u, kind))
        found = differences(plain(ours), plain(json.loads(their.to_json())))
        assert not found, (n, found)
    world.ada.remove_event_handler(note)


def read(event):
    return {
        "chat": event.chat_id,
        "max_id": event.max_id,
        "outbox": event.outbox,
        "contents": event.contents,
        "message_ids": event.message_ids,
    }


async def action(event):
    """Without who has pinned something, which this version does not tell, and without `unpin`, which it sets for everything."""
    pinned = event.action_message and await event.get_pinned_message()
    added_by, kicked_by = await event.get_added_by(), await event.get_kicked_by()
    return {
        "chat": event.chat_id,
        "action_message": event.action_message and event.action_message.id,
        "pinned": pinned and pinned.id,
        "flags": [
            event.new_photo, event.user_added, event.user_joined, event.user_left, event.user_kicked, event.created,
        ],
        "new_title": event.new_title,
        "user_ids": event.user_ids or [],
        "added_by": added_by and added_by.id,
        "kicked_by": kicked_by and kicked_by.id,
    }


def user(event):
    def moment(date):
        return date and int(date.timestamp())

    return {
        "chat": event.chat_id,
        "user": event.user_id,
        "online": bool(event.online),
        "last_seen": moment(event.last_seen),
        "until": moment(event.until),
        "seen": [bool(seen) for seen in (event.recently, event.within_weeks, event.within_months)],
        "does": [
            bool(does)
            for does in (
                event.cancel, event.typing, event.recording, event.uploading, event.playing, event.audio, event.round,
                event.video, event.document, event.geo, event.photo, event.contact, event.sticker,
            )
        ],
    }


async def people(world):
    """What others read and do, and what happens to chats, is the same event in both libraries."""
    table = [
        ("others_read", "read", {}, events.MessageRead(), read),
        ("own_read", "read", {"inbox": True}, events.MessageRead(inbox=True), read),
        ("actions", "action", {}, events.ChatAction(), action),
        ("users", "user", {}, events.UserUpdate(), user),
    ]
    theirs, added = {}, []
    for name, kind, options, builder, describe in table:
        await world.telewire.do("listen", **{"as": name, "on": kind}, **options)
        theirs[name] = []

        async def note(event, into=theirs[name], describe=describe):
            told = describe(event)
            into.append(told if isinstance(told, dict) else await told)

        added.append(note)
        world.ada.add_event_handler(note, builder)
    ada = await world.sandbox.signed_in("full", 0)
    await ada.get_dialogs()
    told = await live(world, ada)
    await ada.log_out()
    for name, count in told.items():
        await until(lambda: len(theirs[name]) >= count, f"{name} at Telethon's")
        # What comes at the same time may be described in any order.
        for event in theirs[name][:count]:
            await world.telewire.hear(name, lambda e: e == event, f"{name}: {event}")
    for note in added:
        world.ada.remove_event_handler(note)


async def live(world, ada):
    """Grace and another device of Ada's do things. Returns how many events of each kind that makes at least."""
    grace = world.grace
    peer = await grace.get_input_entity("ada_lovelace")
    await ada.send_message("grace_hopper", "read this")
    await grace.send_read_acknowledge(peer)
    await grace.send_message(peer, "and you this")
    await ada.send_read_acknowledge("grace_hopper")
    actions = [
        types.SendMessageTypingAction(), types.SendMessageGamePlayAction(), types.SendMessageGeoLocationAction(),
        types.SendMessageRecordAudioAction(), types.SendMessageRecordRoundAction(), types.SendMessageRecordVideoAction(),
        types.SendMessageChooseContactAction(), types.SendMessageChooseStickerAction(),
        types.SendMessageUploadAudioAction(1), types.SendMessageUploadDocumentAction(2),
        types.SendMessageUploadPhotoAction(3), types.SendMessageUploadRoundAction(4),
        types.SendMessageUploadVideoAction(5), types.SendMessageCancelAction(),
    ]
    for what in actions:
        await grace(functions.messages.SetTypingRequest(peer, what))
    for offline in (False, True):
        await grace(functions.account.UpdateStatusRequest(offline))
    made = await grace(functions.messages.CreateChatRequest([peer], "Tea"))
    group = made.updates.chats[0]
    await grace(functions.messages.EditChatTitleRequest(group.id, "Coffee"))
    said = await grace.send_message(group, "worth it")
    await grace(functions.messages.SetTypingRequest(group, types.SendMessageTypingAction()))
    await grace.pin_message(group, said)
    round_table = await grace(functions.channels.CreateChannelRequest("Round table", "", megagroup=True))
    round_table = round_table.chats[0]
    await grace(functions.channels.InviteToChannelRequest(round_table, [peer]))
    await grace(functions.channels.EditTitleRequest(round_table, "Square table"))
    await grace(functions.messages.DeleteChatUserRequest(group.id, peer))
    return {"others_read": 1, "own_read": 1, "actions": 6, "users": len(actions) + 3}
