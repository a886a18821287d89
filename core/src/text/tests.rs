//! Vectors obtained by running Telethon 1.7.7, and the laws that hold for every text.

use proptest::prelude::*;
use telewire_schema::types::{
    InputUser, InputUserFromMessage, MessageEntity, MessageEntityBold as Bold,
    MessageEntityCode as Code, MessageEntityEmail as Email, MessageEntityItalic as Italic,
    MessageEntityMentionName as MentionName, MessageEntityPre as Pre,
    MessageEntityTextUrl as TextUrl, MessageEntityUnderline as Underline, MessageEntityUrl as Url,
};

use super::*;

fn bold(offset: i32, length: i32) -> MessageEntity {
    Bold { offset, length }.into()
}

fn italic(offset: i32, length: i32) -> MessageEntity {
    Italic { offset, length }.into()
}

fn code(offset: i32, length: i32) -> MessageEntity {
    Code { offset, length }.into()
}

fn pre(offset: i32, length: i32, language: &str) -> MessageEntity {
    Pre {
        offset,
        length,
        language: language.into(),
    }
    .into()
}

fn link(offset: i32, length: i32, url: &str) -> MessageEntity {
    TextUrl {
        offset,
        length,
        url: url.into(),
    }
    .into()
}

#[test]
fn markdown_reads_telethons_vectors() {
    let cases: &[(&str, &str, &[MessageEntity])] = &[
        ("", "", &[]),
        ("**bold**", "bold", &[bold(0, 4)]),
        (
            "__it__ `code` ```pre```",
            "it code pre",
            &[italic(0, 2), code(3, 4), pre(8, 3, "")],
        ),
        ("😀 **b** 😀", "😀 b 😀", &[bold(3, 1)]),
        ("**😀**", "😀", &[bold(0, 2)]),
        ("****", "****", &[]),
        ("** **", "", &[]),
        (" **x** ", "x", &[bold(0, 1)]),
        ("``a``", "`a`", &[code(1, 1)]),
        ("[**b**](http://a)", "**b**", &[link(0, 5, "http://a")]),
        ("**[l](u)**", "[l](u)", &[bold(0, 6)]),
        ("[a](b)[c](d)", "ac", &[link(0, 1, "b"), link(1, 1, "d")]),
        ("[a](b\nc)", "[a](b\nc)", &[]),
        ("[](b)", "[](b)", &[]),
        ("__a**b__c**", "a**bc**", &[italic(0, 4)]),
        ("a__b__c", "abc", &[italic(1, 1)]),
        ("```py\ncode```", "py\ncode", &[pre(0, 7, "")]),
    ];
    for (source, text, entities) in cases {
        assert_eq!(
            parse_markdown(source),
            ((*text).to_owned(), entities.to_vec()),
            "{source:?}"
        );
    }
}

#[test]
fn markdown_keeps_an_opener_without_twin_and_all_behind_it() {
    assert_eq!(parse_markdown("**a __b__"), ("**a __b__".into(), vec![]));
    assert_eq!(
        parse_markdown("__a__ **b"),
        ("a **b".into(), vec![italic(0, 1)])
    );
}

#[test]
fn markdown_links_end_where_the_first_url_does() {
    assert_eq!(
        parse_markdown("[a\nb](c)"),
        ("a\nb".into(), vec![link(0, 3, "c")])
    );
    assert_eq!(
        parse_markdown("[a](b\n](c)"),
        ("a](b\n".trim().into(), vec![link(0, 4, "c")])
    );
    assert_eq!(
        parse_markdown("[a]())"),
        ("a".into(), vec![link(0, 1, ")")])
    );
    assert_eq!(parse_markdown("[a]()"), ("[a]()".into(), vec![]));
}

#[test]
fn markdown_writes_telethons_vectors() {
    let mention = MentionName {
        offset: 0,
        length: 2,
        user_id: 5,
    }
    .into();
    assert_eq!(unparse_markdown("me", &[mention]), "[me](tg://user?id=5)");
    assert_eq!(unparse_markdown("😀x", &[bold(0, 2)]), "**😀**x");
    assert_eq!(unparse_markdown("hey", &[pre(0, 3, "py")]), "```hey```");
    assert_eq!(unparse_markdown("a", &[]), "a");
}

#[test]
fn markdown_repairs_ranges_that_fit_no_character() {
    assert_eq!(unparse_markdown("😀x", &[bold(1, 1)]), "**😀**x");
    assert_eq!(unparse_markdown("😀x", &[bold(0, 1)]), "**😀**x");
    assert_eq!(unparse_markdown("abc", &[bold(1, 99)]), "a**bc**");
    assert_eq!(
        unparse_markdown("abc", &[bold(9, 1), bold(1, 0), bold(2, -1)]),
        "abc"
    );
    assert_eq!(unparse_markdown("abc", &[bold(-5, 7)]), "**ab**c");
}

