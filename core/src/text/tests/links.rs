//! Phones, usernames and invitations.

use super::*;

#[test]
fn phones_and_usernames_follow_the_vectors() {
    use ParsedUsername::{Invite, Username};
    // parity: U-phone, U-phone.vec
    assert_eq!(
        parse_phone("+34 600-12-31-23").as_deref(),
        Some("34600123123")
    );
    assert_eq!(parse_phone("600").as_deref(), Some("600"));
    assert_eq!(parse_phone(600).as_deref(), Some("600"));
    for bad in ["12a", "", "+"] {
        assert_eq!(parse_phone(bad), None, "{bad:?}");
    }
    // parity: U-username, U-username.prefix, U-username.rule, U-username.vec, U-username.tgjoin, U-username.modern
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
        ("https://t.me/joinchat/AAAA/", Some(Invite("AAAA".into()))),
        (
            "tg://resolve?domain=Lonami",
            Some(Username("lonami".into())),
        ),
        ("https://lonami.t.me/", Some(Username("lonami".into()))),
        ("www.t.me", None),
        ("a.t.me", None),
        ("tg://resolve?domain=lonami&start=1", None),
        (
            "a2345678901234567890123456789012",
            Some(Username("a2345678901234567890123456789012".into())),
        ),
        ("a23456789012345678901234567890123", None),
        ("gif", Some(Username("gif".into()))),
        ("vid", Some(Username("vid".into()))),
        ("pic", Some(Username("pic".into()))),
        ("bing", Some(Username("bing".into()))),
        ("wiki", Some(Username("wiki".into()))),
        ("imdb", Some(Username("imdb".into()))),
        ("bold", Some(Username("bold".into()))),
        ("like", Some(Username("like".into()))),
        ("coub", Some(Username("coub".into()))),
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
    // parity: U-invite, U-invite.vec, U-invite.modern
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
