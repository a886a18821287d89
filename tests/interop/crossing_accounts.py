"""Accounts cross: made with one library, used with the other, with passwords and QR codes of both."""

import base64

from telethon import errors, functions
from telethon.sessions import StringSession

from peer import Peer, Refused
from telethon_interop import refused

PHONE, OTHER_PHONE = "9996628899", "9996628897"


async def entering(world, **who):
    """Telewire, with nobody signed in, or whoever is named."""
    return await Peer.start(world.peer_binary, world.sandbox, **who)


async def passwords(world):
    """Signed up with Telewire; then each library sets a password, which the other has to give."""
    code = world.sandbox.info["code"]
    ours = await entering(world)
    await ours.do("send_code", phone=PHONE)
    told = await ours.do("sign_in", phone=PHONE, code=code)
    me = await ours.do("sign_up", first="Emmy", last="Noether")
    theirs = world.sandbox.client("full")
    await theirs.connect()
    # Both are told the same terms of somebody new; what Telethon signs up, Telewire signs in.
    sent = await theirs.send_code_request(OTHER_PHONE)
    await refused(theirs.sign_in(OTHER_PHONE, code), errors.PhoneNumberUnoccupiedError)
    assert theirs._tos.text and told == {"sign_up": theirs._tos.text}, told
    new = await theirs(functions.auth.SignUpRequest(OTHER_PHONE, sent.phone_code_hash, "Mary", "Somerville"))
    also = await entering(world)
    await also.do("send_code", phone=OTHER_PHONE)
    assert await also.do("sign_in", phone=OTHER_PHONE, code=code) == {"done": new.user.id}
    assert await also.do("me") == [new.user.id, "Mary", "Somerville", OTHER_PHONE]
    assert await also.do("log_out")
    await also.stop()
    await theirs.log_out()
    theirs = world.sandbox.client("full")
    await theirs.connect()
    await theirs.send_code_request(PHONE)
    user = await theirs.sign_in(PHONE, code)
    assert [user.id, user.first_name, user.last_name, user.phone] == await ours.do("me")
    await theirs.log_out()
    # Telewire sets it, Telethon gives it, and sets another one.
    assert await ours.do("edit_2fa", new="one", hint="the first")
    theirs = world.sandbox.client("full")
    await theirs.connect()
    await theirs.send_code_request(PHONE)
    await refused(theirs.sign_in(PHONE, code), errors.SessionPasswordNeededError)
    assert (await theirs(functions.account.GetPasswordRequest())).hint == "the first"
    await refused(theirs.sign_in(password="two"), errors.PasswordHashInvalidError)
    assert (await theirs.sign_in(password="one")).id == me
    assert await theirs.edit_2fa(current_password="one", new_password="two", hint="the second")
    # Telewire gives that, and takes it away.
    again = await entering(world)
    await again.do("send_code", phone=PHONE)
    assert await again.do("sign_in", phone=PHONE, code=code) == {"password": "the second"}
    try:
        await again.do("password", password="one")
        raise AssertionError("the old password is refused")
    except Refused as error:
        assert "PASSWORD_HASH_INVALID" in str(error), error
    assert await again.do("password", password="two") == me
    assert await again.do("edit_2fa", current="two")
    assert not (await theirs(functions.account.GetPasswordRequest())).has_password
    assert await again.do("log_out")
    await again.stop()
    await theirs.log_out()
    await ours.stop()


async def qr_codes(world):
    """A QR code of one library, scanned with the other."""
    shown = await entering(world)
    url = await shown.do("qr")
    token = base64.urlsafe_b64decode(url.removeprefix("tg://login?token=") + "==")
    await world.ada(functions.auth.AcceptLoginTokenRequest(token))
    done = await shown.hear("signed_in", lambda _: True, "being let in")
    assert done == {"done": world.ada_id}, done
    assert (await shown.do("me"))[0] == world.ada_id
    assert await shown.do("log_out")
    await shown.stop()
    theirs = world.sandbox.client("full")
    await theirs.connect()
    login = await theirs.qr_login()
    await world.telewire.do("accept", token=list(login.token))
    assert (await login.wait(30)).id == world.ada_id
    await theirs.log_out()


async def strings(world):
    """A session goes over as a string, both ways; who logs out with one library is out with the other."""
    for leaver in ("Telewire", "Telethon"):
        ours = await entering(world, user=1)
        theirs = world.sandbox.client("full", StringSession(await ours.do("session")))
        await theirs.connect()
        assert (await theirs.get_me()).id == ours.id == world.grace_id
        await ours.stop()
        string = theirs.session.save()
        back = await entering(world, session=string)
        assert back.id == world.grace_id and await back.do("session") == string
        if leaver == "Telewire":
            await theirs.disconnect()
            assert await back.do("log_out")
            await back.stop()
            again = world.sandbox.client("full", StringSession(string))
            await again.connect()
            assert not await again.is_user_authorized()
            await again.disconnect()
        else:
            await back.stop()
            await theirs.log_out()
            again = await entering(world, session=string)
            assert again.id is None
            await again.stop()


async def bot_tokens(world):
    """A bot signed in with both libraries is the same one."""
    bot = world.sandbox.info["bots"][1]
    ours = await entering(world, bot=1)
    theirs = world.sandbox.client("full")
    await theirs.start(bot_token=bot["token"])
    user = await theirs.get_me()
    assert (user.id, user.username, user.bot) == (ours.id, bot["username"], True)
    await theirs.log_out()
    await ours.stop()
