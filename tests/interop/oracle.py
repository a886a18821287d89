"""Telethon's own text and session functions, asked line by line. Runs with Telethon 1.45.0 and 1.7.7.

Reads questions as JSON lines and answers each with a JSON line, as the `dialects` program of telewire-tests does:

    {"do": "md.parse" | "html.parse", "text"}              -> {"text", "entities"}
    {"do": "md.unparse" | "html.unparse", "text", "entities"} -> {"text"}
    {"do": "session.read", "text"}                         -> {"dc", "host", "port", "key"}
    {"do": "session.write", "dc", "host", "port", "key"}   -> {"text"}

An entity is [kind, offset, length] with what else it has behind; a refusal is {"error": why}.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

from telethon import types  # noqa: E402
from telethon.crypto import AuthKey  # noqa: E402
from telethon.extensions import html, markdown  # noqa: E402
from telethon.sessions import StringSession  # noqa: E402

KINDS = {
    "bold": types.MessageEntityBold,
    "italic": types.MessageEntityItalic,
    "code": types.MessageEntityCode,
    "pre": types.MessageEntityPre,
    "email": types.MessageEntityEmail,
    "url": types.MessageEntityUrl,
    "text_url": types.MessageEntityTextUrl,
    "mention_name": types.MessageEntityMentionName,
    "hashtag": types.MessageEntityHashtag,
}
# 1.7.7 has no such formatting.
for kind in ("Underline", "Strike", "Blockquote", "CustomEmoji"):
    if hasattr(types, "MessageEntity" + kind):
        KINDS[kind.lower()] = getattr(types, "MessageEntity" + kind)

EXTRA = {"pre": "language", "text_url": "url", "mention_name": "user_id"}


def described(entity):
    """An entity as a list."""
    kind = next(name for name, kind in KINDS.items() if kind is type(entity))
    extra = [getattr(entity, EXTRA[kind])] if kind in EXTRA else []
    return [kind, entity.offset, entity.length, *extra]


def built(description):
    """The entity of a list. 1.7.7 has none for some kinds, which it would leave out anyway."""
    kind, *fields = description
    return KINDS[kind](*fields) if kind in KINDS else None


def answer(question):
    """What Telethon says."""
    does, text = question["do"], question.get("text")
    if does in ("md.parse", "html.parse"):
        text, entities = (markdown if does == "md.parse" else html).parse(text)
        return {"text": text, "entities": [described(e) for e in entities]}
    if does in ("md.unparse", "html.unparse"):
        entities = [e for e in map(built, question["entities"]) if e]
        return {"text": (markdown if does == "md.unparse" else html).unparse(text, entities)}
    if does == "session.read":
        session = StringSession(text)
        key = session.auth_key.key.hex() if session.auth_key else None
        return {"dc": session.dc_id, "host": session.server_address, "port": session.port, "key": key}
    if does == "session.write":
        session = StringSession()
        session.set_dc(question["dc"], question["host"], question["port"])
        session.auth_key = AuthKey(bytes.fromhex(question["key"]))
        return {"text": session.save()}
    raise ValueError(f"no such question: {does}")


def main():
    for line in sys.stdin:
        question = json.loads(line)
        try:
            reply = json.dumps(answer(question))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is a refusal
            reply = json.dumps({"error": f"{type(error).__name__}: {error}"})
        print(reply, flush=True)


if __name__ == "__main__":
    main()
