//! Markdown: the vectors of Telethon 1.7.7, and what the dialect does at its edges.

use super::*;

#[track_caller]
fn reads(source: &str, text: &str, entities: &[MessageEntity]) {
    assert_eq!(
        parse_markdown(source),
        (text.to_owned(), entities.to_vec()),
        "{source:?}"
    );
}

fn mention(offset: i32, length: i32, user_id: i64) -> MessageEntity {
    MentionName {
        offset,
        length,
        user_id,
    }
    .into()
}

fn strike(offset: i32, length: i32) -> MessageEntity {
    Style::Strike.entity(offset, length)
}

#[test]
fn telethons_vectors_are_read() {
    // parity: U-md.vec
    reads("**bold**", "bold", &[bold(0, 4)]);
    let three = [italic(0, 2), code(3, 4), pre(8, 3, "")];
    reads("__it__ `code` ```pre```", "it code pre", &three);
    reads("😀 **b** 😀", "😀 b 😀", &[bold(3, 1)]);
    reads("**😀**", "😀", &[bold(0, 2)]);
    // parity: U-md.vec2
    reads("****", "****", &[]);
    reads("** **", "", &[]);
    reads(" **x** ", "x", &[bold(0, 1)]);
    reads("``a``", "`a`", &[code(1, 1)]);
    // parity: U-md.vec3
    reads("[**b**](http://a)", "**b**", &[link(0, 5, "http://a")]);
    reads("**[l](u)**", "[l](u)", &[bold(0, 6)]);
    reads("[a](b)[c](d)", "ac", &[link(0, 1, "b"), link(1, 1, "d")]);
    reads("[a](b\nc)", "[a](b\nc)", &[]);
    reads("[](b)", "[](b)", &[]);
    // parity: U-md.vec4
    reads("__a**b__c**", "a**bc**", &[italic(0, 4)]);
    reads("a__b__c", "abc", &[italic(1, 1)]);
    reads("```py\ncode```", "py\ncode", &[pre(0, 7, "")]);
}

#[test]
fn there_are_four_delimiters_and_links() {
    // parity: U-md.delims
    reads("**a**", "a", &[bold(0, 1)]);
    reads("__a__", "a", &[italic(0, 1)]);
    reads("`a`", "a", &[code(0, 1)]);
    reads("```a```", "a", &[pre(0, 1, "")]);
    reads("[a](b)", "a", &[link(0, 1, "b")]);
    reads(
        "~~a~~ ||b|| --c-- *d* _e_ ==f==",
        "~~a~~ ||b|| --c-- *d* _e_ ==f==",
        &[],
    );
}

#[test]
fn nothing_nests() {
    // parity: U-md.nonest
    reads(
        "**a __b__ `c` ```d``` [e](f)**",
        "a __b__ `c` ```d``` [e](f)",
        &[bold(0, 26)],
    );
    reads("[**a** `b`](c)", "**a** `b`", &[link(0, 9, "c")]);
}

#[test]
fn links_come_first_and_doubled_delimiters_open_nothing() {
    // parity: U-md.order
    reads("[`a](b)`", "`a`", &[link(0, 2, "b")]);
    reads("`[a](b)`", "[a](b)", &[code(0, 6)]);
    reads("****a**", "**a", &[bold(1, 2)]);
    reads("``` a```", "a", &[pre(0, 1, "")]);
}

#[test]
fn an_opener_without_twin_stays_with_all_behind_it() {
    // parity: U-md.unclosed
    reads("**a __b__", "**a __b__", &[]);
    reads("__a__ **b", "a **b", &[italic(0, 1)]);
    reads("a `", "a `", &[]);
    reads("**a** __b [c](d)", "a __b [c](d)", &[bold(0, 1)]);
}

