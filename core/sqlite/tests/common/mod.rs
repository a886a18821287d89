//! Values that the tests of the store share.

#![allow(dead_code, reason = "each test crate uses some")]

use bytes::Bytes;
use telewire_core::dc::DcId;
use telewire_core::peers::{PeerId, PeerRecord};
use telewire_core::session::{
    AuthKey, DcOption, SelfUser, SentFile, SentFileKey, SentFileKind, Session, SessionChange,
    UpdateState,
};

pub(crate) fn key(seed: u8) -> AuthKey {
    AuthKey::new(std::array::from_fn(|i| (i as u8) ^ seed))
}

pub(crate) fn peer(id: PeerId, usernames: &[&str]) -> PeerRecord {
    PeerRecord {
        id,
        access_hash: -id.bare(),
        usernames: usernames.iter().map(|name| (*name).into()).collect(),
        phone: None,
        name: format!("Peer {}", id.bare()).into(),
        bot: false,
    }
}

pub(crate) fn file_key(kind: SentFileKind) -> SentFileKey {
    SentFileKey {
        md5: [0xab; 16],
        size: 3_000_000_000,
        kind,
    }
}

pub(crate) fn file(id: i64) -> SentFile {
    SentFile {
        id,
        access_hash: !id,
        file_reference: Bytes::from(vec![id as u8; 3]),
    }
}

/// One change of every kind that stays in a session.
pub(crate) fn everything() -> Vec<SessionChange> {
    vec![
        SessionChange::Dc(DcOption::new(
            DcId(2),
            "149.154.167.51".parse().unwrap(),
            443,
        )),
        SessionChange::Dc(DcOption {
            media_only: true,
            secret: Some(Bytes::from_static(b"\xdd0123456789abcdef")),
            ..DcOption::new(DcId(4), "2001:67c:4e8:f004::b".parse().unwrap(), 443)
        }),
        SessionChange::Dc(DcOption {
            obfuscated_only: true,
            for_proxies: true,
            this_port_only: true,
            ..DcOption::new(DcId(4), "149.154.167.91".parse().unwrap(), 443)
        }),
        SessionChange::Dc(DcOption::new(
            DcId(4),
            "149.154.167.92".parse().unwrap(),
            5222,
        )),
        SessionChange::Dc(DcOption {
            cdn: true,
            ..DcOption::new(DcId(203), "10.1.2.3".parse().unwrap(), 443)
        }),
        SessionChange::Key(DcId(2), Some(key(2))),
        SessionChange::Home(DcId(4)),
        SessionChange::Key(DcId(4), Some(key(4))),
        SessionChange::User(Some(SelfUser {
            id: 1234,
            access_hash: i64::MIN,
            bot: true,
        })),
        SessionChange::State(Some(UpdateState {
            pts: 10,
            qts: 20,
            date: 1_700_000_000,
            seq: 30,
        })),
        SessionChange::Channel(77, Some(1000)),
        SessionChange::Channel(78, Some(i32::MAX)),
        SessionChange::Takeout(Some(-5)),
    ]
}

pub(crate) fn session_of(changes: &[SessionChange]) -> Session {
    let mut session = Session::default();
    changes.iter().for_each(|change| session.apply(change));
    session
}

#[track_caller]
pub(crate) fn assert_same(a: &Session, b: &Session) {
    assert_eq!(a.home, b.home);
    assert_eq!(a.dcs, b.dcs);
    assert!(a.keys.keys().eq(b.keys.keys()));
    for (a, b) in a.keys.values().zip(b.keys.values()) {
        assert_eq!(a.as_bytes(), b.as_bytes());
    }
    assert_eq!(a.user, b.user);
    assert_eq!(a.state, b.state);
    assert_eq!(a.channels, b.channels);
    assert_eq!(a.takeout, b.takeout);
}