#[test]
fn markdown_leaves_out_what_overlaps_or_cannot_be_said() {
    assert_eq!(
        unparse_markdown("hello", &[bold(0, 5), italic(2, 2)]),
        "**hello**"
    );
    assert_eq!(
        unparse_markdown(
            "hello",
            &[Underline {
                offset: 0,
                length: 5
            }
            .into()]
        ),
        "hello"
    );
}

#[test]
fn html_reads_telethons_vectors() {
    let mail = [Email {
        offset: 0,
        length: 5,
    }
    .into()];
    let cases: &[(&str, &str, &[MessageEntity])] = &[
        ("", "", &[]),
        ("<b>a<i>b</i>c</b>", "abc", &[italic(1, 1), bold(0, 3)]),
        (
            "<pre><code class=\"language-py\">p</code></pre>",
            "p",
            &[pre(0, 1, "py")],
        ),
        ("<a href=\"mailto:a@b.c\">y</a>", "a@b.c", &mail),
        ("<a href=\"mailto:a@b.c\">y<u>e</u>s</a>", "a@b.c", &mail),
        ("a<br>b", "ab", &[]),
        ("😀<b>x</b>", "😀x", &[bold(2, 1)]),
        (
            "<strong>a</strong><em>b</em><code>c</code>",
            "abc",
            &[bold(0, 1), italic(1, 1), code(2, 1)],
        ),
        (
            "<a href='http://x?a=1&amp;b=2'>a</a>",
            "a",
            &[link(0, 1, "http://x?a=1&b=2")],
        ),
        ("<a>a</a> <b>c", "a c", &[]),
        ("</b>x</i>", "x", &[]),
        ("<b>a<b>b</b>c</b>", "abc", &[bold(0, 2)]),
        (
            "&amp;lt; &#60;&#x3E; &quot; &unknown; & &#0;",
            "&lt; <> \" &unknown; & \u{FFFD}",
            &[],
        ),
        (" <i> x </i> ", "x", &[italic(0, 1)]),
        ("1 < 2 <!-- no --> 3 <? no ?>", "1 < 2  3", &[]),
        ("<B TITLE='>'>x</B>", "x", &[bold(0, 1)]),
        ("a <b", "a <b", &[]),
    ];
    for (source, text, entities) in cases {
        assert_eq!(
            parse_html(source),
            ((*text).to_owned(), entities.to_vec()),
            "{source:?}"
        );
    }
}

#[test]
fn html_writes_telethons_vectors() {
    assert_eq!(unparse_html("a<b", &[italic(0, 3)]), "<em>a&lt;b</em>");
    let url = link(0, 1, "http://x?a=1&b=2");
    assert_eq!(
        unparse_html("a b", &[url]),
        "<a href=\"http://x?a=1&amp;b=2\">a</a> b"
    );
    assert_eq!(unparse_html("<&>", &[]), "&lt;&amp;&gt;");
    assert_eq!(unparse_html("a<", &[bold(0, 1)]), "<strong>a</strong>&lt;");
    assert_eq!(
        unparse_html("x", &[pre(0, 1, "")]),
        "<pre><code>x</code></pre>"
    );
    assert_eq!(
        unparse_html("x", &[pre(0, 1, "py")]),
        "<pre><code class=\"language-py\">x</code></pre>"
    );
    let mail = Email {
        offset: 0,
        length: 5,
    }
    .into();
    assert_eq!(
        unparse_html("a@b.c", &[mail]),
        "<a href=\"mailto:a@b.c\">a@b.c</a>"
    );
    let url = Url {
        offset: 0,
        length: 3,
    }
    .into();
    assert_eq!(unparse_html("x.y", &[url]), "<a href=\"x.y\">x.y</a>");
    let mention = MentionName {
        offset: 0,
        length: 1,
        user_id: 7,
    }
    .into();
    assert_eq!(
        unparse_html("m", &[mention]),
        "<a href=\"tg://user?id=7\">m</a>"
    );
}

#[test]
fn html_nests_and_leaves_out_what_crosses() {
    assert_eq!(
        unparse_html("abc", &[italic(1, 1), bold(0, 3)]),
        "<strong>a<em>b</em>c</strong>"
    );
    assert_eq!(
        unparse_html("abc", &[bold(0, 2), italic(1, 2)]),
        "<strong>ab</strong>c"
    );
    assert_eq!(
        unparse_html("ab", &[italic(0, 2), bold(0, 2)]),
        "<strong><em>ab</em></strong>"
    );
}

