//! What holds for every text.

use proptest::prelude::*;

use super::*;

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
    // parity: M-parse.parse_mode.law
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
                prop_assert_eq!(text.trim_matches(char::is_whitespace), &text);
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
