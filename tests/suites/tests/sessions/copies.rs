//! Sessions on their way from one kind of store to another.

use bytes::Bytes;
use telewire_core::dc::DcId;
use telewire_core::peers::{PeerId, PeerKey, PeerRecord};
use telewire_core::session::{
    AuthKey, DcOption, MemorySession, SelfUser, SentFile, SentFileKey, SentFileKind, SessionChange,
    SessionStore, StringSession, UpdateState, copy,
};
use telewire_sqlite::SqliteSession;
use telewire_tests::account::{client_with, run};

/// One change of every kind.
pub(crate) fn everything() -> Vec<SessionChange> {
    let peer = |id, names: &[&str], bot: bool| {
        SessionChange::Peer(PeerRecord {
            id,
            access_hash: 5,
            usernames: names.iter().map(|name| (*name).into()).collect(),
            phone: (!bot).then(|| "34600".into()),
            name: "A name".into(),
            bot,
        })
    };
    let key = |dc, byte| SessionChange::Key(DcId(dc), Some(AuthKey::new([byte; 256])));
    let key_of_file = SentFileKey {
        md5: [6; 16],
        size: 7,
        kind: SentFileKind::Photo,
    };
    let file = SentFile {
        id: 8,
        access_hash: 9,
        file_reference: Bytes::from_static(b"reference"),
    };
    let state = UpdateState {
        pts: 1,
        qts: 2,
        date: 3,
        seq: 4,
    };
    let mut media = DcOption::new(DcId(4), "10.0.0.4".parse().unwrap(), 80);
    media.media_only = true;
    media.secret = Some(Bytes::from_static(b"secret"));
    vec![
        SessionChange::Dc(DcOption::new(DcId(2), "::1".parse().unwrap(), 443)),
        SessionChange::Dc(media),
        SessionChange::Home(DcId(2)),
        key(2, 2),
        key(4, 4),
        SessionChange::User(Some(SelfUser {
            id: 10,
            access_hash: 11,
            bot: true,
        })),
        SessionChange::Takeout(Some(12)),
        SessionChange::State(Some(state)),
        SessionChange::Channel(13, Some(14)),
        peer(PeerId::User(15), &["first", "second"], false),
        peer(PeerId::Channel(16), &["bot_like"], true),
        peer(PeerId::Chat(17), &[], false),
        SessionChange::SentFile(key_of_file, file),
    ]
}

/// What a store holds, to be compared. The keys are shown, since they are none of anybody's.
pub(crate) fn listing(store: &mut dyn SessionStore) -> Vec<String> {
    let contents = store.contents().unwrap();
    let line = |change: &SessionChange| match change {
        SessionChange::Key(dc, Some(key)) => format!("{dc}: {:?}", key.as_bytes()),
        SessionChange::Peer(p) => format!(
            "{:?} {} {:?} {:?} {} {}",
            p.id, p.access_hash, p.usernames, p.phone, p.name, p.bot
        ),
        other => format!("{other:?}"),
    };
    let mut lines: Vec<_> = contents.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn everything_is_carried_from_every_kind_to_every_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut n = 0;
    let mut kinds = || -> Vec<Box<dyn SessionStore>> {
        n += 1;
        vec![
            Box::new(MemorySession::new()),
            Box::new(StringSession::new("").unwrap()),
            Box::new(SqliteSession::in_memory().unwrap()),
            Box::new(SqliteSession::open(folder.path().join(n.to_string())).unwrap()),
        ]
    };
    let mut expected = MemorySession::new();
    expected.apply(&everything()).unwrap();
    let expected = listing(&mut expected);
    assert_eq!(expected.len(), everything().len());
    for mut from in kinds() {
        from.apply(&everything()).unwrap();
        for mut to in kinds() {
            copy(&mut from, &mut to).unwrap();
            assert_eq!(listing(&mut *to), expected);
        }
    }
}

#[test]
fn an_account_is_not_copied_over_another_one() {
    let mut from = MemorySession::new();
    from.apply(&everything()).unwrap();
    let mut to = SqliteSession::in_memory().unwrap();
    copy(&mut from, &mut to).unwrap();
    let before = listing(&mut to);
    from.apply(&[SessionChange::Home(DcId(4))]).unwrap();
    let error = copy(&mut from, &mut to).unwrap_err().to_string();
    assert!(error.contains("holds an account already"), "{error}");
    assert_eq!(listing(&mut to), before);
    to.delete().unwrap();
    copy(&mut from, &mut to).unwrap();
    assert_eq!(to.load().unwrap().home, Some(DcId(4)));
}

#[test]
fn a_client_hands_its_session_on_with_all_it_has_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    run(5, async |sim, client| {
        let me = client.get_me().await.unwrap();
        let dialogs = client.get_dialogs(20).await.unwrap();
        assert!(!dialogs.is_empty());
        client.disconnect().await;
        let file = SqliteSession::open(&path).unwrap();
        let mut file = client.copy_session(file).await.unwrap();
        let session = file.load().unwrap();
        assert_eq!(session.user.as_ref().unwrap().id, me.id);
        assert!(
            session.state.is_some(),
            "updates go on where they were left"
        );
        for dialog in &dialogs {
            let known = file.peer(&PeerKey::Id(dialog.id())).unwrap();
            assert!(known.is_some(), "{:?} was left behind", dialog.id());
        }
        file.close().unwrap();
        drop(client);

        let client = client_with(sim, SqliteSession::open(&path).unwrap(), sim.config());
        client.connect().await.unwrap();
        assert!(client.is_user_authorized().await.unwrap());
        client.send_message("me", "moved").await.unwrap();
        client.disconnect().await;
    });
}