#[test]
fn html_with_many_unclosed_tags_takes_linear_time() {
    for piece in ["<b", "<!--", "<a ='", "</", "&"] {
        let source = piece.repeat(30_000);
        parse_html(&source);
        parse_html(&format!("{source}>"));
        parse_markdown(&source);
    }
    parse_markdown(&"[".repeat(1_000_000));
    parse_markdown(&"[a](".repeat(200_000));
}

#[test]
fn inner_texts_count_in_utf16() {
    let text = "a😀b";
    assert_eq!(
        inner_texts(
            text,
            &[bold(0, 1), bold(1, 2), bold(3, 1), bold(2, 1), bold(9, 9)]
        ),
        ["a", "😀", "b", "😀", ""]
    );
}

#[test]
fn trimming_moves_shrinks_and_drops_entities() {
    let mut entities = vec![bold(0, 2), bold(2, 3), italic(5, 1), code(6, 2)];
    assert_eq!(
        trim("  abc 😀 ".trim_end_matches('😀'), &mut entities),
        "abc 😀"
    );
    assert_eq!(entities, [bold(0, 3), italic(3, 1), code(4, 2)]);
}

#[test]
fn phones_and_usernames_follow_the_vectors() {
    use ParsedUsername::{Invite, Username};
    assert_eq!(
        parse_phone("+34 600-12-31-23").as_deref(),
        Some("34600123123")
    );
    assert_eq!(parse_phone("600").as_deref(), Some("600"));
    for bad in ["12a", "", "+"] {
        assert_eq!(parse_phone(bad), None, "{bad:?}");
    }
    let cases = [
        (
            "https://telegram.dog/lonami",
            Some(Username("lonami".into())),
        ),
        ("t.me/joinchat/AAAA", Some(Invite("AAAA".into()))),
        ("tg://join?invite=AbC", Some(Invite("AbC".into()))),
        ("t.me/+AbC_-9", Some(Invite("AbC_-9".into()))),
        (
            "http://www.telegram.me/Foo_bar/",
            Some(Username("foo_bar".into())),
        ),
        (" @VOTE ", Some(Username("vote".into()))),
        ("abcd", Some(Username("abcd".into()))),
        ("ya", Some(Username("ya".into()))),
        ("ab__cd", None),
        ("abc_", None),
        ("1abcd", None),
        ("abc", None),
        ("t.me/lonami?start=1", None),
        ("t.me/c/123/4", None),
        ("t.me/+34600123123", None),
        ("привет", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_username(text), expected, "{text:?}");
    }
    assert_eq!(
        format!("{:?}", parse_username("durov")),
        "Some(Username(***))"
    );
}

#[test]
fn invite_links_tell_their_parts() {
    let old = resolve_invite_link("joinchat/AAAAAEHbEkejzxUjAUCfYg");
    assert_eq!(old, None, "a path is no link");
    let link = InviteLink {
        creator: 0,
        chat: 1_104_876_103,
        random: 11_803_676_388_450_410_338,
    };
    assert_eq!(
        resolve_invite_link("t.me/joinchat/AAAAAEHbEkejzxUjAUCfYg"),
        Some(link)
    );
    assert_eq!(resolve_invite_link("AAAAAEHbEkejzxUjAUCfYg"), Some(link));
    let hex = InviteLink {
        creator: 1_122_867,
        chat: 1_146_447_479,
        random: 9_842_899_193_890_135_534,
    };
    assert_eq!(
        resolve_invite_link("0011223344556677889900aabbccddee"),
        Some(hex)
    );
    assert_eq!(resolve_invite_link("QdsSR6PPFSMBQJ9i"), Some(link));
    for bad in ["", "AAAA", "!", "@durov"] {
        assert_eq!(resolve_invite_link(bad), None, "{bad:?}");
    }
}

#[test]
fn parse_modes_have_telethons_names() {
    for (name, mode) in [
        ("", ParseMode::Plain),
        ("Md", ParseMode::Markdown),
        ("HTM", ParseMode::Html),
    ] {
        assert_eq!(name.parse(), Ok(mode));
    }
    assert!("bb".parse::<ParseMode>().is_err());
    assert_eq!(
        ParseMode::Plain.parse(" **a** "),
        (" **a** ".into(), vec![])
    );
}

