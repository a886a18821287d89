//! What every store holds, asked for in Telethon's terms.

use std::net::Ipv4Addr;

use super::*;
use crate::dc::DcId;
use crate::peers::{PeerId, PeerKey, PeerRecord};

#[test]
fn a_session_is_what_was_said_of_it_last() {
    let mut store = MemorySession::new();
    let mut after = |change: SessionChange| {
        store.apply(&[change]).unwrap();
        store.load().unwrap()
    };
    let address = |session: &Session| {
        let home = session.home_address();
        home.map(|o| (o.id.0, o.ip.to_string(), o.port))
    };
    // parity: S-abstract.set_dc, S-abstract.dc_id, S-abstract.server_address, S-abstract.port
    let blank = Session::default();
    assert_eq!((blank.home, address(&blank)), (None, None));
    after(SessionChange::Dc(DcOption::new(
        DcId(4),
        Ipv4Addr::new(10, 0, 0, 4).into(),
        80,
    )));
    after(SessionChange::Dc(DcOption::new(
        DcId(2),
        Ipv4Addr::new(10, 0, 0, 2).into(),
        443,
    )));
    let session = after(SessionChange::Home(DcId(2)));
    assert_eq!(session.home, Some(DcId(2)));
    assert_eq!(address(&session), Some((2, "10.0.0.2".into(), 443)));
    let session = after(SessionChange::Home(DcId(4)));
    assert_eq!(address(&session), Some((4, "10.0.0.4".into(), 80)));

    // parity: S-abstract.auth_key
    assert!(session.keys.is_empty());
    let key = AuthKey::new([7; 256]);
    let session = after(SessionChange::Key(DcId(4), Some(key.clone())));
    assert_eq!(session.keys[&DcId(4)].as_bytes(), key.as_bytes());
    let session = after(SessionChange::Key(DcId(4), None));
    assert!(session.keys.is_empty());

    // parity: S-abstract.takeout_id
    assert_eq!(session.takeout, None);
    assert_eq!(after(SessionChange::Takeout(Some(5))).takeout, Some(5));
    assert_eq!(after(SessionChange::Takeout(None)).takeout, None);

    // parity: S-abstract.get_update_state, S-abstract.set_update_state
    assert_eq!(session.state, None);
    let state = UpdateState {
        pts: 1,
        qts: 2,
        date: 3,
        seq: 4,
    };
    assert_eq!(after(SessionChange::State(Some(state))).state, Some(state));
    let session = after(SessionChange::Channel(9, Some(10)));
    assert_eq!((session.state, session.channels[&9]), (Some(state), 10));
    assert!(after(SessionChange::Channel(9, None)).channels.is_empty());
    assert_eq!(after(SessionChange::State(None)).state, None);
}

#[test]
fn the_address_for_others_is_a_plain_one() {
    let option = |port, change: fn(&mut DcOption)| {
        let mut option = DcOption::new(DcId(2), Ipv4Addr::LOCALHOST.into(), port);
        change(&mut option);
        option
    };
    let session = |dcs: Vec<DcOption>| Session {
        home: Some(DcId(2)),
        dcs,
        ..Session::default()
    };
    let port = |dcs| session(dcs).home_address().map(|o| o.port);
    let media = option(1, |o| o.media_only = true);
    let cdn = option(2, |o| o.cdn = true);
    let obfuscated = option(3, |o| o.obfuscated_only = true);
    let secret = option(4, |o| o.secret = Some(bytes::Bytes::from_static(b"s")));
    let (plain, other) = (option(5, |_| ()), option(6, |o| o.id = DcId(4)));
    assert_eq!(port(vec![media.clone(), cdn.clone(), other.clone()]), None);
    let restricted = vec![media, cdn, other, obfuscated, secret];
    assert_eq!(port(restricted.clone()), Some(3));
    assert_eq!(port([restricted, vec![plain]].concat()), Some(5));
}

#[test]
fn uploads_are_told_apart_by_digest_size_and_kind() {
    // parity: S-memory.files, S-abstract.cache_file, S-abstract.get_file
    let mut store = MemorySession::new();
    let key = |md5, size, kind| SentFileKey {
        md5: [md5; 16],
        size,
        kind,
    };
    let file = |id| SentFile {
        id,
        access_hash: -id,
        file_reference: bytes::Bytes::from_static(b"reference"),
    };
    let keys = [
        key(1, 2, SentFileKind::Document),
        key(1, 2, SentFileKind::Photo),
        key(1, 3, SentFileKind::Document),
        key(2, 2, SentFileKind::Document),
    ];
    for (id, key) in (1..).zip(&keys) {
        assert_eq!(store.sent_file(key).unwrap(), None);
        let change = SessionChange::SentFile(key.clone(), file(id));
        store.apply(&[change]).unwrap();
    }
    for (id, key) in (1..).zip(&keys) {
        assert_eq!(store.sent_file(key).unwrap(), Some(file(id)));
    }
    let again = SessionChange::SentFile(keys[0].clone(), file(9));
    store.apply(&[again]).unwrap();
    assert_eq!(store.sent_file(&keys[0]).unwrap(), Some(file(9)));
}

#[test]
fn a_store_without_a_list_gives_its_session_away_all_the_same() {
    /// A store that was written for nothing but signing in.
    struct Plain(MemorySession);

    impl SessionStore for Plain {
        fn load(&mut self) -> Result<Session, crate::error::StoreError> {
            self.0.load()
        }
        fn apply(&mut self, changes: &[SessionChange]) -> Result<(), crate::error::StoreError> {
            self.0.apply(changes)
        }
        fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, crate::error::StoreError> {
            self.0.peer(key)
        }
        fn sent_file(
            &mut self,
            key: &SentFileKey,
        ) -> Result<Option<SentFile>, crate::error::StoreError> {
            self.0.sent_file(key)
        }
        fn close(&mut self) -> Result<(), crate::error::StoreError> {
            Ok(())
        }
        fn delete(&mut self) -> Result<bool, crate::error::StoreError> {
            self.0.delete()
        }
    }

    let peer = PeerRecord {
        id: PeerId::User(1),
        access_hash: 2,
        usernames: vec![],
        phone: None,
        name: "One".into(),
        bot: false,
    };
    let mut from = Plain(MemorySession::new());
    from.apply(&[
        SessionChange::Home(DcId(3)),
        SessionChange::Key(DcId(3), Some(AuthKey::new([3; 256]))),
        SessionChange::Peer(peer),
    ])
    .unwrap();
    let mut to = MemorySession::new();
    copy(&mut from, &mut to).unwrap();
    let session = to.load().unwrap();
    assert_eq!((session.home, session.keys.len()), (Some(DcId(3)), 1));
    let peer = to.peer(&PeerKey::Id(PeerId::User(1))).unwrap();
    assert!(peer.is_none());
}
