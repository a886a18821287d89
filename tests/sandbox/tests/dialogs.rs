//! The list of chats: pages, folders, pins, marks and drafts, with Telegram's own rules.

mod common;

use common::{Bench, Client, GZIP};
use telewire_schema::functions::{folders as ff, messages as fm};
use telewire_schema::types::{self, messages::Dialogs};
use telewire_schema::{Deserialize, functions};

type Listed = (Vec<types::DialogData>, Vec<types::Message>, i32);

fn asked(limit: i32) -> fm::GetDialogs {
    fm::GetDialogs::new(0, 0, types::InputPeer::Empty, limit, 0)
}

/// The chats of an answer, the messages that came along, and how many there are in all.
fn listed(answer: Dialogs) -> Listed {
    let (dialogs, messages, count) = match answer {
        Dialogs::Dialogs(d) => {
            let count = i32::try_from(d.dialogs.len()).unwrap();
            (d.dialogs, d.messages, count)
        }
        Dialogs::Slice(d) => (d.dialogs, d.messages, d.count),
        Dialogs::NotModified(d) => (vec![], vec![], d.count),
    };
    let chats = dialogs.into_iter().filter_map(|d| match d {
        types::Dialog::Dialog(d) => Some(*d),
        _ => None,
    });
    (chats.collect(), messages, count)
}

fn peers(list: &Listed) -> Vec<types::Peer> {
    list.0.iter().map(|d| d.peer).collect()
}

/// An account with some chats in two sessions, and what the chats are called by.
fn with_chats(bench: &mut Bench) -> (Client, Client, Vec<types::InputPeer>) {
    let mut client = bench.signed_in(1, 0);
    let mut other = bench.signed_in(2, 0);
    for title in ["A", "B", "C"] {
        group(&mut client, bench, title);
    }
    let answer = client.call(bench, &asked(100)).unwrap();
    let (users, chats) = match &answer {
        Dialogs::Dialogs(d) => (d.users.clone(), d.chats.clone()),
        other => panic!("{other:?}"),
    };
    let named = listed(answer)
        .0
        .iter()
        .map(|d| name(&d.peer, &users, &chats))
        .collect();
    other.poll(bench);
    (client, other, named)
}

/// A new group of the account and a bot.
fn group(client: &mut Client, bench: &mut Bench, title: &str) {
    let bot = functions::contacts::ResolveUsername::new("echo_bot");
    let bot = client.call(bench, &bot).unwrap();
    let types::User::User(bot) = &bot.users[0] else {
        panic!("no bot");
    };
    let bot = types::InputUserData::new(bot.id, bot.access_hash.unwrap());
    let create = fm::CreateChat::new(vec![bot.into()], title);
    client.call(bench, &create).unwrap();
}

fn name(peer: &types::Peer, users: &[types::User], chats: &[types::Chat]) -> types::InputPeer {
    let hash = match peer {
        types::Peer::User(p) => users.iter().find_map(|u| match u {
            types::User::User(u) if u.id == p.user_id => u.access_hash,
            _ => None,
        }),
        types::Peer::Channel(p) => chats.iter().find_map(|c| match c {
            types::Chat::Channel(c) if c.id == p.channel_id => c.access_hash,
            _ => None,
        }),
        types::Peer::Chat(_) => None,
    };
    match peer {
        types::Peer::User(p) => types::InputPeerUser::new(p.user_id, hash.unwrap()).into(),
        types::Peer::Chat(p) => types::InputPeerChat::new(p.chat_id).into(),
        types::Peer::Channel(p) => types::InputPeerChannel::new(p.channel_id, hash.unwrap()).into(),
    }
}

fn in_dialog(peer: &types::InputPeer) -> types::InputDialogPeer {
    types::InputDialogPeerData::new(peer.clone()).into()
}

/// What another session of the account was told, by names.
fn told(other: &mut Client, bench: &mut Bench) -> Vec<types::Update> {
    let mut updates = Vec::new();
    for got in other.poll(bench) {
        assert_ne!(got.id(), GZIP);
        if let Ok(types::Updates::Updates(u)) = types::Updates::from_slice(&got.body) {
            updates.extend(u.updates);
        }
    }
    updates
}

