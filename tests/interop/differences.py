"""Where Telewire's text dialects and session strings differ from Telethon 1.45.0's, each difference with its reason.

A rule recognises its difference by taking it away: it changes the question so that the difference has no room any more,
and Telethon's answer to the changed question has to be what Telewire answered to the original one. What no rule takes
away is unexplained, and fails the run.
"""

import html
import re

REASONS = {
    "md.parse: as 1.7.7": "1.45.0 lets delimiters nest and knows ~~; the dialect of 1.7.7, which we follow, has neither. Told by asking 1.7.7.",
    "html.parse: order": "1.45.0 orders entities by where they begin, 1.7.7 and we by where they end; a list of entities means the same in any order.",
    "html.parse: new tags": "1.45.0 formats u, s, del and blockquote; in the dialect of 1.7.7, which we follow, they are unknown tags.",
    "html.parse: references above U+FFFF": "Telethon counts a numeric reference as one UTF-16 unit even if its character takes two; the server would cut the character.",
    "html.parse: other references": "Only &lt; &gt; &amp; &quot; &apos; &nbsp; and numeric references that end in ; are decoded; Python knows all names of HTML, and ends them anywhere.",
    "html.parse: mail": "In a mailto link, Telethon writes the address once for each piece that Python cuts the text into at every bare <; we write it once.",
    "unparse: ranges": "Telethon raises or writes a stray markup for ranges that cut a character, are empty, or reach beyond the text; we widen, drop or cut them.",
    "md.unparse: kinds": "1.45.0 writes ~~ around struck text; the dialect of 1.7.7 has no such delimiter and would not read it again.",
    "md.unparse: overlap": "1.45.0 nests delimiters, which the dialect of 1.7.7 does not read again; of entities that overlap the first one is written.",
    "html.unparse: kinds": "1.45.0 writes u and del; in the dialect of 1.7.7 they are unknown tags.",
    "html.unparse: overlap": "Telethon writes tags that cross each other for entities that do, or that are not in order; we leave out those that cross and put outer ones outside.",
    "html.unparse: same range": "Of entities over the same range, Telethon puts the first outside; for us that is the last, the one whose tag ends last.",
    "html.unparse: blocks": "Telethon indents a block with a language, writes a stray {} into it, and names a language where there is none; that would be part of the text when read again.",
    "html.unparse: addresses": "Telethon does not escape the address of a url or mail that is its own text.",
    "session.read: padding": "Telethon refuses a string whose padding got lost; nothing is missing in it, so we read it.",
    "session.read: white space": "Telethon refuses an IPv4 string with a line break in it, as terminals make; we drop white space.",
    "session.read: garbage": "Telethon skips characters that are no base64, and whatever is behind the padding, in IPv6 strings; we refuse a string that was damaged.",
}

KNOWN_REFERENCE = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|nbsp|#\d+|#[xX][0-9a-fA-F]+);)")
INDENTED = re.compile(r"<pre>\n    <code class='language-(.*?)'>\n        (.*?)\{\}\n    </code>\n</pre>", re.S)


class Explanation:
    """What took a difference away."""

    def __init__(self, question, ask, ask_old, ask_ours):
        self.question, self.ask, self.ask_old, self.ask_ours = question, ask, ask_old, ask_ours
        self.rules = []

    def change(self, rule, **new):
        """Changes the question, and notes the rule if that changes anything."""
        if any(self.question.get(key) != value for key, value in new.items()):
            self.question = {**self.question, **new}
            self.note(rule)

    def note(self, rule):
        assert rule in REASONS, rule
        self.rules.append(rule)


def explain(question, theirs, ours, ask, ask_old, ask_ours):
    """The rules that explain a difference, or None."""
    explanation = Explanation(question, ask, ask_old, ask_ours)
    handler = {
        "md.parse": markdown_read,
        "html.parse": html_read,
        "md.unparse": markdown_written,
        "html.unparse": html_written,
        "session.read": session_read,
    }.get(question["do"])
    if handler and handler(explanation, theirs, ours):
        return explanation.rules
    return None


def markdown_read(explanation, _, ours):
    explanation.note("md.parse: as 1.7.7")
    return explanation.ask_old(explanation.question) == ours


def html_read(explanation, _, ours):
    text = explanation.question["text"]
    text = KNOWN_REFERENCE.sub("&amp;", text)
    explanation.change("html.parse: other references", text=text)
    text = re.sub(r"&#(?:(\d+)|[xX]([0-9a-fA-F]+));", lambda m: astral(m) or m[0], text)
    explanation.change("html.parse: references above U+FFFF", text=text)
    text = re.sub(r'(<a href="mailto:a@b.c">)[^<]*(?:< [^<]*)+</a>', r"\1x</a>", text)
    explanation.change("html.parse: mail", text=text)
    theirs = explanation.ask(explanation.question)
    kept = [e for e in theirs["entities"] if e[0] not in ("underline", "strike", "blockquote")]
    if kept != theirs["entities"]:
        explanation.note("html.parse: new tags")
    if kept != ours["entities"] and sorted(kept) == sorted(ours["entities"]):
        explanation.note("html.parse: order")
    return theirs["text"] == ours["text"] and sorted(kept) == sorted(ours["entities"])


