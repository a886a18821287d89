//! Requests: who may make them, what they do, and what the others learn of it.

mod common;
#[path = "api/guesses.rs"]
mod guesses;
#[path = "api/search.rs"]
mod search;

use std::time::Duration;

use common::{Bench, Client, wrapped};
use telewire_sandbox::Options;
use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::{Deserialize as _, Identifiable as _, Serialize as _, Writer, types};

const NEARS: f::help::GetNearestDc = f::help::GetNearestDc;

/// Updates that came to a client.
fn updates(client: &mut Client, bench: &mut Bench) -> Vec<types::Updates> {
    let got = client.poll(bench);
    got.iter()
        .filter_map(|m| types::Updates::from_bytes(&m.body).ok())
        .collect()
}

fn peer(client: &mut Client, bench: &mut Bench, name: &str) -> types::InputPeer {
    let found = client
        .call(bench, &f::contacts::ResolveUsername::new(name))
        .unwrap();
    match (found.users.first(), found.chats.first()) {
        (Some(types::User::User(u)), _) => {
            types::InputPeerUser::new(u.id, u.access_hash.unwrap()).into()
        }
        (_, Some(types::Chat::Channel(c))) => {
            types::InputPeerChannel::new(c.id, c.access_hash.unwrap()).into()
        }
        other => panic!("{other:?}"),
    }
}

fn say(
    client: &mut Client,
    bench: &mut Bench,
    to: types::InputPeer,
    text: &str,
) -> Result<types::Updates, String> {
    let random_id = client.rng.i64();
    client.call(bench, &fm::SendMessage::new(to, text, random_id))
}

#[test]
fn nothing_goes_before_init_connection_and_only_known_layers_do() {
    let mut bench = Bench::new();
    let mut client = bench.client(1);
    assert_eq!(
        client.call(&mut bench, &NEARS).unwrap_err(),
        "CONNECTION_NOT_INITED"
    );
    for layer in [199, 231] {
        let request = wrapped(&bench, layer, &NEARS.to_bytes());
        assert_eq!(
            client.call_bytes(&mut bench, &request).unwrap_err(),
            "CONNECTION_LAYER_INVALID"
        );
    }
    let request = wrapped(&bench, 200, &NEARS.to_bytes());
    assert!(client.call_bytes(&mut bench, &request).is_ok());
    // The key remembers, whatever the session.
    client.renew();
    assert!(client.call(&mut bench, &NEARS).is_ok());
}

#[test]
fn methods_are_refused_by_name() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    assert_eq!(
        client.call(&mut bench, &f::updates::GetState).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    let unknown = 0x1234_5678_u32.to_le_bytes();
    assert_eq!(
        client.call_bytes(&mut bench, &unknown).unwrap_err(),
        "INPUT_METHOD_INVALID"
    );
    let cut = f::contacts::ResolveUsername::ID.to_le_bytes();
    let mut client = bench.signed_in(2, 0);
    assert_eq!(
        client.call_bytes(&mut bench, &cut).unwrap_err(),
        "INPUT_FETCH_FAIL"
    );
    assert_eq!(
        client
            .call(&mut bench, &f::account::GetAccountTtl)
            .unwrap_err(),
        "METHOD_INVALID"
    );
    let commands = f::bots::SetBotCommands::new(types::BotCommandScope::Default, "", Vec::new());
    assert_eq!(
        client.call(&mut bench, &commands).unwrap_err(),
        "USER_BOT_REQUIRED"
    );
    let mut bot = bench.ready(3);
    let options = bench.server.options().clone();
    let token = bench.server.bots()[1].token.clone();
    let enter = |token: &str| {
        f::auth::ImportBotAuthorization::new(0, options.api_id, options.api_hash.as_str(), token)
    };
    assert_eq!(
        bot.call(&mut bench, &enter("1:no")).unwrap_err(),
        "ACCESS_TOKEN_INVALID"
    );
    bot.call(&mut bench, &enter(&token)).unwrap();
    let dialogs = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 10, 0);
    assert_eq!(
        bot.call(&mut bench, &dialogs).unwrap_err(),
        "BOT_METHOD_INVALID"
    );
}

