"""Generated questions for the differential test: the same ones for the same seed."""

import random

# How many of each.
COUNTS = {
    "md.parse": 2000,
    "md.unparse": 1000,
    "html.parse": 2000,
    "html.unparse": 1000,
    "session.read": 600,
    "session.write": 300,
}

WORDS = ["a", "b", "yes", "no way", "é", "ß", "😀", "👩‍👩‍👧", "𝔘", "日本", "x_y", "2*3", "1 < 2", "R&D", '"q"', "it's"]
SPACES = [" ", "\n", "  ", "\t", "\u00a0", "\u2003", "\x1f"]
URLS = ["u", "http://a.b/c?d=1&e=2", "tg://user?id=7", "@name", "+34600", "https://é.😀/)", 'q"r']
MD = ["**", "__", "`", "```", "~~", "[", "](", ")", "]", "(", "*", "_", "~", "[](", "]()", "****", "____", "``"]
HTML_TAGS = ["b", "strong", "i", "em", "code", "pre", "u", "s", "del", "a", "p", "br", "tg-x", "B", "blockquote"]
# Nothing that is cut off inside a tag: what becomes of that depends on the version of Python.
HTML = ["< ", ">", "&", "/>", "<!-- c -->", "<!DOCTYPE html>", "<?php ?>", "< b>", "<1>", '"', "<3 "]
REFERENCES = ["&lt;", "&gt;", "&amp;", "&quot;", "&#60;", "&#x3E;", "&#128512;", "&amp;lt;", "&#0;", "&nope;", "&#xD800;"]
NAMED = ["&nbsp;", "&copy;", "&apos;", "&eacute;", "&lt", "&ampx", "&#60", "&notit;"]
SIMPLE = ["bold", "italic", "code", "email", "url", "hashtag", "underline", "strike"]


def word(rng):
    """Some text without markup."""
    parts = [rng.choice(WORDS)]
    while rng.random() < 0.4:
        parts += [rng.choice(SPACES), rng.choice(WORDS)]
    return "".join(parts)


def some(rng, most, make):
    """Up to so many pieces in a row."""
    return "".join(make(rng) for _ in range(rng.randint(0, most)))


def markdown(rng):
    """Markdown: half of it well-formed, the rest anything."""

    def formatted(rng):
        token = rng.choice(["**", "__", "`", "```"])
        kind = rng.random()
        if kind < 0.2:
            return f"[{word(rng)}]({rng.choice(URLS)})"
        if kind < 0.5:
            return word(rng) + rng.choice(SPACES)
        return token + word(rng) + token

    def anything(rng):
        return rng.choice([rng.choice(MD), rng.choice(MD), word(rng), rng.choice(SPACES), rng.choice(URLS)])

    return some(rng, 6, formatted) if rng.random() < 0.5 else some(rng, 12, anything)


def html(rng, depth=0):
    """HTML: half of it well-formed, the rest anything."""

    def element(rng):
        if depth > 3 or rng.random() < 0.35:
            return rng.choice([word(rng), rng.choice(SPACES), rng.choice(REFERENCES)])
        if not depth and rng.random() < 0.1:
            # With tags in it, Telethon replaces the text between them only, or more than once.
            return f'<a href="mailto:a@b.c">{word(rng)}</a>'
        tag = rng.choice(HTML_TAGS)
        attributes = rng.choice(["", "", " class='language-py'", ' x="1"', " hidden"])
        if tag == "a":
            attributes = rng.choice([f" href='{rng.choice(URLS)}'", f' href="{escaped(rng.choice(URLS))}"', "", " href=u"])
        if tag == "br":
            return "<br>"
        return f"<{tag}{attributes}>{html(rng, depth + 1)}</{tag}>"

    def anything(rng):
        tag = rng.choice(HTML_TAGS)
        return rng.choice(
            [
                f"<{tag}>",
                f"</{tag}>",
                f"<{tag} href='{rng.choice(URLS)}'>",
                f"<{tag}/>",
                word(rng),
                rng.choice(SPACES),
                rng.choice(HTML),
                rng.choice(REFERENCES),
                rng.choice(NAMED),
            ]
        )

    if depth:
        return some(rng, 3, element)
    return some(rng, 4, element) if rng.random() < 0.5 else some(rng, 10, anything)


def escaped(url):
    return url.replace("&", "&amp;").replace('"', "&quot;")


def entities(rng, text):
    """Entities over a text; some cut characters or reach beyond it."""
    units = len(text.encode("utf-16-le")) // 2
    made = []
    for _ in range(rng.randint(0, 4)):
        offset = rng.randint(0, max(units - 1, 0))
        length = rng.randint(1, max(units - offset, 1))
        if rng.random() < 0.05:
            offset, length = rng.randint(0, units + 3), rng.randint(0, units + 3)
        kind = rng.random()
        if kind < 0.6:
            made.append([rng.choice(SIMPLE), offset, length])
        elif kind < 0.75:
            made.append(["text_url", offset, length, rng.choice(URLS)])
        elif kind < 0.9:
            made.append(["pre", offset, length, rng.choice(["", "py", "c++", 'a"b'])])
        else:
            made.append(["mention_name", offset, length, rng.randint(1, 2**40)])
    return apart(made) if rng.random() < 0.6 else made


def apart(entities):
    """Only those that do not overlap, in order."""
    kept, end = [], 0
    for entity in sorted(entities, key=lambda e: e[1]):
        if entity[1] >= end:
            kept.append(entity)
            end = entity[1] + entity[2]
    return kept


def session(rng):
    """What a session string is made of."""
    groups = [rng.choice([0, 0, rng.randint(0, 0xFFFF)]) for _ in range(8)]
    v6 = ":".join(f"{g:x}" for g in groups)
    v4 = ".".join(str(rng.randint(0, 255)) for _ in range(4))
    return {
        "dc": rng.choice([1, 2, 3, 4, 5, rng.randint(1, 255)]),
        "host": rng.choice([v4, v6]),
        "port": rng.choice([443, 80, rng.randint(0, 65535)]),
        "key": rng.randbytes(256).hex(),
    }


def damaged(rng, string):
    """A session string that came a hard way, or did not quite."""
    at = rng.randrange(1, len(string))
    return rng.choice(
        [
            string,
            string,
            string,
            string.rstrip("="),
            string[:at],
            string[:at] + "\n" + string[at:],
            string[:at] + rng.choice("!é ~.") + string[at:],
            string.replace("-", "+").replace("_", "/"),
            rng.choice("023A ") + string[1:],
            string[1:],
            string + "AAAA",
            "1",
            "",
        ]
    )


def questions(seed, write_session):
    """All questions. `write_session` asks for the string of a session."""
    rng = random.Random(seed)
    for does in ("md.parse", "html.parse"):
        for _ in range(COUNTS[does]):
            yield {"do": does, "text": (markdown if does == "md.parse" else html)(rng)}
    for does in ("md.unparse", "html.unparse"):
        for _ in range(COUNTS[does]):
            text = some(rng, 4, word)
            yield {"do": does, "text": text, "entities": entities(rng, text)}
    for _ in range(COUNTS["session.write"]):
        yield {"do": "session.write", **session(rng)}
    for _ in range(COUNTS["session.read"]):
        written = write_session({"do": "session.write", **session(rng)})["text"]
        yield {"do": "session.read", "text": damaged(rng, written)}
