//! The shape of generated types, on a few that have it all.

use bytes::Bytes;

use crate::codec::{DecodeErrorKind, MAX_DEPTH, NameKind, VECTOR};
use crate::harvest::{Found, harvest};
use crate::{
    Deserialize, Identifiable, Serialize, Value, Writer, functions, mtproto, name_of, types,
};

fn message() -> types::MessageData {
    types::MessageData::new(7, types::PeerChannel::new(5), 1_556_712_000, "it's \"x\"\n")
        .out(true)
        .from_id(types::PeerUser::new(1))
        .views(3)
        .offline(true)
        .reply_to(types::MessageReplyHeaderData::new().reply_to_msg_id(6))
        .entities(vec![
            types::MessageEntityBold::new(0, 2).into(),
            types::MessageEntityUrl::new(1, 2).into(),
        ])
}

#[test]
fn values_come_back_as_they_were_written() {
    // Fields that share a flag come in pairs.
    let message = types::Message::from(message().forwards(0));
    let bytes = Bytes::from(message.to_bytes());
    assert_eq!(types::Message::from_exact_bytes(&bytes).unwrap(), message);
    assert_eq!(message.constructor_id(), types::MessageData::ID);
    assert_eq!(message.constructor_name(), "message");
}

#[test]
fn a_partner_missing_from_a_shared_flag_is_written_empty() {
    let read = types::MessageData::from_slice(&message().to_bytes()).unwrap();
    assert_eq!((read.views, read.forwards), (Some(3), Some(0)));
}

#[test]
fn a_named_peer_left_over_is_misuse() {
    let request =
        functions::messages::SendMessage::new(types::InputPeer::Named("me".into()), "hi", 1);
    let mut w = Writer::new();
    request.serialize(&mut w);
    assert!(w.misuse().is_some_and(|text| text.contains("not resolved")));
}

#[test]
fn named_peers_are_written_where_they_stand() {
    let user = types::InputUserData::new(5, 6);
    let known = functions::messages::StartBot::new(user.clone(), types::InputPeer::Self_, 1, "x");
    let named = functions::messages::StartBot::new(
        types::InputUser::Named("bot".into()),
        types::InputPeer::Named("me".into()),
        1,
        "x",
    );
    let mut w = Writer::new();
    named.serialize(&mut w);
    let names: Vec<_> = w.names().iter().map(|n| (n.kind, &*n.name)).collect();
    assert_eq!(names, [(NameKind::User, "bot"), (NameKind::Peer, "me")]);
    let peers = [
        types::InputUser::from(user).to_bytes(),
        types::InputPeer::Self_.to_bytes(),
    ];
    w.fill(&peers, || unreachable!("there is no random_id to draw"));
    assert_eq!(w.misuse(), None);
    assert_eq!(w.into_vec(), known.to_bytes());
}

/// A request as it is sent when random ids are 7, 8, 9, …
fn filled(request: &impl Serialize, peers: &[Vec<u8>]) -> Vec<u8> {
    let mut w = Writer::new();
    request.serialize(&mut w);
    let mut next = 6;
    w.fill(peers, || {
        next += 1;
        next
    });
    assert!(w.is_complete() && w.misuse().is_none());
    w.into_vec()
}

