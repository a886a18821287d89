//! Parse modes.

use super::*;
use crate::Error;

#[test]
fn parse_modes_have_telethons_names_in_any_case() {
    // parity: M-parse.parse_mode.set, U-parse.mode
    for (name, mode) in [
        ("", ParseMode::Plain),
        ("md", ParseMode::Markdown),
        ("MarkDown", ParseMode::Markdown),
        ("HTM", ParseMode::Html),
        ("html", ParseMode::Html),
    ] {
        assert_eq!(name.parse(), Ok(mode.clone()));
        assert_eq!(ParseMode::try_from(name), Ok(mode));
    }
    assert_eq!(ParseMode::from(None), ParseMode::Plain);
    let unknown = "bb".parse::<ParseMode>().unwrap_err();
    assert!(matches!(Error::from(unknown), Error::Misuse(text) if text.contains("markdown")));
}

#[test]
fn a_function_reads_and_an_object_does_both() {
    // parity: M-parse.parse_mode.set
    let shout = ParseMode::from_fn(|text| (text.to_uppercase(), vec![bold(0, 1)]));
    assert_eq!(shout.parse("ab"), ("AB".into(), vec![bold(0, 1)]));
    assert_eq!(shout.unparse("AB", &[bold(0, 1)]), "AB");
    let starred = ParseMode::custom(Markdown::new().delimiters([("*", Style::Bold)]));
    assert_eq!(starred.parse("*a*"), ("a".into(), vec![bold(0, 1)]));
    assert_eq!(starred.unparse("a", &[bold(0, 1)]), "*a*");
}

#[test]
fn no_parse_mode_leaves_texts_alone() {
    // parity: M-parse.parse_mode.none
    assert_eq!(
        ParseMode::Plain.parse(" **a** "),
        (" **a** ".into(), vec![])
    );
    assert_eq!(ParseMode::Plain.unparse("*a*", &[bold(0, 1)]), "*a*");
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
