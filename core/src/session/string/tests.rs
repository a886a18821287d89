use std::net::{Ipv4Addr, Ipv6Addr};

use super::*;
use crate::peers::PeerId;
use crate::session::{SelfUser, SentFileKind, UpdateState};

/// As Telethon writes them: data centre 2, port 443, the key 00 01 02 … ff.
const V4: &str = concat!(
    "1ApWapzMBuwABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJDREVGR0hJSktMTU5P",
    "UFFSU1RVVldYWVpbXF1eX2BhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5_gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp-goaKjpKWm",
    "p6ipqqusra6vsLGys7S1tre4ubq7vL2-v8DBwsPExcbHyMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9",
    "_v8=",
);
const V6: &str = concat!(
    "1AiABBnwE6PACAAAAAAAAAAoBuwABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJD",
    "REVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2BhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5_gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJma",
    "m5ydnp-goaKjpKWmp6ipqqusra6vsLGys7S1tre4ubq7vL2-v8DBwsPExcbHyMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5ufo6err7O3u7_Dx",
    "8vP09fb3-Pn6-_z9_v8=",
);

fn key() -> AuthKey {
    AuthKey::new(std::array::from_fn(|i| i as u8))
}

fn at(ip: impl Into<IpAddr>) -> Session {
    Session {
        home: Some(DcId(2)),
        dcs: vec![DcOption::new(DcId(2), ip.into(), 443)],
        keys: [(DcId(2), key())].into(),
        ..Session::default()
    }
}

fn loaded(text: &str) -> Session {
    StringSession::new(text).unwrap().load().unwrap()
}

fn written(session: &Session) -> String {
    SessionString::of(session).unwrap().as_str().to_owned()
}

fn refused(text: &str) -> String {
    StringSession::new(text).unwrap_err().to_string()
}

#[test]
fn strings_are_those_of_telethon_byte_for_byte() {
    // parity: S-string.vec, S-string.format
    let v4 = at(Ipv4Addr::new(149, 154, 167, 51));
    assert_eq!(written(&v4), V4);
    let v6 = at(Ipv6Addr::new(0x2001, 0x67c, 0x4e8, 0xf002, 0, 0, 0, 0xa));
    assert_eq!(written(&v6), V6);
    assert_eq!((V4.len(), V6.len()), (353, 369));
    // parity: S-string.ip
    for (text, session) in [(V4, v4), (V6, v6)] {
        let found = loaded(text);
        assert_eq!((found.home, &found.dcs), (session.home, &session.dcs));
        assert_eq!(found.keys[&DcId(2)].as_bytes(), key().as_bytes());
    }
}

#[test]
fn every_record_comes_back_as_it_was() {
    let ips: [IpAddr; 5] = [
        Ipv4Addr::UNSPECIFIED.into(),
        Ipv4Addr::BROADCAST.into(),
        Ipv6Addr::UNSPECIFIED.into(),
        // Not to be shortened to IPv4 on the way.
        Ipv4Addr::new(1, 2, 3, 4).to_ipv6_mapped().into(),
        Ipv6Addr::LOCALHOST.into(),
    ];
    for ip in ips {
        for (dc, port) in [(0, 0), (1, 80), (5, 443), (255, u16::MAX)] {
            let session = Session {
                home: Some(DcId(dc)),
                dcs: vec![DcOption::new(DcId(dc), ip, port)],
                keys: [(DcId(dc), key())].into(),
                ..Session::default()
            };
            let text = written(&session);
            let found = loaded(&text);
            assert_eq!((found.home, found.dcs), (session.home, session.dcs));
            assert_eq!(
                StringSession::new(&text).unwrap().save().unwrap().as_str(),
                text
            );
        }
    }
}

#[test]
fn a_blank_session_is_an_empty_string() {
    // parity: S-string.empty
    for text in ["", " \n"] {
        let mut store = StringSession::new(text).unwrap();
        assert!(store.load().unwrap().home.is_none());
        assert!(store.save().unwrap().is_empty());
        assert!(store.to_bytes().unwrap().is_empty());
    }
    let mut keyless = at(Ipv4Addr::LOCALHOST);
    keyless.keys.clear();
    assert_eq!(written(&keyless), "");
    // A key of another data centre is of no use to whoever reads one.
    keyless.keys.insert(DcId(4), key());
    assert_eq!(written(&keyless), "");
}

#[test]
fn a_key_of_zeros_is_none() {
    // parity: S-string.zero
    let text = written(&Session {
        keys: [(DcId(2), AuthKey::new([0; 256]))].into(),
        ..at(Ipv4Addr::LOCALHOST)
    });
    let session = loaded(&text);
    assert_eq!(session.home, Some(DcId(2)));
    assert_eq!(session.dcs.len(), 1);
    assert!(session.keys.is_empty());
}