#[test]
fn codes_are_checked() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let wrong = f::auth::SendCode::new("9996620001", 5, "x", types::CodeSettings::new());
    assert_eq!(
        client.call(&mut bench, &wrong).unwrap_err(),
        "API_ID_INVALID"
    );
    assert_eq!(
        client.send_code(&mut bench, "abc").unwrap_err(),
        "PHONE_NUMBER_INVALID"
    );
    let hash = client.send_code(&mut bench, "+999 662 0001").unwrap();
    let give = |code: &str, hash: &str| f::auth::SignIn::new("9996620001", hash).phone_code(code);
    assert_eq!(
        client.call(&mut bench, &give("", &hash)).unwrap_err(),
        "PHONE_CODE_EMPTY"
    );
    assert_eq!(
        client.call(&mut bench, &give("11111", &hash)).unwrap_err(),
        "PHONE_CODE_INVALID"
    );
    assert_eq!(
        client.call(&mut bench, &give("22222", "no")).unwrap_err(),
        "PHONE_CODE_EXPIRED"
    );
    let again = f::auth::ResendCode::new("9996620001", hash.as_str());
    assert!(
        client
            .call(&mut bench, &again)
            .unwrap_err()
            .starts_with("FLOOD_WAIT_")
    );
    bench.pass(Duration::from_secs(61));
    assert!(client.call(&mut bench, &again).is_ok());
    bench.pass(Duration::from_secs(400));
    assert_eq!(
        client.call(&mut bench, &give("22222", &hash)).unwrap_err(),
        "PHONE_CODE_EXPIRED"
    );
    client.sign_in(&mut bench, "9996620001").unwrap();
    client.call(&mut bench, &f::auth::LogOut).unwrap();
    assert_eq!(
        client.call(&mut bench, &f::updates::GetState).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    assert_eq!(
        client.sign_in(&mut bench, "9996620003").unwrap_err(),
        "SESSION_PASSWORD_NEEDED"
    );
    assert_eq!(
        client.call(&mut bench, &f::updates::GetState).unwrap_err(),
        "SESSION_PASSWORD_NEEDED"
    );
    let check = types::InputCheckPasswordSrpData::new(1, vec![1; 256], vec![2; 32]);
    let check = f::auth::CheckPassword::new(check);
    assert_eq!(
        client.call(&mut bench, &check).unwrap_err(),
        "SRP_ID_INVALID"
    );
}

#[test]
fn an_authorization_is_exported_once() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let exported = client
        .call(&mut bench, &f::auth::ExportAuthorization::new(2))
        .unwrap();
    let import = f::auth::ImportAuthorization::new(exported.id, exported.bytes);
    let mut other = bench.ready(2);
    assert!(other.call(&mut bench, &import).is_ok());
    assert!(other.call(&mut bench, &f::updates::GetState).is_ok());
    assert_eq!(
        bench.ready(3).call(&mut bench, &import).unwrap_err(),
        "AUTH_BYTES_INVALID"
    );
    assert_eq!(
        client
            .call(&mut bench, &f::auth::ExportAuthorization::new(9))
            .unwrap_err(),
        "DC_ID_INVALID"
    );
}

#[test]
fn somebody_new_finds_dialogs() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let me = client.sign_up(&mut bench, "9996621234", "Newcomer");
    assert!(me > i64::from(i32::MAX));
    let asked = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 100, 0);
    let types::messages::Dialogs::Dialogs(all) = client.call(&mut bench, &asked).unwrap() else {
        panic!("a slice");
    };
    assert_eq!(all.dialogs.len(), 3);
    assert_eq!(all.messages.len(), 3);
    let channel = all.chats.iter().find_map(|c| match c {
        types::Chat::Channel(c) => Some(c.id),
        _ => None,
    });
    assert!(channel.unwrap() > 10_000_000_000);
    // Page by page, the same ones in the same order.
    let tops: Vec<_> = all.dialogs.iter().map(top).collect();
    let mut paged = Vec::new();
    let mut next = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 1, 0);
    for _ in 0..5 {
        let types::messages::Dialogs::Slice(page) = client.call(&mut bench, &next).unwrap() else {
            panic!("not a slice");
        };
        assert_eq!(page.count, 3);
        let Some(dialog) = page.dialogs.first() else {
            break;
        };
        paged.push(top(dialog));
        let types::Dialog::Dialog(d) = dialog else {
            panic!("a folder")
        };
        let (date, peer) = (
            date_of(&page.messages[0]),
            named(&d.peer, &page.users, &page.chats),
        );
        next = fm::GetDialogs::new(date, d.top_message, peer, 1, 0);
    }
    assert_eq!(paged, tops);
}

