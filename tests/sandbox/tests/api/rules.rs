//! What is refused leaves nothing behind, and what is gone is not counted.

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::{Deserialize as _, Serialize as _, types};

use super::common::{Bench, Client};
use super::{peer, say};

/// A channel or supergroup of `ada`, who has invited `grace`: what each of them calls it.
fn shared(
    bench: &mut Bench,
    ada: &mut Client,
    grace: &mut Client,
    broadcast: bool,
) -> [types::InputPeerChannel; 2] {
    let create = f::channels::CreateChannel::new("Shared", "")
        .broadcast(broadcast)
        .megagroup(!broadcast);
    let created = ada.call(bench, &create).unwrap();
    let own = channel(&created);
    let guest = peer(ada, bench, "grace_hopper");
    let types::InputPeer::User(guest) = guest else {
        panic!("{guest:?}")
    };
    let guest = types::InputUserData::new(guest.user_id, guest.access_hash);
    let place = types::InputChannelData::new(own.channel_id, own.access_hash);
    ada.call(
        bench,
        &f::channels::InviteToChannel::new(place, vec![guest.into()]),
    )
    .unwrap();
    let told = grace.poll(bench);
    let theirs = told
        .iter()
        .filter_map(|m| types::Updates::from_bytes(&m.body).ok())
        .find(|u| matches!(u, types::Updates::Updates(u) if !u.chats.is_empty()));
    [own, channel(&theirs.expect("an invitation"))]
}