#[test]
fn a_random_id_of_nothing_is_drawn_wherever_it_stands() {
    // parity: U-cast.random_id
    use functions::{messages as m, phone};
    let me = || types::InputPeer::Self_;
    // Next to a name, which takes no room of its own yet.
    let named = m::SendMessage::new("me", "hi", 0).send_as("@me_too");
    let known = m::SendMessage::new(me(), "hi", 7).send_as(me());
    assert_eq!(
        filled(&named, &[me().to_bytes(), me().to_bytes()]),
        known.to_bytes()
    );
    let bare = m::StartBot::new("bot", "me", 0, "x");
    let bot = types::InputUser::from(types::InputUserData::new(5, 6));
    let known = m::StartBot::new(bot.clone(), me(), 7, "x");
    assert_eq!(
        filled(&bare, &[bot.to_bytes(), me().to_bytes()]),
        known.to_bytes()
    );
    // Inside of other objects, each its own.
    let single = |id| types::InputSingleMedia::new(types::InputMedia::Empty, id, "");
    let album = |ids: [i64; 3]| m::SendMultiMedia::new(me(), ids.map(single).to_vec());
    assert_eq!(filled(&album([0, 5, 0]), &[]), album([7, 5, 8]).to_bytes());
    // One for each message that is forwarded.
    let forward = |ids| m::ForwardMessages::new(me(), vec![1, 2, 3], ids, me());
    assert_eq!(
        filled(&forward(vec![]), &[]),
        forward(vec![7, 8, 9]).to_bytes()
    );
    assert_eq!(
        filled(&forward(vec![4, 0, 6]), &[]),
        forward(vec![4, 0, 6]).to_bytes()
    );
    // Four bytes long.
    let group = |id| phone::CreateGroupCall::new(me(), id);
    assert_eq!(filled(&group(0), &[]), group(7).to_bytes());
}

#[test]
fn a_chat_id_loses_its_mark() {
    // parity: U-cast.chat_id
    let full = functions::messages::GetFullChat::new;
    assert_eq!(filled(&full(-5), &[]), full(5).to_bytes());
    assert_eq!(filled(&full(5), &[]), full(5).to_bytes());
    let channel = filled(&full(-1_000_000_000_123), &[]);
    assert_eq!(channel, full(123).to_bytes());
    let peer = types::InputPeer::from(types::InputPeerChat::new(-5));
    let plain = types::InputPeer::from(types::InputPeerChat::new(5));
    assert_eq!(filled(&peer, &[]), plain.to_bytes());
    // The ids of secret chats are negative as they are.
    let discard = functions::messages::DiscardEncryption::new(-5);
    assert_eq!(filled(&discard, &[]), discard.to_bytes());
}

#[test]
fn a_named_peer_is_shown_by_its_name() {
    let peer = types::InputPeer::Named("me".into());
    assert_eq!(format!("{peer:?}"), "NamedPeer(name='me')");
}

#[test]
fn a_wrapper_holds_the_inner_request_as_it_is() {
    let inner = functions::help::GetConfig.to_bytes();
    let outer = functions::InvokeWithLayer::new(230, inner.clone()).to_bytes();
    assert_eq!(outer[..8], [0x0d, 0x0d, 0x9b, 0xda, 230, 0, 0, 0]);
    assert_eq!(outer[8..], inner);
}

#[test]
fn bare_items_have_no_ids() {
    let salts =
        mtproto::types::FutureSalts::new(1, 2, vec![mtproto::types::FutureSalt::new(3, 4, 5)]);
    let bytes = salts.to_bytes();
    assert_eq!(bytes.len(), 4 + 8 + 4 + 4 + 16);
    assert_eq!(
        mtproto::types::FutureSalts::from_slice(&bytes).unwrap(),
        salts
    );
}