fn top(dialog: &types::Dialog) -> (types::Peer, i32) {
    match dialog {
        types::Dialog::Dialog(d) => (d.peer, d.top_message),
        other => panic!("{other:?}"),
    }
}

fn date_of(message: &types::Message) -> i32 {
    match message {
        types::Message::Message(m) => m.date,
        types::Message::Service(m) => m.date,
        types::Message::Empty(_) => 0,
    }
}

fn named(peer: &types::Peer, users: &[types::User], chats: &[types::Chat]) -> types::InputPeer {
    let user = |id| {
        users.iter().find_map(|u| match u {
            types::User::User(u) if u.id == id => u.access_hash,
            _ => None,
        })
    };
    let channel = |id| {
        chats.iter().find_map(|c| match c {
            types::Chat::Channel(c) if c.id == id => c.access_hash,
            _ => None,
        })
    };
    match peer {
        types::Peer::User(p) => {
            types::InputPeerUser::new(p.user_id, user(p.user_id).unwrap()).into()
        }
        types::Peer::Chat(p) => types::InputPeerChat::new(p.chat_id).into(),
        types::Peer::Channel(p) => {
            types::InputPeerChannel::new(p.channel_id, channel(p.channel_id).unwrap()).into()
        }
    }
}

#[test]
fn access_hashes_are_personal() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let (a, g) = (
        peer(&mut ada, &mut bench, "echo_bot"),
        peer(&mut grace, &mut bench, "echo_bot"),
    );
    assert_ne!(a, g);
    assert_eq!(
        say(&mut ada, &mut bench, g, "hi").unwrap_err(),
        "PEER_ID_INVALID"
    );
    let news = peer(&mut grace, &mut bench, "telewire_news");
    let history = fm::GetHistory::new(news, 0, 0, 0, 10, 0, 0, 0);
    assert_eq!(
        ada.call(&mut bench, &history).unwrap_err(),
        "CHANNEL_INVALID"
    );
}

#[test]
fn peers_are_taken_for_users_and_channels() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let types::InputPeer::User(echo) = peer(&mut ada, &mut bench, "echo_bot") else {
        panic!("no user")
    };
    let types::InputPeer::Channel(news) = peer(&mut ada, &mut bench, "telewire_news") else {
        panic!("no channel")
    };
    let mut w = Writer::new();
    w.word(f::users::GetFullUser::ID);
    types::InputPeer::from(echo).serialize(&mut w);
    assert!(ada.call_bytes(&mut bench, &w.into_vec()).is_ok());
    let mut w = Writer::new();
    w.word(f::channels::GetFullChannel::ID);
    types::InputPeer::from(news).serialize(&mut w);
    assert!(ada.call_bytes(&mut bench, &w.into_vec()).is_ok());
}