#[test]
fn what_happens_to_copied_text_does_no_harm() {
    let (head, tail) = V4.split_at(99);
    let standard = V4.replace('-', "+").replace('_', "/");
    for text in [
        format!("  {V4}\n"),
        format!("{head}\r\n{tail}"),
        V4.trim_end_matches('=').to_owned(),
        standard,
    ] {
        assert_eq!(
            StringSession::new(&text).unwrap().save().unwrap().as_str(),
            V4
        );
    }
    let parsed: StringSession = V6.parse().unwrap();
    assert_eq!(parsed.save().unwrap().as_str(), V6);
}

#[test]
fn what_is_no_session_string_is_refused_with_advice_and_not_shown() {
    // parity: S-string.bad
    for text in [
        "x",
        "2ApWapzMBuw",
        "\u{1f511}",
        "my_account.session",
        &V4[1..],
    ] {
        let error = refused(text);
        assert!(
            error.contains("begin with 1") && error.contains("sign in once"),
            "{error}"
        );
    }
    let part = &V4[..200];
    let error = refused(part);
    assert!(error.contains("149 bytes instead of 263 or 275"), "{error}");
    assert!(refused(&format!("{V4}{V4}")).contains("base64"));
    assert!(refused("1").contains("0 bytes"));
    for text in [
        format!("{part}!"),
        format!("1{}\u{fc}", &part[2..]),
        format!("{part}==AA"),
    ] {
        let error = refused(&text);
        assert!(error.contains("copy the whole string again"), "{error}");
        assert!(!error.contains(&part[8..16]), "{error}");
    }
    for length in [1, 262, 264, 274, 276, 1000] {
        assert!(
            StringSession::from_bytes(&vec![1; length]).is_err(),
            "{length}"
        );
    }
}

#[test]
fn a_session_that_does_not_fit_says_why() {
    let of = |change: fn(&mut Session)| {
        let mut session = at(Ipv4Addr::LOCALHOST);
        session.keys.insert(DcId(300), key());
        change(&mut session);
        SessionString::of(&session).unwrap_err().to_string()
    };
    assert!(of(|s| s.home = Some(DcId(300))).contains("no room for DC 300"));
    assert!(of(|s| s.dcs.clear()).contains("connect with this session once"));
}

#[test]
fn only_what_signing_in_takes_is_written_down() {
    // parity: S-string.scope
    let mut store = StringSession::new(V4).unwrap();
    let peer = PeerRecord {
        id: PeerId::User(7),
        access_hash: 8,
        usernames: vec!["seven".into()],
        phone: None,
        name: "Seven".into(),
        bot: false,
    };
    let file = SentFileKey {
        md5: [1; 16],
        size: 2,
        kind: SentFileKind::Photo,
    };
    let sent = SentFile {
        id: 3,
        access_hash: 4,
        file_reference: bytes::Bytes::new(),
    };
    store
        .apply(&[
            SessionChange::Takeout(Some(1)),
            SessionChange::State(Some(UpdateState::default())),
            SessionChange::Channel(5, Some(6)),
            SessionChange::Key(DcId(4), Some(AuthKey::new([9; 256]))),
            SessionChange::User(Some(SelfUser {
                id: 1,
                access_hash: 2,
                bot: false,
            })),
            SessionChange::Peer(peer.clone()),
            SessionChange::SentFile(file.clone(), sent.clone()),
        ])
        .unwrap();
    // While the process lives all of it is there.
    assert_eq!(store.peer(&PeerKey::Id(peer.id)).unwrap(), Some(peer));
    assert_eq!(store.sent_file(&file).unwrap(), Some(sent));
    let text = store.save().unwrap();
    assert_eq!(text.as_str(), V4);

    let mut again = StringSession::new(text.as_str()).unwrap();
    let session = again.load().unwrap();
    assert_eq!(
        (session.takeout, session.state, session.user),
        (None, None, None)
    );
    assert_eq!((session.channels.len(), session.keys.len()), (0, 1));
    assert!(again.peer(&PeerKey::Id(PeerId::User(7))).unwrap().is_none());
    assert!(again.sent_file(&file).unwrap().is_none());

    assert!(store.delete().unwrap());
    assert!(store.save().unwrap().is_empty());
}

#[test]
fn the_record_may_be_encoded_in_another_way() {
    // parity: S-string.codec
    let session = StringSession::new(V6).unwrap();
    let record = session.to_bytes().unwrap();
    assert_eq!(record.len(), WITH_V6);
    let again = StringSession::from_bytes(&record).unwrap();
    assert_eq!(again.save().unwrap().as_str(), V6);
    assert!(
        StringSession::from_bytes(&[])
            .unwrap()
            .save()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn debug_shows_no_secret() {
    let session = StringSession::new(V4).unwrap();
    assert_eq!(
        format!("{:?}", session.save().unwrap()),
        "SessionString(***)"
    );
    let text = format!("{session:?}");
    let bytes = format!("{:?}", &key().as_bytes()[..4]);
    assert!(!text.contains(bytes.trim_matches(['[', ']'])), "{text}");
}