def astral(match):
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0xFFFF < code <= 0x10FFFF else None


def markdown_written(explanation, _, ours):
    ranges(explanation)
    entities = explanation.question["entities"]
    kept = [e for e in entities if e[0] != "strike"]
    explanation.change("md.unparse: kinds", entities=kept)
    said, end = [], 0
    for entity in sorted(kept, key=lambda e: e[1]):
        if entity[0] not in ("bold", "italic", "code", "pre", "text_url", "mention_name"):
            continue
        if entity[1] >= end:
            said.append(entity)
            end = entity[1] + entity[2]
    lost = [e for e in kept if e[0] not in ("email", "url", "hashtag", "underline")]
    if sorted(lost) != sorted(said):
        explanation.change("md.unparse: overlap", entities=said)
    return explanation.ask(explanation.question) == ours


def html_written(explanation, _, ours):
    ranges(explanation)
    entities = explanation.question["entities"]
    entities = [e for e in entities if e[0] not in ("underline", "strike")]
    explanation.change("html.unparse: kinds", entities=entities)
    entities = [e for e in entities if e[0] != "hashtag"]
    same = entities[::-1]
    same.sort(key=lambda e: (e[1], -e[2]))
    in_order = sorted(entities, key=lambda e: (e[1], -e[2]))
    nested = []
    open_until = []
    for entity in same:
        end = entity[1] + entity[2]
        open_until = [e for e in open_until if e > entity[1]]
        if all(e >= end for e in open_until):
            nested.append(entity)
            open_until.append(end)
    if in_order != entities or len(nested) != len(entities):
        explanation.change("html.unparse: overlap", entities=nested)
    if same != in_order:
        explanation.change("html.unparse: same range", entities=nested)
    links = [as_link(e, explanation.question["text"]) for e in nested]
    before = explanation.ask(explanation.question)
    explanation.question = {**explanation.question, "entities": links}
    theirs = explanation.ask(explanation.question)
    if before != theirs:
        explanation.note("html.unparse: addresses")
    text = INDENTED.sub(block, theirs["text"])
    while INDENTED.search(text):
        text = INDENTED.sub(block, text)
    if text != theirs["text"]:
        explanation.note("html.unparse: blocks")
    return text == ours["text"]


def block(match):
    language = f' class="language-{html.escape(match[1])}"' if match[1] else ""
    return f"<pre><code{language}>{match[2]}</code></pre>"


def as_link(entity, text):
    """A url or mail address as a link to it, which Telethon escapes."""
    if entity[0] not in ("url", "email"):
        return entity
    units = text.encode("utf-16-le")
    covered = units[2 * entity[1] : 2 * (entity[1] + entity[2])].decode("utf-16-le")
    return ["text_url", entity[1], entity[2], ("mailto:" if entity[0] == "email" else "") + covered]


def ranges(explanation):
    """Ranges made whole: characters that are cut are taken in, what is beyond the text is not."""
    text = explanation.question["text"]
    starts = [n for n, c in enumerate(text) for _ in range(len(c.encode("utf-16-le")) // 2)] + [len(text)]
    offsets = [0]
    for c in text:
        offsets.append(offsets[-1] + len(c.encode("utf-16-le")) // 2)

    def whole(entity):
        kind, offset, length, *extra = entity
        begin = offsets[starts[min(offset, len(starts) - 1)]]
        end = min(offset + length, len(starts) - 1)
        if offsets[starts[end]] != end:
            end = offsets[starts[end] + 1]
        return [kind, begin, end - begin, *extra]

    entities = [whole(e) for e in explanation.question["entities"]]
    explanation.change("unparse: ranges", entities=[e for e in entities if e[2] > 0])


def session_read(explanation, theirs, ours):
    text = explanation.question["text"]
    if "error" in ours:
        # What Telethon makes of it, we make of it once it is clean.
        explanation.note("session.read: garbage")
        clean = re.sub(r"[^0-9A-Za-z+/_=-]|=+[^=]+$", "", text)
        clean = clean.rstrip("=")
        return clean != text and explanation.ask_ours({**explanation.question, "text": clean}) == theirs
    text = re.sub(r"\s", "", text)
    explanation.change("session.read: white space", text=text)
    body = text[1:].rstrip("=")
    explanation.change("session.read: padding", text=text[0] + body + "=" * (-len(body) % 4))
    return explanation.ask(explanation.question) == ours