#[test]
fn a_message_reaches_all_sessions_once() {
    let mut bench = Bench::new();
    let (mut ada, mut desk, mut grace) = (
        bench.signed_in(1, 0),
        bench.signed_in(2, 0),
        bench.signed_in(3, 1),
    );
    for client in [&mut ada, &mut desk, &mut grace] {
        client.call(&mut bench, &f::updates::GetState).unwrap();
    }
    let to = peer(&mut ada, &mut bench, "grace_hopper");
    // What signing in brought along is not looked at.
    for client in [&mut ada, &mut desk, &mut grace] {
        client.poll(&mut bench);
    }
    let send = fm::SendMessage::new(to.clone(), " hello @ada_lovelace ", 42);
    let sent = ada.call(&mut bench, &send).unwrap();
    let types::Updates::UpdateShortSentMessage(sent) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(sent.entities.as_ref().map(Vec::len), Some(1));
    assert!(
        updates(&mut ada, &mut bench).is_empty(),
        "the sender has the answer"
    );
    for client in [&mut desk, &mut grace] {
        let came = updates(client, &mut bench);
        let [types::Updates::Updates(u)] = &came[..] else {
            panic!("{came:?}")
        };
        let types::Update::NewMessage(new) = &u.updates[0] else {
            panic!("{u:?}")
        };
        let types::Message::Message(m) = &new.message else {
            panic!("{new:?}")
        };
        assert_eq!(m.message, "hello @ada_lovelace");
        let ada = bench.server.users()[0].id;
        let is_ada = |u: &types::User| matches!(u, types::User::User(u) if u.id == ada);
        assert!(u.users.iter().any(is_ada), "the author comes along");
    }
    say(&mut ada, &mut bench, to, "again").unwrap();
    let came = updates(&mut grace, &mut bench);
    assert!(
        matches!(&came[..], [types::Updates::UpdateShortMessage(m)] if m.message == "again"),
        "{came:?}"
    );
    // The same random identifier sends nothing.
    assert_eq!(
        ada.call(&mut bench, &send).unwrap_err(),
        "RANDOM_ID_DUPLICATE"
    );
    assert_eq!(bench.server.executed_with(42), 1);
    assert!(updates(&mut grace, &mut bench).is_empty());
}

#[test]
fn texts_have_limits() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let me = || types::InputPeer::Self_;
    assert_eq!(
        say(&mut ada, &mut bench, me(), " \n ").unwrap_err(),
        "MESSAGE_EMPTY"
    );
    assert_eq!(
        say(&mut ada, &mut bench, me(), &"😀".repeat(4097)).unwrap_err(),
        "MESSAGE_TOO_LONG"
    );
    assert!(say(&mut ada, &mut bench, me(), &"😀".repeat(4096)).is_ok());
    let edit =
        |id: i32, text: &str| fm::EditMessage::new(types::InputPeer::Self_, id).message(text);
    assert_eq!(
        ada.call(&mut bench, &edit(99_999, "x")).unwrap_err(),
        "MESSAGE_ID_INVALID"
    );
    let mut grace = bench.signed_in(2, 1);
    let news = peer(&mut grace, &mut bench, "telewire_news");
    assert_eq!(
        say(&mut grace, &mut bench, news.clone(), "x").unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let foreign = fm::EditMessage::new(news, 5).message("x");
    assert_eq!(
        grace.call(&mut bench, &foreign).unwrap_err(),
        "MESSAGE_AUTHOR_REQUIRED"
    );
}

#[test]
fn a_difference_brings_what_was_missed_in_slices() {
    let mut bench = Bench::with(Options {
        difference_slice: 4,
        difference_limit: 20,
        ..Options::default()
    });
    let mut ada = bench.signed_in(1, 0);
    let state = ada.call(&mut bench, &f::updates::GetState).unwrap();
    let (grace, me) = (bench.server.users()[1].id, bench.server.users()[0].id);
    for n in 0..10 {
        bench
            .server
            .write(bench.now, grace, me, &format!("text {n}"))
            .unwrap();
    }
    let to = peer(&mut ada, &mut bench, "grace_hopper");
    ada.call(&mut bench, &fm::ReadHistory::new(to, 0)).unwrap();
    let mut pts = state.pts;
    let (mut texts, mut others, mut rounds) = (Vec::new(), 0, 0);
    loop {
        rounds += 1;
        let difference = ada
            .call(
                &mut bench,
                &f::updates::GetDifference::new(pts, state.date, 0),
            )
            .unwrap();
        let (new, other, state, last) = match difference {
            types::updates::Difference::Slice(d) => {
                (d.new_messages, d.other_updates, d.intermediate_state, false)
            }
            types::updates::Difference::Difference(d) => {
                (d.new_messages, d.other_updates, d.state, true)
            }
            other => panic!("{other:?}"),
        };
        assert!(state.pts > pts);
        pts = state.pts;
        others += other.len();
        texts.extend(new.into_iter().map(|m| match m {
            types::Message::Message(m) => m.message,
            other => panic!("{other:?}"),
        }));
        if last {
            break;
        }
    }
    assert_eq!(
        texts,
        (0..10).map(|n| format!("text {n}")).collect::<Vec<_>>()
    );
    assert_eq!((others, rounds), (1, 3));
    let done = ada
        .call(
            &mut bench,
            &f::updates::GetDifference::new(pts, state.date, 0),
        )
        .unwrap();
    assert!(matches!(done, types::updates::Difference::Empty(_)));
    for n in 0..21 {
        bench
            .server
            .write(bench.now, grace, me, &format!("more {n}"))
            .unwrap();
    }
    let done = ada
        .call(
            &mut bench,
            &f::updates::GetDifference::new(pts, state.date, 0),
        )
        .unwrap();
    assert!(
        matches!(&done, types::updates::Difference::TooLong(t) if t.pts == pts + 21),
        "{done:?}"
    );
}