fn channel(updates: &types::Updates) -> types::InputPeerChannel {
    match updates {
        types::Updates::Updates(u) => match &u.chats[..] {
            [types::Chat::Channel(c)] => {
                types::InputPeerChannel::new(c.id, c.access_hash.expect("a hash"))
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_album_is_sent_as_a_whole_or_not_at_all() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let place = |caption: &str, random_id| {
        let point = types::InputGeoPointData::new(1.0, 2.0);
        let media = types::InputMediaGeoPoint::new(point);
        types::InputSingleMedia::new(media, random_id, caption)
    };
    let send = |items| fm::SendMultiMedia::new(types::InputPeer::Self_, items).clear_draft(false);
    let too_long = "x".repeat(1025);
    let refused = ada.call(&mut bench, &send(vec![place("", 1), place(&too_long, 2)]));
    assert_eq!(refused.unwrap_err(), "MEDIA_CAPTION_TOO_LONG");
    // Nothing of it is there, so the same may be sent once more, put right.
    let me = bench.server.users()[0].id;
    assert_eq!(bench.server.texts(me, me), Vec::<String>::new());
    ada.call(&mut bench, &send(vec![place("", 1), place("y", 2)]))
        .unwrap();
    assert_eq!(bench.server.texts(me, me), ["", "y"]);
    let twice = ada.call(&mut bench, &send(vec![place("", 3), place("z", 3)]));
    assert_eq!(twice.unwrap_err(), "RANDOM_ID_DUPLICATE");
    assert_eq!(bench.server.texts(me, me).len(), 2);
}

#[test]
fn forwarding_names_messages() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let own = || types::InputPeer::Self_;
    let none = fm::ForwardMessages::new(own(), vec![], vec![], own());
    assert_eq!(
        ada.call(&mut bench, &none).unwrap_err(),
        "MESSAGE_IDS_EMPTY"
    );
    let uneven = fm::ForwardMessages::new(own(), vec![1], vec![1, 2], own());
    assert_eq!(
        ada.call(&mut bench, &uneven).unwrap_err(),
        "RANDOM_ID_INVALID"
    );
}

#[test]
fn posts_are_pinned_by_admins_only() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let [own, theirs] = shared(&mut bench, &mut ada, &mut grace, true);
    say(&mut ada, &mut bench, own.clone().into(), "news").unwrap();
    let pin = |channel| fm::UpdatePinnedMessage::new(channel, 2);
    assert_eq!(
        grace.call(&mut bench, &pin(theirs)).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    ada.call(&mut bench, &pin(own)).unwrap();
}

#[test]
fn mentions_that_were_deleted_are_not_counted() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let [own, theirs] = shared(&mut bench, &mut ada, &mut grace, false);
    let mut unseen = |bench: &mut Bench| {
        let dialog = types::InputDialogPeerData::new(theirs.clone());
        let asked = fm::GetPeerDialogs::new(vec![dialog.into()]);
        match &grace.call(bench, &asked).unwrap().dialogs[..] {
            [types::Dialog::Dialog(d)] => d.unread_mentions_count,
            other => panic!("{other:?}"),
        }
    };
    say(
        &mut ada,
        &mut bench,
        own.clone().into(),
        "@grace_hopper, look",
    )
    .unwrap();
    assert_eq!(unseen(&mut bench), 1);
    let place = types::InputChannelData::new(own.channel_id, own.access_hash);
    let delete = f::channels::DeleteMessages::new(place, (2..5).collect::<Vec<i32>>());
    ada.call(&mut bench, &delete).unwrap();
    assert_eq!(unseen(&mut bench), 0);
}

#[test]
fn a_bot_may_put_its_answer_right() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let mut bot = bench.ready(2);
    let bots = bench.server.bots();
    let idle = bots.iter().find(|b| b.username != "echo_bot").unwrap();
    let token = idle.token.as_str();
    let options = telewire_sandbox::Options::default();
    let enter =
        f::auth::ImportBotAuthorization::new(0, options.api_id, options.api_hash.as_str(), token);
    bot.call(&mut bench, &enter).unwrap();
    let place = peer(&mut ada, &mut bench, &idle.username);
    say(&mut ada, &mut bench, place.clone(), "hello").unwrap();
    let met = newest(&mut bot, &mut bench);
    let types::Updates::Updates(met) = met else {
        panic!("{met:?}")
    };
    let types::User::User(person) = met
        .users
        .iter()
        .find(|u| matches!(u, types::User::User(u) if !u.self_))
        .unwrap()
    else {
        panic!("{:?}", met.users)
    };
    let person = types::InputPeerUser::new(person.id, person.access_hash.unwrap());
    let button = types::KeyboardInlineButton::new(
        "Press",
        types::InlineButtonTypeCallback::new(&b"data"[..]),
    );
    let row = types::KeyboardInlineButtonRow::new(vec![button]);
    let question = fm::SendMessage::new(person, "press", 7)
        .reply_markup(types::ReplyInlineMarkup::new(vec![row]));
    bot.call(&mut bench, &question).unwrap();
    let types::Updates::Updates(asked) = newest(&mut ada, &mut bench) else {
        panic!("not asked")
    };
    let types::Update::NewMessage(asked) = &asked.updates[0] else {
        panic!("{asked:?}")
    };
    let types::Message::Message(asked) = &asked.message else {
        panic!("{asked:?}")
    };
    let press = fm::GetBotCallbackAnswer::new(place, asked.id).data(&b"data"[..]);
    let pressed = ada.send(&mut bench, &press.to_bytes(), true);
    let got = ada.poll(&mut bench);
    assert!(
        ada.answer(&got, pressed).is_none(),
        "nobody has answered yet"
    );
    let types::Updates::Updates(told) = newest(&mut bot, &mut bench) else {
        panic!("not told")
    };
    let types::Update::BotCallbackQuery(query) = &told.updates[0] else {
        panic!("{told:?}")
    };
    let answer = |text: &str| fm::SetBotCallbackAnswer::new(query.query_id, 0).message(text);
    let wordy = bot.call(&mut bench, &answer(&"x".repeat(201)));
    assert_eq!(wordy.unwrap_err(), "MESSAGE_TOO_LONG");
    assert!(bot.call(&mut bench, &answer("thanks")).unwrap());
    let got = ada.poll(&mut bench);
    assert!(ada.answer(&got, pressed).expect("an answer").is_ok());
    let late = bot.call(&mut bench, &answer("again"));
    assert_eq!(late.unwrap_err(), "QUERY_ID_INVALID");
}

/// The last updates that came.
fn newest(client: &mut Client, bench: &mut Bench) -> types::Updates {
    let mut all = super::updates(client, bench);
    all.pop().expect("updates")
}