#[test]
fn links_end_where_the_first_url_does() {
    // parity: U-md.url
    reads("[a\nb](c)", "a\nb", &[link(0, 3, "c")]);
    reads("[a](b\n](c)", "a](b", &[link(0, 4, "c")]);
    reads("[a](b\nc)", "[a](b\nc)", &[]);
    reads("[a](b) (c)", "a (c)", &[link(0, 1, "b")]);
    reads("[a]())", "a", &[link(0, 1, ")")]);
    reads("[a]()", "[a]()", &[]);
    reads("[a]](b)", "a]", &[link(0, 2, "b")]);
}

#[test]
fn the_result_is_trimmed() {
    // parity: U-md.strip
    reads("  ** a ** ", "a", &[bold(0, 1)]);
    reads(" __ __ `b`", "b", &[code(0, 1)]);
    reads("x ** **", "x", &[]);
    reads("\u{1C}\u{A0}**x**\u{1F}", "x", &[bold(0, 1)]);
    reads(" a **b** ", "a b", &[bold(2, 1)]);
}

#[test]
fn ranges_count_utf16_units() {
    // parity: U-md.utf16
    reads("é😀 **a😀b** `c`", "é😀 a😀b c", &[bold(4, 4), code(9, 1)]);
    reads("[😀😀](u)__x__", "😀😀x", &[link(0, 4, "u"), italic(4, 1)]);
}

#[test]
fn an_empty_text_stays_empty() {
    // parity: U-md.empty
    reads("", "", &[]);
}

#[test]
fn links_to_people_stay_links_until_they_are_sent() {
    // parity: U-md.mention
    for target in ["tg://user?id=5", "@durov", "+34600"] {
        reads(&format!("[a]({target})"), "a", &[link(0, 1, target)]);
    }
}

#[test]
fn telethons_vectors_are_written() {
    // parity: U-md.unparse.vec
    assert_eq!(
        unparse_markdown("me", &[mention(0, 2, 5)]),
        "[me](tg://user?id=5)"
    );
    assert_eq!(unparse_markdown("😀x", &[bold(0, 2)]), "**😀**x");
    assert_eq!(unparse_markdown("hey", &[pre(0, 3, "py")]), "```hey```");
}

#[test]
fn what_can_be_said_is_written_and_the_rest_left_out() {
    // parity: U-md.unparse
    let entities = [
        link(8, 1, "u"),
        bold(0, 1),
        italic(2, 1),
        mention(10, 1, 5),
        code(4, 1),
        pre(6, 1, ""),
        Underline {
            offset: 12,
            length: 1,
        }
        .into(),
    ];
    let text = "a b c d e f g";
    let written = "**a** __b__ `c` ```d``` [e](u) [f](tg://user?id=5) g";
    assert_eq!(unparse_markdown(text, &entities), written);
    assert_eq!(
        unparse_markdown("a", std::slice::from_ref(&entities[1])),
        "**a**"
    );
    assert_eq!(unparse_markdown("a", &[]), "a");
}

#[test]
fn ranges_that_fit_no_character_are_repaired() {
    // parity: U-md.unparse.bad
    assert_eq!(unparse_markdown("😀x", &[bold(1, 1)]), "**😀**x");
    assert_eq!(unparse_markdown("😀x", &[bold(0, 1)]), "**😀**x");
    assert_eq!(unparse_markdown("😀x", &[link(0, 1, "u")]), "[😀](u)x");
    assert_eq!(unparse_markdown("abc", &[bold(1, 99)]), "a**bc**");
    assert_eq!(
        unparse_markdown("abc", &[bold(9, 1), bold(1, 0), bold(2, -1)]),
        "abc"
    );
    assert_eq!(unparse_markdown("abc", &[bold(-5, 7)]), "**ab**c");
}

#[test]
fn of_entities_that_overlap_the_first_is_written() {
    // parity: U-md.unparse.overlap
    assert_eq!(
        unparse_markdown("hello", &[bold(0, 5), italic(2, 2)]),
        "**hello**"
    );
    assert_eq!(
        unparse_markdown("hello", &[bold(0, 3), italic(2, 3)]),
        "**hel**lo"
    );
    assert_eq!(
        unparse_markdown("hello", &[bold(2, 3), italic(0, 2)]),
        "__he__**llo**"
    );
}

