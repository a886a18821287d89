"""Telewire as an account that a script can command, and what both libraries see of a message, in the same words."""

import asyncio
import datetime
import json

from telethon import utils

# Fields that belong to the account which looks, not to the message.
OWN = {"access_hash", "id", "out", "mentioned", "media_unread", "peer_id", "reply_to", "from_id"}


class Peer:
    """A running `peer` of telewire-tests."""

    @classmethod
    async def start(cls, binary, sandbox, **who):
        """Signs in as `user=N` or `bot=N` of the sandbox."""
        peer = cls()
        peer.heard = []
        pipe = asyncio.subprocess.PIPE
        peer.process = await asyncio.create_subprocess_exec(binary, stdin=pipe, stdout=pipe, limit=1 << 26)
        peer.id = await peer.ask({"sandbox": sandbox.info, **who})
        return peer

    async def ask(self, line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        await self.process.stdin.drain()
        answer = json.loads(await self.process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    async def do(self, command, **arguments):
        """Has it do something."""
        return await self.ask({"do": command, **arguments})

    async def hear(self, kind, test, what):
        """The next thing of that kind that passes, taken out of what it has heard."""
        deadline = asyncio.get_running_loop().time() + 30
        while True:
            self.heard += await self.do("heard")
            for event in self.heard:
                if kind in event and test(event[kind]):
                    self.heard.remove(event)
                    return event[kind]
            assert asyncio.get_running_loop().time() < deadline, f"Telewire waited in vain for {what}"
            await asyncio.sleep(0.02)

    async def stop(self):
        self.process.stdin.close()
        assert await self.process.wait() == 0


class Refused(Exception):
    """Telewire answered with an error."""


def plain(value):
    """Raw values of both libraries in one form: without what is not set, with dates as numbers."""
    if isinstance(value, dict):
        value = {key: plain(item) for key, item in value.items()}
        if "_" in value:
            value["_"] = value["_"][0].lower() + value["_"][1:]
        return {key: item for key, item in value.items() if item not in (None, False, [])}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        return datetime.datetime.fromisoformat(value).timestamp()
    return value


def seen_by_telewire(message):
    """A message as Telewire describes it."""
    return {**message, "raw": raw(message["raw"]), "text": None}


def raw(message):
    """The raw value in one form, without what differs whenever one looks: file references are made anew each time, and
    Telethon marks what one sends to oneself as outgoing."""
    message = without({"file_reference"}, plain(message))
    message.pop("out", None)
    return message


def without(keys, value):
    """A value without these fields, wherever they are."""
    if isinstance(value, dict):
        return {key: without(keys, item) for key, item in value.items() if key not in keys}
    return [without(keys, item) for item in value] if isinstance(value, list) else value


def sender(message):
    """Telethon does not say who sent what itself has just sent in a private chat."""
    if message.sender_id is None and message.out:
        return message.client._self_id
    return message.sender_id


def extension(file):
    """1.7.7, which we follow, knows no extension of application/octet-stream."""
    return None if file.mime_type == "application/octet-stream" else file.ext


def seen_by_telethon(message):
    """The same of a message of Telethon's."""
    file = message.file
    rows = message.buttons or []
    return {
        "raw": raw(json.loads(message.to_json())),
        "text": None,
        "id": message.id,
        # A service message has no text; for us that is an empty one.
        "raw_text": message.raw_text or "",
        "out": message.out,
        "chat_id": message.chat_id,
        "sender_id": sender(message),
        "is_private": message.is_private,
        "is_group": message.is_group,
        "is_channel": message.is_channel,
        "is_reply": message.is_reply,
        "reply_to": message.reply_to_msg_id,
        "silent": bool(message.silent),
        "forwarded": message.forward is not None,
        "grouped_id": message.grouped_id,
        "inner": [text for _, text in message.get_entities_text()],
        "file": file
        and {
            "name": file.name,
            "size": file.size,
            "mime": file.mime_type,
            "ext": extension(file),
            # 1.7.7 knows neither of photos.
            "width": None if message.photo else file.width,
            "height": None if message.photo else file.height,
        },
        "buttons": [[button(b) for b in row] for row in rows],
    }


def button(button):
    data = button.data.decode() if button.data is not None else None
    return [button.text, data, button.url, button.inline_query]


def differences(one, other, path=""):
    """Where two values differ, one line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [line for key in keys for line in differences(one.get(key), other.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [line for n, pair in enumerate(zip(one, other)) for line in differences(*pair, f"{path}[{n}]")]
    return [] if one == other else [f"{path[1:]}: {one!r} is not {other!r}"]


def same(telewire, telethon):
    """The same account sees the same message in both libraries, in every field."""
    found = differences(seen_by_telewire(telewire), seen_by_telethon(telethon))
    assert not found, "\n".join(found)


def shared(seen):
    """What everybody sees of a message, whoever looks."""
    kept = ("raw_text", "sender_id", "is_reply", "silent", "forwarded", "inner", "file", "buttons")
    return {"raw": without(OWN, seen["raw"]), **{key: seen[key] for key in kept}}


def arrived(telewire, telethon):
    """One account sees through Telewire what another sees through Telethon."""
    found = differences(shared(seen_by_telewire(telewire)), shared(seen_by_telethon(telethon)))
    assert not found, "\n".join(found)


def marked(entity):
    return utils.get_peer_id(entity)