#[test]
fn pages_follow_each_other_without_gaps() {
    let mut bench = Bench::new();
    let (mut client, _, _) = with_chats(&mut bench);
    let all = listed(client.call(&mut bench, &asked(100)).unwrap());
    let names: Vec<types::Peer> = peers(&all);
    assert!(names.len() >= 5, "{names:?}");
    // With the date and peer of the last one and no id, as Telethon asks. All groups are of the same second.
    let mut found = Vec::new();
    let mut next = asked(2);
    loop {
        let answer = client.call(&mut bench, &next).unwrap();
        let Dialogs::Slice(slice) = &answer else {
            panic!("not a slice");
        };
        let (users, chats) = (slice.users.clone(), slice.chats.clone());
        let page = listed(answer);
        assert_eq!(page.2, all.2);
        let Some(last) = page.0.last() else { break };
        found.extend(peers(&page));
        let date = page.1.last().map(|m| match m {
            types::Message::Message(m) => m.date,
            types::Message::Service(m) => m.date,
            types::Message::Empty(_) => 0,
        });
        next = asked(2);
        next.offset_date = date.unwrap();
        next.offset_peer = name(&last.peer, &users, &chats);
        next.exclude_pinned = true;
    }
    assert_eq!(found, names);
    // A date alone is not minded.
    let mut dated = asked(100);
    dated.offset_date = 5;
    assert_eq!(
        peers(&listed(client.call(&mut bench, &dated).unwrap())),
        names
    );
    let mut by_id = asked(100);
    by_id.offset_id = all.0[0].top_message;
    assert!(!peers(&listed(client.call(&mut bench, &by_id).unwrap())).contains(&names[0]));
}

#[test]
fn a_page_that_is_known_is_not_sent_again() {
    let mut bench = Bench::new();
    let (mut client, _, named) = with_chats(&mut bench);
    let page = listed(client.call(&mut bench, &asked(100)).unwrap());
    let mut hash = 0_u64;
    for dialog in &page.0 {
        let peer = match dialog.peer {
            types::Peer::User(p) => p.user_id,
            types::Peer::Chat(p) => -p.chat_id,
            types::Peer::Channel(p) => -1_000_000_000_000 - p.channel_id,
        };
        for part in [
            peer,
            dialog.top_message.into(),
            0,
            dialog.unread_count.into(),
        ] {
            hash ^= hash >> 21;
            hash ^= hash << 35;
            hash ^= hash >> 4;
            hash = hash.wrapping_add(part.cast_unsigned());
        }
    }
    let mut again = asked(100);
    again.hash = hash.cast_signed();
    let Dialogs::NotModified(same) = client.call(&mut bench, &again).unwrap() else {
        panic!("it is sent again");
    };
    assert_eq!(same.count, page.2);
    let send = fm::SendMessage::new(named[0].clone(), "new", 77);
    client.call(&mut bench, &send).unwrap();
    let fresh = client.call(&mut bench, &again).unwrap();
    assert!(!matches!(fresh, Dialogs::NotModified(_)));
}