#[test]
fn other_delimiters_can_be_given() {
    // parity: U-md.custom
    let slack =
        Markdown::new().delimiters([("*", Style::Bold), ("~", Style::Strike), ("", Style::Code)]);
    let (text, entities) = slack.parse("*a* ~😀~ __b__ `c` [d](e)");
    assert_eq!(text, "a 😀 __b__ `c` d");
    assert_eq!(entities, [bold(0, 1), strike(2, 2), link(15, 1, "e")]);
    assert_eq!(
        slack.unparse("ab c", &[strike(0, 1), code(1, 1), link(3, 1, "d")]),
        "~a~b [c](d)"
    );
    // Without delimiters nothing is read or written, links included, and nothing is trimmed.
    let off = Markdown::new().delimiters::<&str>([]);
    assert_eq!(
        off.parse(" **a** [b](c) "),
        (" **a** [b](c) ".into(), vec![])
    );
    assert_eq!(off.unparse("a", &[bold(0, 1), link(0, 1, "u")]), "a");
}

#[test]
fn other_links_can_be_given() {
    // parity: U-md.custom
    let slack = Markdown::new()
        .link_matcher(|rest| {
            let inside = rest.strip_prefix('<')?.split('>').next()?;
            let bar = inside.find('|')?;
            Some(LinkMatch {
                length: inside.len() + 2,
                text: bar + 2..inside.len() + 1,
                url: 1..bar + 1,
            })
        })
        .link_format(|text, url| format!("<{url}|{text}>"));
    let source = "😀 <http://a|**b**> __c__ [d](e)";
    let (text, entities) = slack.parse(source);
    assert_eq!(text, "😀 **b** c [d](e)");
    assert_eq!(entities, [link(3, 5, "http://a"), italic(9, 1)]);
    assert_eq!(slack.unparse(&text, &entities), source);
    let none = Markdown::new().without_links();
    assert_eq!(none.parse("[a](b)"), ("[a](b)".into(), vec![]));
    assert_eq!(none.unparse("a", &[link(0, 1, "b")]), "a");
}

#[test]
fn a_matcher_cannot_point_outside_of_the_text() {
    for (length, text, url) in [
        (0, 0..0, 0..0),
        (99, 0..1, 0..1),
        (3, 0..99, 0..1),
        (3, 0..1, 1..2),
        (2, 0..1, 0..1),
    ] {
        let liar = Markdown::new().link_matcher(move |_| {
            Some(LinkMatch {
                length,
                text: text.clone(),
                url: url.clone(),
            })
        });
        assert_eq!(liar.parse("a😀"), ("a😀".into(), vec![]));
    }
}

#[cfg(feature = "regex")]
#[test]
fn links_can_be_a_regular_expression_with_two_groups() {
    // parity: U-md.custom
    let pattern = |p: &str| Markdown::new().link_regex(regex::Regex::new(p).unwrap());
    let dialect = pattern(r"(?s)\{(.+?)\|(\S+?)\}").unwrap();
    let (text, entities) = dialect.parse("**{a|b}** {😀\nx|y} {c|d}{e|f} {g}");
    assert_eq!(text, "{a|b} 😀\nx ce {g}");
    let links = [
        bold(0, 5),
        link(6, 4, "y"),
        link(11, 1, "d"),
        link(12, 1, "f"),
    ];
    assert_eq!(entities, links);
    let one = pattern(r"<(\S+)>").unwrap_err();
    assert!(
        matches!(&one, crate::Error::Misuse(text) if text.contains("two groups")),
        "{one}"
    );
    assert_eq!(
        pattern("(a*)(b*)").unwrap().parse("cab"),
        ("ca".into(), vec![link(1, 1, "b")])
    );
}
