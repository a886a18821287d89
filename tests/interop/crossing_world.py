"""Who is in the sandbox when Telewire and Telethon talk to each other, and how what they see is compared.

Ada is signed in twice: with Telewire, and with Telethon, so that one account can be looked at from both sides; Grace uses
Telethon. Bots are signed in where they are needed.
"""

from telethon import events

from peer import Peer, arrived, same
from telethon_interop import until


class World:
    """The sandbox and who is in it."""

    @classmethod
    async def begin(cls, sandbox, peer_binary):
        world = cls()
        world.sandbox, world.peer_binary = sandbox, peer_binary
        world.telewire = await Peer.start(peer_binary, sandbox, user=0)
        world.ada = await sandbox.signed_in("full", 0)
        world.grace = await sandbox.signed_in("full", 1)
        world.ada_id, world.grace_id = (await world.ada.get_me()).id, (await world.grace.get_me()).id
        assert world.telewire.id == world.ada_id
        world.heard, world.edited, world.deleted, world.read = [], [], [], []
        for client, heard in ((world.grace, world.heard),):
            client.add_event_handler(lambda e, heard=heard: note(heard, e.message), events.NewMessage(incoming=True))
            client.add_event_handler(lambda e: note(world.edited, e.message), events.MessageEdited())
            client.add_event_handler(lambda e: note(world.deleted, e.deleted_ids), events.MessageDeleted())
            client.add_event_handler(lambda e: note(world.read, e.max_id), events.MessageRead())
        # Both know each other by name.
        await world.grace.get_entity("ada_lovelace")
        await world.ada.get_entity("grace_hopper")
        return world

    async def end(self):
        await self.telewire.stop()
        await self.ada.disconnect()
        await self.grace.disconnect()

    async def grace_hears(self, text):
        """The message with that text, which Grace is about to get."""
        await until(lambda: any(m.raw_text == text for m in self.heard), f"{text!r} at Grace's")
        return next(m for m in self.heard if m.raw_text == text)

    async def telewire_hears(self, text, kind="new"):
        return await self.telewire.hear(kind, lambda m: m["raw_text"] == text, f"{text!r}")

    async def to_grace(self, text="", **options):
        """Telewire sends something to Grace. Returns it as Telewire and as Grace see it, and compares all views."""
        sent = await self.telewire.do("send", to="grace_hopper", text=text, **options)
        received = await self.grace_hears(sent["raw_text"])
        arrived(sent, received)
        await self.same_for_ada(sent)
        return sent, received

    async def same_for_ada(self, described):
        """Telewire's answer, what it fetches, and what Telethon fetches for the same account are one message."""
        message = await self.ada.get_messages(described["chat_id"], ids=described["id"])
        same(await self.telewire.do("message", chat="grace_hopper", id=described["id"]), message)
        same(described, message)


async def note(into, what):
    into.append(what)
