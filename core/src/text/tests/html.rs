//! HTML: the vectors of Telethon 1.7.7, and what the dialect does at its edges.

use super::*;

#[track_caller]
fn reads(source: &str, text: &str, entities: &[MessageEntity]) {
    assert_eq!(
        parse_html(source),
        (text.to_owned(), entities.to_vec()),
        "{source:?}"
    );
}

fn email(offset: i32, length: i32) -> MessageEntity {
    Email { offset, length }.into()
}

fn mention(offset: i32, length: i32, user_id: i64) -> MessageEntity {
    MentionName {
        offset,
        length,
        user_id,
    }
    .into()
}

#[test]
fn telethons_vectors_are_read() {
    // parity: U-html.vec
    reads("<b>a<i>b</i>c</b>", "abc", &[italic(1, 1), bold(0, 3)]);
    reads(
        "<pre><code class=\"language-py\">p</code></pre>",
        "p",
        &[pre(0, 1, "py")],
    );
    reads("<a href=\"mailto:a@b.c\">y</a>", "a@b.c", &[email(0, 5)]);
    reads("a<br>b", "ab", &[]);
    reads("😀<b>x</b>", "😀x", &[bold(2, 1)]);
    reads("", "", &[]);
}

#[test]
fn these_tags_format() {
    // parity: U-html.tags
    reads(
        "<b>a</b><strong>b</strong>",
        "ab",
        &[bold(0, 1), bold(1, 1)],
    );
    reads("<i>a</i><em>b</em>", "ab", &[italic(0, 1), italic(1, 1)]);
    reads(
        "<code>a</code><pre>b</pre>",
        "ab",
        &[code(0, 1), pre(1, 1, "")],
    );
    reads("<a href='u'>a</a>", "a", &[link(0, 1, "u")]);
    reads("<B TITLE='>'>x</B>", "x", &[bold(0, 1)]);
}

#[test]
fn code_inside_a_block_names_its_language() {
    // parity: U-html.pre
    reads(
        "<pre><code class='language-rust'>x</code></pre>",
        "x",
        &[pre(0, 1, "rust")],
    );
    reads(
        "<pre><code class='a language-c b'>x</code></pre>",
        "x",
        &[pre(0, 1, "c")],
    );
    reads("<pre><code>x</code></pre>", "x", &[pre(0, 1, "")]);
    reads("<code class='language-rust'>x</code>", "x", &[code(0, 1)]);
}

#[test]
fn links_are_addresses_mail_or_nothing() {
    // parity: U-html.a
    reads(
        "<a href=\"mailto:a@b.c\">y<u>e</u>s</a>",
        "a@b.c",
        &[email(0, 5)],
    );
    reads(
        "<a href='http://x?a=1&amp;b=2'>a</a>",
        "a",
        &[link(0, 1, "http://x?a=1&b=2")],
    );
    reads("<a>a</a> <a name='x'>b</a>", "a b", &[]);
}

#[test]
fn links_to_people_stay_links_until_they_are_sent() {
    // parity: U-html.mention
    reads(
        "<a href='tg://user?id=5'>a</a>",
        "a",
        &[link(0, 1, "tg://user?id=5")],
    );
}

#[test]
fn unknown_unclosed_and_stray_tags_format_nothing() {
    // parity: U-html.unknown
    reads("<u>a</u><x-y z='1'>b</x-y><br/>c", "abc", &[]);
    reads("a <b>c", "a c", &[]);
    reads("</b>x</i>", "x", &[]);
    reads("1 < 2 <!-- no --> 3 <? no ?>", "1 < 2  3", &[]);
    reads("a <b", "a <b", &[]);
}

#[test]
fn different_tags_nest_and_equal_ones_do_not() {
    // parity: U-html.nest
    reads(
        "<b>a<i>b<code>c</code></i></b>",
        "abc",
        &[code(2, 1), italic(1, 2), bold(0, 3)],
    );
    reads("<b>a<b>b</b>c</b>", "abc", &[bold(0, 2)]);
    reads("<b>a<i>b</b>c</i>", "abc", &[bold(0, 2), italic(1, 2)]);
}