#[test]
fn deleting_and_reading_reach_the_other_side() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    grace.call(&mut bench, &f::updates::GetState).unwrap();
    let to = peer(&mut ada, &mut bench, "grace_hopper");
    let back = peer(&mut grace, &mut bench, "ada_lovelace");
    let sent = say(&mut ada, &mut bench, to, "hello").unwrap();
    let types::Updates::UpdateShortSentMessage(sent) = sent else {
        panic!("{sent:?}")
    };
    updates(&mut grace, &mut bench);
    updates(&mut ada, &mut bench);
    grace
        .call(&mut bench, &fm::ReadHistory::new(back, 0))
        .unwrap();
    let read = updates(&mut ada, &mut bench);
    let is_read = |u: &types::Updates| match u {
        types::Updates::Updates(u) => {
            matches!(&u.updates[0], types::Update::ReadHistoryOutbox(r) if r.max_id == sent.id && r.pts == sent.pts + 1)
        }
        _ => false,
    };
    assert!(read.iter().any(is_read), "{read:?}");
    let affected = ada
        .call(
            &mut bench,
            &fm::DeleteMessages::new(vec![sent.id]).revoke(true),
        )
        .unwrap();
    assert_eq!((affected.pts, affected.pts_count), (sent.pts + 2, 1));
    let gone = updates(&mut grace, &mut bench);
    let is_gone = |u: &types::Updates| match u {
        types::Updates::Updates(u) => matches!(&u.updates[0], types::Update::DeleteMessages(_)),
        _ => false,
    };
    assert!(gone.iter().any(is_gone), "{gone:?}");
}

#[test]
fn a_channel_has_its_own_pts() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let types::InputPeer::Channel(news) = peer(&mut grace, &mut bench, "telewire_news") else {
        panic!("no channel")
    };
    let channel = types::InputChannelData::new(news.channel_id, news.access_hash);
    let full = grace
        .call(
            &mut bench,
            &f::channels::GetFullChannel::new(channel.clone()),
        )
        .unwrap();
    let types::ChatFull::ChannelFull(full) = full.full_chat else {
        panic!("no channel")
    };
    let own = peer(&mut ada, &mut bench, "telewire_news");
    say(&mut ada, &mut bench, own, "breaking").unwrap();
    let came = updates(&mut grace, &mut bench);
    let is_post = |u: &types::Updates| match u {
        types::Updates::Updates(u) => {
            matches!(&u.updates[0], types::Update::NewChannelMessage(m) if m.pts == full.pts + 1)
        }
        _ => false,
    };
    assert!(came.iter().any(is_post), "{came:?}");
    let ask = |pts| {
        f::updates::GetChannelDifference::new(
            channel.clone(),
            types::ChannelMessagesFilter::Empty,
            pts,
            100,
        )
    };
    let missed = grace.call(&mut bench, &ask(full.pts)).unwrap();
    let types::updates::ChannelDifference::ChannelDifference(missed) = missed else {
        panic!("{missed:?}")
    };
    assert_eq!(
        (missed.new_messages.len(), missed.pts, missed.final_),
        (1, full.pts + 1, true)
    );
    let missed = grace.call(&mut bench, &ask(full.pts + 1)).unwrap();
    assert!(matches!(
        missed,
        types::updates::ChannelDifference::Empty(_)
    ));
}

