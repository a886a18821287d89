"""Telethon in the sandbox's groups, supergroups and channels, with its own profile and its contacts.

Usage: telethon_chats.py SANDBOX_BINARY
"""

import asyncio
import sys

from telethon import errors, events, functions, types
from telethon_interop import _note, each_alone, refused, until

TRANSPORT = "abridged"
# The smallest GIF counts as a picture.
PICTURE = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


async def both(sandbox):
    return await sandbox.signed_in(TRANSPORT, 0), await sandbox.signed_in(TRANSPORT, 1)


async def made(client, title, **kind):
    """A new channel or supergroup."""
    request = functions.channels.CreateChannelRequest(title=title, about="About", **kind)
    return (await client(request)).chats[0]


async def channel(sandbox):
    """Create, post, edit, invite, list, promote, demote."""
    ada, grace = await both(sandbox)
    heard = []
    grace.add_event_handler(lambda e: _note(heard, e), events.NewMessage())
    grace.add_event_handler(lambda e: _note(heard, e), events.MessageEdited())
    news = await made(ada, "Engines", broadcast=True)
    assert news.id > 10**10 and news.broadcast and news.creator, news
    await ada(functions.channels.InviteToChannelRequest(news, ["grace_hopper"]))
    theirs = next(d.entity for d in await grace.get_dialogs() if d.entity.id == news.id)
    assert theirs.access_hash != news.access_hash and not theirs.creator
    await refused(grace.send_message(theirs, "mine"), errors.ChatAdminRequiredError)
    post = await ada.send_message(news, "A post")
    assert post.post and post.from_id is None
    await ada.edit_message(post, "A better post")
    await until(lambda: [e.text for e in heard] == ["A post", "A better post"], "the post and its change")
    await refused(grace.edit_message(theirs, post.id, "worse"), errors.MessageAuthorRequiredError)
    await refused(grace.get_participants(theirs), errors.ChatAdminRequiredError)
    people = await ada.get_participants(news)
    assert {p.username for p in people} == {"ada_lovelace", "grace_hopper"} and people.total == 2
    await ada.edit_admin(news, "grace_hopper", post_messages=True, title="Editor")
    rights = await grace.get_permissions(theirs, "me")
    assert rights.is_admin and rights.post_messages and not rights.ban_users
    own = await grace.send_message(theirs, "An editor's post")
    await refused(grace.edit_admin(theirs, "echo_bot", ban_users=True), errors.ChatAdminRequiredError)
    admins = await ada.get_participants(news, filter=types.ChannelParticipantsAdmins())
    assert len(admins) == 2 and admins[1].participant.rank == "Editor", [a.participant for a in admins]
    await ada.edit_admin(news, "grace_hopper", is_admin=False)
    await refused(grace.send_message(theirs, "no more"), errors.ChatAdminRequiredError)
    assert [m.id async for m in grace.iter_messages(theirs, limit=1)] == [own.id]
    await ada(functions.channels.DeleteChannelRequest(news))
    await refused(grace.get_messages(theirs), errors.ChannelPrivateError)
    await ada.disconnect()
    await grace.disconnect()


async def supergroup(sandbox):
    """Rights, bans, slow mode and links, and the log in which all of it is."""
    ada, grace = await both(sandbox)
    group = await made(ada, "Round table", megagroup=True)
    link = (await ada(functions.messages.ExportChatInviteRequest(group))).link
    shown = await grace(functions.messages.CheckChatInviteRequest(link.split("+")[1]))
    assert shown.title == "Round table" and shown.megagroup, shown
    acts, pins = [], []
    ada.add_event_handler(lambda e: _note(acts, e), events.ChatAction(group))
    joined = await grace(functions.messages.ImportChatInviteRequest(link.split("+")[1]))
    theirs = getattr(joined, "updates", joined).chats[0]
    await until(lambda: any(e.user_joined for e in acts), "somebody who joins")
    await refused(grace(functions.messages.ImportChatInviteRequest(link.split("+")[1])), errors.UserAlreadyParticipantError)
    said = await grace.send_message(theirs, "Hello all")
    grace.add_event_handler(lambda e: _note(pins, e), events.ChatAction())
    await ada.pin_message(group, said.id)
    await until(lambda: any(e.new_pin for e in pins), "the pin")
    assert (await grace.get_messages(theirs, ids=types.InputMessagePinned())).id == said.id
    await ada(functions.channels.ToggleSlowModeRequest(group, 300))
    error = await refused(grace.send_message(theirs, "too soon"), errors.SlowModeWaitError)
    assert 60 < error.seconds <= 300, error
    await ada(functions.channels.ToggleSlowModeRequest(group, 0))
    await ada.edit_permissions(group, "grace_hopper", send_messages=False)
    await refused(grace.send_message(theirs, "still"), errors.UserBannedInChannelError)
    banned = await ada.get_participants(group, filter=types.ChannelParticipantsBanned(""))
    assert [b.username for b in banned] == ["grace_hopper"]
    await ada.edit_permissions(group, "grace_hopper")
    await grace.send_message(theirs, "again")
    await ada(functions.channels.EditTitleRequest(group, "Square table"))
    await ada.delete_messages(group, said.id)
    await ada.kick_participant(group, "grace_hopper")
    await refused(grace.get_messages(theirs), errors.ChannelPrivateError)
    log = [event async for event in ada.iter_admin_log(group)]
    kinds = [type(event.action).__name__.removeprefix("ChannelAdminLogEventAction") for event in log]
    assert kinds == [
        "ParticipantToggleBan",
        "ParticipantToggleBan",
        "DeleteMessage",
        "ChangeTitle",
        "ParticipantToggleBan",
        "ParticipantToggleBan",
        "ToggleSlowMode",
        "ToggleSlowMode",
        "UpdatePinned",
        "ParticipantJoinByInvite",
    ], kinds
    assert log[3].old == "Round table" and log[3].new == "Square table"
    only = [event async for event in ada.iter_admin_log(group, delete=True)]
    assert len(only) == 1 and only[0].old.text == "Hello all", only
    await ada.disconnect()
    await grace.disconnect()