#[test]
fn pinned_chats_keep_their_order_on_top() {
    let mut bench = Bench::new();
    let (mut client, mut other, named) = with_chats(&mut bench);
    let before = peers(&listed(client.call(&mut bench, &asked(100)).unwrap()));
    for n in [4, 3] {
        let pin = fm::ToggleDialogPin::new(in_dialog(&named[n])).pinned(true);
        assert!(client.call(&mut bench, &pin).unwrap());
    }
    let updates = told(&mut other, &mut bench);
    assert!(
        matches!(&updates[..], [types::Update::DialogPinned(a), types::Update::DialogPinned(b)]
        if a.pinned && b.pinned)
    );
    let now = listed(client.call(&mut bench, &asked(100)).unwrap());
    assert_eq!(peers(&now)[..2], [before[3], before[4]]);
    assert!(now.0[0].pinned && now.0[1].pinned && !now.0[2].pinned);
    let mut rest = asked(100);
    rest.exclude_pinned = true;
    let rest = listed(client.call(&mut bench, &rest).unwrap());
    assert_eq!(rest.0.len() + 2, now.0.len());
    let order = vec![in_dialog(&named[4]), in_dialog(&named[3])];
    let reorder = fm::ReorderPinnedDialogs::new(0, order);
    assert!(client.call(&mut bench, &reorder).unwrap());
    let pinned = client
        .call(&mut bench, &fm::GetPinnedDialogs::new(0))
        .unwrap();
    let order: Vec<types::Peer> = pinned
        .dialogs
        .iter()
        .map(|d| match d {
            types::Dialog::Dialog(d) => d.peer,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(order, [before[4], before[3]]);
    for title in ["D", "E", "F", "G"] {
        group(&mut client, &mut bench, title);
    }
    let fresh = client.call(&mut bench, &asked(100)).unwrap();
    let groups: Vec<types::InputPeer> = listed(fresh)
        .0
        .iter()
        .filter(|d| !d.pinned)
        .filter_map(|d| match d.peer {
            types::Peer::Chat(p) => Some(types::InputPeerChat::new(p.chat_id).into()),
            _ => None,
        })
        .collect();
    let pin = |peer| fm::ToggleDialogPin::new(in_dialog(peer)).pinned(true);
    for peer in &groups[..3] {
        client.call(&mut bench, &pin(peer)).unwrap();
    }
    let refused = client.call(&mut bench, &pin(&groups[3])).unwrap_err();
    assert_eq!(refused, "PINNED_DIALOGS_TOO_MUCH");
}

#[test]
fn archived_chats_are_listed_apart() {
    let mut bench = Bench::new();
    let (mut client, mut other, named) = with_chats(&mut bench);
    let before = peers(&listed(client.call(&mut bench, &asked(100)).unwrap()));
    let place = |n: usize, folder| types::InputFolderPeer::new(named[n].clone(), folder);
    let edit = ff::EditPeerFolders::new(vec![place(0, 1), place(2, 1)]);
    let types::Updates::Updates(moved) = client.call(&mut bench, &edit).unwrap() else {
        panic!("no updates");
    };
    let [types::Update::FolderPeers(moved)] = &moved.updates[..] else {
        panic!("{:?}", moved.updates);
    };
    let mine: Vec<_> = moved
        .folder_peers
        .iter()
        .map(|p| (p.peer, p.folder_id))
        .collect();
    assert_eq!(mine, [(before[0], 1), (before[2], 1)]);
    assert!(moved.pts > 1 && moved.pts_count == 1);
    assert_eq!(told(&mut other, &mut bench), [moved.clone().into()]);

    let mut request = asked(100);
    request.folder_id = Some(1);
    let archive = listed(client.call(&mut bench, &request).unwrap());
    assert_eq!(peers(&archive), [before[0], before[2]]);
    assert!(archive.0.iter().all(|d| d.folder_id == Some(1)));
    request.folder_id = Some(0);
    let answer = client.call(&mut bench, &request).unwrap();
    let Dialogs::Dialogs(main) = &answer else {
        panic!("a slice");
    };
    let types::Dialog::Folder(folder) = &main.dialogs[0] else {
        panic!("the archive is missing");
    };
    assert_eq!((folder.folder.id, folder.peer), (1, before[0]));
    let main = listed(answer);
    assert_eq!(main.0.len() + 2, before.len());
    assert!(main.0.iter().all(|d| d.folder_id.is_none()));
    // Without a folder, all of them.
    let all = peers(&listed(client.call(&mut bench, &asked(100)).unwrap()));
    assert_eq!(all, before);

    // Once more changes nothing; back again does; other folders do not exist.
    let types::Updates::Updates(none) = client.call(&mut bench, &edit).unwrap() else {
        panic!("no updates");
    };
    assert!(none.updates.is_empty());
    let back = ff::EditPeerFolders::new(vec![place(0, 0)]);
    client.call(&mut bench, &back).unwrap();
    request.folder_id = Some(1);
    let archive = listed(client.call(&mut bench, &request).unwrap());
    assert_eq!(peers(&archive), [before[2]]);
    let wrong = ff::EditPeerFolders::new(vec![place(0, 2)]);
    assert_eq!(
        client.call(&mut bench, &wrong).unwrap_err(),
        "FOLDER_ID_INVALID"
    );
    request.folder_id = Some(7);
    assert_eq!(
        client.call(&mut bench, &request).unwrap_err(),
        "FOLDER_ID_INVALID"
    );
}

#[test]
fn drafts_are_kept_told_and_cleared() {
    let mut bench = Bench::new();
    let (mut client, mut other, named) = with_chats(&mut bench);
    let bold = types::MessageEntityBold::new(0, 2);
    let mut save = fm::SaveDraft::new(named[0].clone(), "Dear");
    save.entities = Some(vec![bold.into()]);
    save.reply_to = Some(types::InputReplyToMessage::new(3).into());
    save.no_webpage = true;
    assert!(client.call(&mut bench, &save).unwrap());
    let [types::Update::DraftMessage(update)] = &told(&mut other, &mut bench)[..] else {
        panic!("nobody was told");
    };
    let types::DraftMessage::DraftMessage(draft) = &update.draft else {
        panic!("it is empty");
    };
    assert_eq!((draft.message.as_str(), draft.no_webpage), ("Dear", true));
    assert_eq!(
        (&draft.entities, &draft.reply_to),
        (&save.entities, &save.reply_to)
    );
    let first = listed(client.call(&mut bench, &asked(100)).unwrap())
        .0
        .remove(0);
    assert_eq!(first.draft.as_ref(), Some(&update.draft));

    save.entities = Some(vec![types::MessageEntityBold::new(3, 2).into()]);
    let refused = client.call(&mut bench, &save).unwrap_err();
    assert_eq!(refused, "ENTITY_BOUNDS_INVALID");
    let second = fm::SaveDraft::new(named[1].clone(), "Second");
    client.call(&mut bench, &second).unwrap();
    let all = |client: &mut Client, bench: &mut Bench| {
        let types::Updates::Updates(u) = client.call(bench, &fm::GetAllDrafts).unwrap() else {
            panic!("no updates");
        };
        (u.updates.len(), u.users.len() + u.chats.len())
    };
    assert_eq!(all(&mut client, &mut bench), (2, 2));
    other.poll(&mut bench);
    // Sending with the flag clears the draft of that chat.
    let send = fm::SendMessage::new(named[0].clone(), "Dear", 5).clear_draft(true);
    client.call(&mut bench, &send).unwrap();
    let cleared = |updates: &[types::Update]| {
        let empty = |u: &&types::Update| matches!(u, types::Update::DraftMessage(u) if matches!(u.draft, types::DraftMessage::Empty(_)));
        updates.iter().filter(empty).count()
    };
    assert_eq!(cleared(&told(&mut other, &mut bench)), 1);
    assert_eq!(all(&mut client, &mut bench).0, 1);
    assert!(client.call(&mut bench, &fm::ClearAllDrafts).unwrap());
    assert_eq!(cleared(&told(&mut other, &mut bench)), 1);
    assert_eq!(all(&mut client, &mut bench).0, 0);
    // An empty text is no draft.
    let nothing = fm::SaveDraft::new(named[1].clone(), "");
    assert!(client.call(&mut bench, &nothing).unwrap());
    assert_eq!(all(&mut client, &mut bench).0, 0);
    assert!(told(&mut other, &mut bench).is_empty());
}

#[test]
fn marks_are_kept_and_told() {
    let mut bench = Bench::new();
    let (mut client, mut other, named) = with_chats(&mut bench);
    let mark = fm::MarkDialogUnread::new(in_dialog(&named[0])).unread(true);
    assert!(client.call(&mut bench, &mark).unwrap());
    let updates = told(&mut other, &mut bench);
    assert!(matches!(&updates[..], [types::Update::DialogUnreadMark(u)] if u.unread));
    let marks = fm::GetDialogUnreadMarks::new();
    let marked = client.call(&mut bench, &marks).unwrap();
    assert_eq!(marked.len(), 1);
    let list = listed(client.call(&mut bench, &asked(100)).unwrap());
    assert!(list.0[0].unread_mark && !list.0[1].unread_mark);
    // Whoever reads takes the mark away.
    let read = fm::ReadHistory::new(named[0].clone(), 0);
    client.call(&mut bench, &read).unwrap();
    let list = listed(client.call(&mut bench, &asked(100)).unwrap());
    assert!(!list.0[0].unread_mark);
}

#[test]
fn what_is_deleted_is_gone_from_the_list() {
    let mut bench = Bench::new();
    let (mut client, _, _) = with_chats(&mut bench);
    let own: types::InputPeer = types::InputPeer::Self_;
    let send = fm::SendMessage::new(own.clone(), "note", 9);
    client.call(&mut bench, &send).unwrap();
    let before = listed(client.call(&mut bench, &asked(100)).unwrap());
    let mut request = fm::DeleteHistory::new(own, 0);
    request.just_clear = true;
    client.call(&mut bench, &request).unwrap();
    request.just_clear = false;
    let gone = client.call(&mut bench, &request).unwrap();
    assert_eq!(gone.offset, 0);
    let now = listed(client.call(&mut bench, &asked(100)).unwrap());
    assert_eq!(now.0.len() + 1, before.0.len());
}