#[test]
fn a_file_goes_up_and_comes_down() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let part =
        |n: i32, len: usize| f::upload::SaveFilePart::new(7, n, vec![n.to_le_bytes()[0]; len]);
    assert_eq!(
        ada.call(&mut bench, &part(0, 0)).unwrap_err(),
        "FILE_PART_EMPTY"
    );
    assert_eq!(
        ada.call(&mut bench, &part(0, 600 * 1024)).unwrap_err(),
        "FILE_PART_TOO_BIG"
    );
    assert_eq!(
        ada.call(&mut bench, &part(4000, 1024)).unwrap_err(),
        "FILE_PART_INVALID"
    );
    assert!(ada.call(&mut bench, &part(0, 4096)).unwrap());
    assert_eq!(
        ada.call(&mut bench, &part(1, 8192))
            .map(|_| ())
            .unwrap_err(),
        "FILE_PART_SIZE_CHANGED"
    );
    assert!(ada.call(&mut bench, &part(2, 100)).unwrap());
    let send = |parts, md5: &str, random| {
        let file = types::InputFileData::new(7, parts, "a.bin", md5);
        let media =
            types::InputMediaUploadedDocument::new(file, "application/octet-stream", Vec::new());
        fm::SendMedia::new(types::InputPeer::Self_, media, "caption", random)
    };
    assert_eq!(
        ada.call(&mut bench, &send(3, "", 1)).unwrap_err(),
        "FILE_PART_1_MISSING"
    );
    assert!(ada.call(&mut bench, &part(1, 4096)).unwrap());
    assert_eq!(
        ada.call(&mut bench, &send(0, "", 1)).unwrap_err(),
        "FILE_PARTS_INVALID"
    );
    assert_eq!(
        ada.call(&mut bench, &send(3, "00", 1)).unwrap_err(),
        "MD5_CHECKSUM_INVALID"
    );
    let sent = ada.call(&mut bench, &send(3, "", 1)).unwrap();
    let document = document_of(&sent);
    assert_eq!(document.size, 8292);
    let location = |hash, reference: &[u8]| {
        types::InputDocumentFileLocation::new(document.id, hash, reference.to_vec(), "")
    };
    let get =
        |hash, reference: &[u8]| f::upload::GetFile::new(location(hash, reference), 0, 1024 * 1024);
    let (hash, reference) = (document.access_hash, &document.file_reference[..]);
    let file = ada.call(&mut bench, &get(hash, reference)).unwrap();
    let types::upload::File::File(file) = file else {
        panic!("a redirect")
    };
    assert_eq!(file.bytes.len(), 8292);
    assert_eq!(
        (file.bytes[0], file.bytes[5000], file.bytes[8200]),
        (0, 1, 2)
    );
    assert_eq!(
        ada.call(&mut bench, &get(hash + 1, reference)).unwrap_err(),
        "FILE_ID_INVALID"
    );
    assert_eq!(
        ada.call(&mut bench, &get(hash, b"")).unwrap_err(),
        "FILE_REFERENCE_EMPTY"
    );
    assert_eq!(
        ada.call(&mut bench, &get(hash, b"0123456789abcdef"))
            .unwrap_err(),
        "FILE_REFERENCE_INVALID"
    );
    bench.server.expire_file_references();
    assert_eq!(
        ada.call(&mut bench, &get(hash, reference)).unwrap_err(),
        "FILE_REFERENCE_EXPIRED"
    );
    // Fetching the message again brings a good one.
    let history = fm::GetHistory::new(types::InputPeer::Self_, 0, 0, 0, 1, 0, 0, 0);
    let again = ada.call(&mut bench, &history).unwrap();
    let fresh = match again {
        types::messages::Messages::Messages(m) => m.messages,
        types::messages::Messages::Slice(m) => m.messages,
        other => panic!("{other:?}"),
    };
    let types::Message::Message(m) = &fresh[0] else {
        panic!("no message")
    };
    let Some(types::MessageMedia::Document(m)) = &m.media else {
        panic!("no document")
    };
    let Some(types::Document::Document(d)) = &m.document else {
        panic!("no document")
    };
    assert!(ada.call(&mut bench, &get(hash, &d.file_reference)).is_ok());
}