async def basic_group(sandbox):
    """A small group, its admins, and what becomes of it."""
    ada, grace = await both(sandbox)
    acts = []
    grace.add_event_handler(lambda e: _note(acts, e), events.ChatAction())
    made = await ada(functions.messages.CreateChatRequest(["grace_hopper"], "Table"))
    chat = made.updates.chats[0]
    await until(lambda: any(e.created for e in acts), "the new group")
    await ada.send_message(chat, "first")
    await until(lambda: acts[0].chat_id == -chat.id, "its number")
    full = await grace(functions.messages.GetFullChatRequest(chat.id))
    assert len(full.full_chat.participants.participants) == 2
    await refused(grace(functions.messages.EditChatAdminRequest(chat.id, "ada_lovelace", True)), errors.ChatAdminRequiredError)
    await ada.edit_admin(chat, "grace_hopper", is_admin=True)
    assert (await grace.get_permissions(chat.id * -1, "me")).is_admin
    await grace(functions.messages.EditChatTitleRequest(chat.id, "Long table"))
    await ada(functions.messages.AddChatUserRequest(chat.id, "telewire_bot", 0))
    await refused(ada(functions.messages.AddChatUserRequest(chat.id, "telewire_bot", 0)), errors.UserAlreadyParticipantError)
    await grace.kick_participant(chat.id * -1, "telewire_bot")
    people = await ada.get_participants(chat)
    assert {p.username for p in people} == {"ada_lovelace", "grace_hopper"}
    moved = await ada(functions.messages.MigrateChatRequest(chat.id))
    group = next(c for c in moved.chats if isinstance(c, types.Channel))
    assert group.megagroup and group.title == "Long table"
    await refused(ada.send_message(chat, "too late"), errors.ChatWriteForbiddenError)
    assert (await ada.get_messages(chat, search="first"))[0].text == "first"
    await ada.send_message(group, "here now")
    people = await ada.get_participants(group, filter=types.ChannelParticipantsAdmins())
    assert len(people) == 2, people
    await ada.disconnect()
    await grace.disconnect()


async def profile(sandbox):
    """Names, a photo, who is there, and contacts by phone."""
    ada, grace = await both(sandbox)
    statuses = []
    await grace.send_message("ada_lovelace", "hello")
    grace.add_event_handler(lambda e: _note(statuses, e), events.UserUpdate())
    me = await ada(functions.account.UpdateProfileRequest(last_name="King", about="Of numbers"))
    assert me.last_name == "King"
    seen = await grace(functions.users.GetFullUserRequest("ada_lovelace"))
    assert seen.full_user.about == "Of numbers" and seen.users[0].last_name == "King"
    file = await ada.upload_file(PICTURE, file_name="me.gif")
    photo = (await ada(functions.photos.UploadProfilePhotoRequest(file=file))).photo
    shown = await grace.get_entity("ada_lovelace")
    assert shown.photo.photo_id == photo.id
    assert await grace.download_profile_photo(shown, bytes) == PICTURE
    photos = await grace.get_profile_photos("ada_lovelace")
    assert [p.id for p in photos] == [photo.id] and photos.total == 1
    await ada(functions.photos.DeletePhotosRequest([types.InputPhoto(photo.id, photo.access_hash, photo.file_reference)]))
    assert (await grace.get_entity("ada_lovelace")).photo is None
    await ada(functions.account.UpdateStatusRequest(offline=False))
    await until(lambda: any(e.online for e in statuses), "somebody who comes")
    await ada(functions.account.UpdateStatusRequest(offline=True))
    await until(lambda: isinstance(statuses[-1].status, types.UserStatusOffline), "somebody who goes")
    alan = sandbox.info["users"][2]
    card = types.InputPhoneContact(client_id=7, phone="+" + alan["phone"], first_name="My", last_name="Friend")
    nobody = types.InputPhoneContact(client_id=8, phone="+9996629999", first_name="No", last_name="Body")
    imported = await ada(functions.contacts.ImportContactsRequest([card, nobody]))
    assert [i.client_id for i in imported.imported] == [7], imported
    friend = await ada.get_entity(imported.imported[0].user_id)
    assert (friend.first_name, friend.last_name, friend.phone, friend.contact) == ("My", "Friend", alan["phone"], True)
    contacts = await ada(functions.contacts.GetContactsRequest(0))
    assert [c.user_id for c in contacts.contacts] == [friend.id]
    await ada(functions.contacts.DeleteContactsRequest([friend]))
    assert (await ada(functions.contacts.GetContactsRequest(0))).contacts == []
    await ada.disconnect()
    await grace.disconnect()


SCENARIOS = [channel, supergroup, basic_group, profile]


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(each_alone(sys.argv[1], SCENARIOS)) else 1)