#[test]
fn printed_forms_are_those_of_telethon() {
    let entity = types::MessageEntity::from(types::MessageEntityBold::new(0, 2));
    assert_eq!(
        format!("{entity:?}"),
        "MessageEntityBold(offset=0, length=2)"
    );
    let text = format!("{:?}", message());
    for part in [
        "Message(out=True, mentioned=False, ",
        "peer_id=PeerChannel(channel_id=5)",
        "date=datetime.datetime(2019, 5, 1, 12, 0, tzinfo=datetime.timezone.utc)",
        r#"message='it\'s "x"\n'"#,
        "entities=[MessageEntityBold(offset=0, length=2), MessageEntityUrl(offset=1, length=2)]",
        "media=None",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let lines = types::Peer::from(types::PeerUser::new(1)).stringify();
    assert_eq!(lines, "PeerUser(\n\tuser_id=1\n)");
    let update = types::UpdateDeleteMessages::new(vec![1, 2], 3, 4);
    let lines =
        "UpdateDeleteMessages(\n\tmessages=[\n\t\t1,\n\t\t2,\n\t],\n\tpts=3,\n\tpts_count=4\n)";
    assert_eq!(format!("{update:#?}"), lines);
    assert_eq!(
        update.to_json(),
        r#"{"_": "UpdateDeleteMessages", "messages": [1, 2], "pts": 3, "pts_count": 4}"#
    );
    let bytes = types::PhotoStrippedSize::new("i", vec![1, 2, 255, b'\'']);
    assert_eq!(
        bytes.to_json(),
        r#"{"_": "PhotoStrippedSize", "type": "i", "bytes": "AQL/Jw=="}"#
    );
    assert_eq!(
        format!("{bytes:?}"),
        r#"PhotoStrippedSize(type='i', bytes=b"\x01\x02\xff'")"#
    );
    assert_eq!(
        format!("{:?}", mtproto::functions::Ping::new(9)),
        "PingRequest(ping_id=9)"
    );
    assert_eq!(
        types::User::from(types::UserEmpty::new(1)).to_json(),
        r#"{"_": "UserEmpty", "id": 1}"#
    );
    assert!(
        message()
            .to_json()
            .contains(r#""date": "2019-05-01T12:00:00+00:00""#)
    );
}

#[test]
fn secrets_are_not_shown() {
    let sign_in = functions::auth::SignIn::new("+100", "hash-hash").phone_code("22222");
    let exported = types::auth::ExportedAuthorization::new(1, &b"secret-bytes"[..]);
    let check = functions::auth::CheckPassword::new(types::InputCheckPasswordSrpData::new(
        1,
        &b"secret-a"[..],
        &b"secret-m1"[..],
    ));
    let bot = functions::auth::ImportBotAuthorization::new(0, 1, "secret-api", "secret-token");
    for text in [
        format!("{sign_in:?}"),
        format!("{exported:#?}"),
        format!("{check:?}"),
        bot.stringify(),
    ] {
        assert!(text.contains("***"), "{text}");
        assert!(
            !text.contains("secret") && !text.contains("22222") && !text.contains("hash-hash"),
            "{text}"
        );
    }
}

#[test]
fn users_and_chats_are_found_wherever_they_are() {
    let user = types::UserData::new(1).first_name("A");
    let channel = types::ChannelForbidden::new(2, 3, "B");
    let result = types::messages::Messages::from(types::messages::MessagesSlice::new(
        1,
        vec![message().into()],
        vec![],
        vec![channel.clone().into()],
        vec![user.clone().into(), types::UserEmpty::new(9).into()],
    ));
    let (mut users, mut channels, mut others) = (vec![], vec![], 0);
    harvest(&result, &mut |found| match found {
        Found::User(user) => users.push(user.clone()),
        Found::ChannelForbidden(channel) => channels.push(channel.clone()),
        _ => others += 1,
    });
    assert_eq!((users, channels, others), (vec![user], vec![channel], 1));
}

#[test]
fn nesting_is_bounded() {
    let mut text = types::RichText::TextEmpty;
    for _ in 1..MAX_DEPTH {
        text = types::TextBold::new(text).into();
    }
    assert_eq!(
        types::RichText::from_slice(&text.to_bytes()).as_ref(),
        Ok(&text)
    );
    let deeper = types::RichText::from(types::TextBold::new(text));
    let error = types::RichText::from_slice(&deeper.to_bytes()).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::TooDeep);
    let endless = types::TextBold::ID.to_le_bytes().repeat(1 << 20);
    assert_eq!(
        types::RichText::from_slice(&endless).unwrap_err().kind,
        DecodeErrorKind::TooDeep
    );
}

#[test]
fn an_unknown_constructor_is_named_with_what_was_expected() {
    let error = types::Peer::from_slice(&[1, 2, 3, 4]).unwrap_err();
    assert_eq!(
        error.kind,
        DecodeErrorKind::UnknownConstructor {
            id: 0x0403_0201,
            expected: "Peer"
        }
    );
    assert_eq!(
        error.to_string(),
        "constructor 0x04030201 is not known as Peer (at byte 4)"
    );
    assert_eq!(name_of(types::PeerUser::ID), Some("peerUser"));
    assert_eq!(
        name_of(functions::messages::SendMessage::ID),
        Some("messages.sendMessage")
    );
    assert_eq!(name_of(VECTOR), None);
}