fn document_of(updates: &types::Updates) -> types::DocumentData {
    let types::Updates::Updates(u) = updates else {
        panic!("{updates:?}")
    };
    let found = u.updates.iter().find_map(|u| match u {
        types::Update::NewMessage(n) => match &n.message {
            types::Message::Message(m) => m.media.clone(),
            _ => None,
        },
        _ => None,
    });
    match found {
        Some(types::MessageMedia::Document(m)) => match m.document {
            Some(types::Document::Document(d)) => *d,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stream_of_unknown_length_goes_up_as_a_big_file() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let part =
        |n: i32, total: i32, len: usize| f::upload::SaveBigFilePart::new(7, n, total, vec![1; len]);
    for n in 0..3 {
        assert!(ada.call(&mut bench, &part(n, -1, 4096)).unwrap());
    }
    assert!(
        ada.call(&mut bench, &part(3, 4, 0)).unwrap(),
        "the last part may be empty"
    );
    let send = |file: types::InputFile| {
        let media =
            types::InputMediaUploadedDocument::new(file, "application/octet-stream", Vec::new());
        fm::SendMedia::new(types::InputPeer::Self_, media, "", 5)
    };
    let small = types::InputFileData::new(7, 4, "a.bin", "");
    assert_eq!(
        ada.call(&mut bench, &send(small.into())).unwrap_err(),
        "FILE_PARTS_INVALID"
    );
    let big = types::InputFileBig::new(7, 4, "a.bin");
    let sent = ada.call(&mut bench, &send(big.into())).unwrap();
    assert_eq!(document_of(&sent).size, 3 * 4096);
}

#[test]
fn writing_too_fast_is_refused_for_a_while() {
    let mut bench = Bench::with(Options {
        flood_limit: Some(2),
        ..Options::default()
    });
    let mut ada = bench.signed_in(1, 0);
    let me = || types::InputPeer::Self_;
    say(&mut ada, &mut bench, me(), "one").unwrap();
    say(&mut ada, &mut bench, me(), "two").unwrap();
    assert_eq!(
        say(&mut ada, &mut bench, me(), "three").unwrap_err(),
        "FLOOD_WAIT_11"
    );
    bench.pass(Duration::from_secs(11));
    say(&mut ada, &mut bench, me(), "three").unwrap();
}

#[test]
fn the_echo_bot_answers_and_friends_write() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    ada.call(&mut bench, &f::updates::GetState).unwrap();
    let echo = peer(&mut ada, &mut bench, "echo_bot");
    say(&mut ada, &mut bench, echo, "hello").unwrap();
    let (me, bot) = (bench.server.users()[0].id, bench.server.bots()[0].id);
    assert_eq!(bench.server.texts(me, bot), ["hello", "hello"]);
    let grace = bench.server.users()[1].id;
    bench
        .server
        .write(bench.now, grace, me, "a friend writes")
        .unwrap();
    assert_eq!(updates(&mut ada, &mut bench).len(), 1);
    assert_eq!(bench.server.texts(me, grace), ["a friend writes"]);
}

#[test]
fn a_session_that_missed_updates_is_told_so() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    ada.call(&mut bench, &f::updates::GetState).unwrap();
    bench.server.handle_lost(bench.now, ada.conn);
    let (me, grace) = (bench.server.users()[0].id, bench.server.users()[1].id);
    bench.server.write(bench.now, grace, me, "missed").unwrap();
    ada.reconnect(&mut bench);
    ada.send(
        &mut bench,
        &telewire_schema::mtproto::functions::Ping::new(1).to_bytes(),
        false,
    );
    let came = updates(&mut ada, &mut bench);
    assert!(came.contains(&types::Updates::TooLong), "{came:?}");
}

#[test]
fn the_same_seed_and_inputs_have_the_same_outcome() {
    let run = |seed| {
        let mut bench = Bench::with(Options {
            seed,
            ..Options::default()
        });
        let mut ada = bench.signed_in(1, 0);
        let sent = say(&mut ada, &mut bench, types::InputPeer::Self_, "hello").unwrap();
        (sent.to_bytes(), bench.server.users(), bench.server.bots())
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5).2, run(6).2);
}

#[test]
fn the_readme_lists_what_is_served() {
    let readme = include_str!("../README.md");
    let lines = readme
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**: "));
    let listed = lines.flat_map(|(namespace, names)| {
        names
            .split(", ")
            .map(move |name| format!("{namespace}.{name}"))
    });
    let listed: std::collections::BTreeSet<String> = listed.collect();
    let served = telewire_sandbox::SERVED
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(listed, served);
}