#[test]
fn references_are_decoded_once() {
    // parity: U-html.entities
    reads("&lt;&gt;&amp;&quot;&#60;&#x3E;", "<>&\"<>", &[]);
    reads("&amp;lt; &amp;amp;", "&lt; &amp;", &[]);
    reads(
        "&unknown; & &#0; &#x110000;",
        "&unknown; & \u{FFFD} \u{FFFD}",
        &[],
    );
    reads("<b>&amp;</b>&lt;b&gt;", "&<b>", &[bold(0, 1)]);
}

#[test]
fn the_result_is_trimmed_and_ordered_by_the_closing_tags() {
    // parity: U-html.strip
    reads(" <i> x </i> ", "x", &[italic(0, 1)]);
    reads("<b> </b>x", "x", &[]);
    reads("<b>a<i>b</i></b>", "ab", &[italic(1, 1), bold(0, 2)]);
}

#[test]
fn ranges_count_utf16_units() {
    // parity: U-html.utf16
    reads(
        "é😀<b>a😀</b><i>&#128512;</i>",
        "é😀a😀😀",
        &[bold(3, 3), italic(6, 2)],
    );
}

#[test]
fn telethons_vectors_are_written() {
    // parity: U-html.unparse.vec
    assert_eq!(unparse_html("a<b", &[italic(0, 3)]), "<em>a&lt;b</em>");
    let url = link(0, 1, "http://x?a=1&b=2");
    let written = "<a href=\"http://x?a=1&amp;b=2\">a</a> b";
    assert_eq!(unparse_html("a b", &[url]), written);
}

#[test]
fn each_kind_has_its_tags() {
    // parity: U-html.unparse
    let url = Url {
        offset: 0,
        length: 3,
    };
    for (text, entity, written) in [
        ("x", bold(0, 1), "<strong>x</strong>"),
        ("x", italic(0, 1), "<em>x</em>"),
        ("x", code(0, 1), "<code>x</code>"),
        ("x", pre(0, 1, ""), "<pre><code>x</code></pre>"),
        (
            "x",
            pre(0, 1, "py"),
            "<pre><code class=\"language-py\">x</code></pre>",
        ),
        ("a@b.c", email(0, 5), "<a href=\"mailto:a@b.c\">a@b.c</a>"),
        ("x.y", url.into(), "<a href=\"x.y\">x.y</a>"),
        ("m", mention(0, 1, 7), "<a href=\"tg://user?id=7\">m</a>"),
        ("m", link(0, 1, "a\"b"), "<a href=\"a&quot;b\">m</a>"),
        ("m", Style::Underline.entity(0, 1), "m"),
    ] {
        assert_eq!(unparse_html(text, &[entity]), written);
    }
    // What begins inside another and ends outside of it is left out.
    assert_eq!(
        unparse_html("abc", &[bold(0, 2), italic(1, 2)]),
        "<strong>ab</strong>c"
    );
    assert_eq!(
        unparse_html("abc", &[italic(1, 1), bold(0, 3)]),
        "<strong>a<em>b</em>c</strong>"
    );
    assert_eq!(
        unparse_html("ab", &[italic(0, 2), bold(0, 2)]),
        "<strong><em>ab</em></strong>"
    );
}

#[test]
fn all_of_the_text_is_escaped() {
    // parity: U-html.unparse.tail
    assert_eq!(unparse_html("<&>", &[]), "&lt;&amp;&gt;");
    assert_eq!(
        unparse_html("<a<", &[bold(1, 1)]),
        "&lt;<strong>a</strong>&lt;"
    );
}

#[test]
fn many_unclosed_tags_take_linear_time() {
    for piece in ["<b", "<!--", "<a ='", "</", "&"] {
        let source = piece.repeat(30_000);
        parse_html(&source);
        parse_html(&format!("{source}>"));
        parse_markdown(&source);
    }
    parse_markdown(&"[".repeat(1_000_000));
    parse_markdown(&"[a](".repeat(200_000));
}