#[test]
fn mentions_by_message_have_no_link() {
    let user = InputUserFromMessage {
        peer: telewire_schema::types::InputPeer::Self_,
        msg_id: 1,
        user_id: 2,
    };
    let mention = telewire_schema::types::InputMessageEntityMentionName {
        offset: 0,
        length: 1,
        user_id: InputUser::from(user),
    };
    assert_eq!(unparse_markdown("a", &[mention.clone().into()]), "a");
    assert_eq!(unparse_html("a", &[mention.into()]), "a");
}

/// Texts rich in markup, without white space that would be trimmed.
fn dense() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "**",
        "__",
        "`",
        "```",
        "[",
        "](",
        ")",
        "]",
        "(",
        "a",
        "é",
        "😀",
        "*",
        "_",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "&amp;",
        "&lt;",
        "<a href=\"u\">",
        "</a>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<a href=\"mailto:m\">",
        "<",
        ">",
        "\"",
        "&",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|v| v.concat())
}

/// Words with formatting that Markdown can express.
fn formatted() -> impl Strategy<Value = (String, Vec<MessageEntity>)> {
    prop::collection::vec(("[a-zé😀]{1,5}", 0..6u8), 0..12).prop_map(|words| {
        let (mut text, mut entities) = (String::new(), Vec::new());
        for (word, kind) in words {
            if !text.is_empty() {
                text.push(' ');
            }
            let (offset, length) = (utf16_len(&text), utf16_len(&word));
            text.push_str(&word);
            match kind {
                0 => entities.push(bold(offset, length)),
                1 => entities.push(italic(offset, length)),
                2 => entities.push(code(offset, length)),
                3 => entities.push(pre(offset, length, "")),
                4 => entities.push(link(offset, length, "http://x?a&b=\"1\"")),
                _ => {}
            }
        }
        (text, entities)
    })
}

fn check_ranges(text: &str, entities: &[MessageEntity]) {
    let units: Vec<u16> = text.encode_utf16().collect();
    for entity in entities {
        let (offset, length) = span(entity);
        let (start, end) = (
            usize::try_from(offset).unwrap(),
            usize::try_from(offset + length).unwrap(),
        );
        assert!(
            length > 0 && end <= units.len(),
            "{entity:?} reaches beyond {text:?}"
        );
        assert!(
            String::from_utf16(&units[start..end]).is_ok(),
            "{entity:?} cuts a character of {text:?}"
        );
    }
}

proptest! {
    #[test]
    fn writing_what_was_read_gives_the_same_markdown(source in dense()) {
        let (text, entities) = parse_markdown(&source);
        prop_assert_eq!(unparse_markdown(&text, &entities), source);
    }

    #[test]
    fn reading_what_was_written_gives_the_same_entities((text, entities) in formatted()) {
        prop_assert_eq!(parse_markdown(&unparse_markdown(&text, &entities)), (text.clone(), entities.clone()));
        prop_assert_eq!(parse_html(&unparse_html(&text, &entities)), (text, entities));
    }

    #[test]
    fn html_once_read_reads_the_same_again(source in dense()) {
        // Inside a block a code tag only names the language, and an address has no room for formatting.
        let source = source.replace("code>", "u>").replace("mailto:", "");
        let (text, entities) = parse_html(&source);
        let written = unparse_html(&text, &entities);
        let again = parse_html(&written);
        prop_assert_eq!(&again.0, &text);
        prop_assert_eq!(unparse_html(&again.0, &again.1), written);
    }

    #[test]
    fn any_text_is_read_into_whole_ranges(source in any::<String>(), dense in dense(), gap in "[ \n😀]{0,3}") {
        for source in [source, format!("{gap}{dense}{gap}{dense}")] {
            for (text, entities) in [parse_markdown(&source), parse_html(&source)] {
                check_ranges(&text, &entities);
                prop_assert_eq!(text.trim(), &text);
            }
        }
    }

    #[test]
    fn any_entity_is_written(text in any::<String>(), ranges in prop::collection::vec((any::<i32>(), any::<i32>(), -3..40i32, -3..40i32), 0..6)) {
        let entities: Vec<_> = ranges.iter().flat_map(|&(a, b, c, d)| [bold(a, b), italic(c, d), link(a, d, "u"), pre(c, b, "x")]).collect();
        unparse_markdown(&text, &entities);
        unparse_html(&text, &entities);
        inner_texts(&text, &entities);
        trim(&text, &mut entities.clone());
    }

    #[test]
    fn any_name_is_parsed(text in any::<String>(), link in "(https?://)?(t\\.me/|@|tg://join\\?invite=)?(joinchat/|\\+)?[a-zA-Z0-9_=-]{0,40}/?") {
        for text in [text, link] {
            parse_phone(&text);
            parse_username(&text);
            resolve_invite_link(&text);
        }
    }
}
