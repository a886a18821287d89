//! Searching, in one chat and in all of them.

use std::collections::BTreeSet;

use telewire_core::client::AllChats;
use telewire_core::objects::Message;
use telewire_core::{Client, Error, types};
use telewire_tests::account::run;
use telewire_tests::sim::Sim;

use crate::chat::{
    BEGIN, act, calls, document, group_and_channel, ids, photo, post, saying, talk, user, with,
    write_at,
};

const FRIEND: &str = "grace_hopper";

#[test]
fn a_text_is_searched_for_by_the_server() {
    // parity: M-messages.iter_messages.search, M-messages.iter_messages.method
    run(21, async |sim, client| {
        let seen = talk(sim, 30);
        let iter = || client.iter_messages(FRIEND);
        let found = iter().search("number 1").collect().await.unwrap();
        let expected: Vec<i32> = (10..20).rev().chain([1]).map(|n| seen[n].id).collect();
        assert_eq!(found.iter().map(Message::id).collect::<Vec<_>>(), expected);
        assert_eq!(found.total(), 11);
        assert_eq!(calls(sim, "messages.search"), 1);
        assert_eq!(calls(sim, "messages.getHistory"), 0);
        // An empty text is a search, too; no text is none.
        assert_eq!(ids(iter().search("")).await.len(), 30);
        assert_eq!(calls(sim, "messages.search"), 2);
        assert_eq!(ids(iter()).await.len(), 30);
        assert_eq!(calls(sim, "messages.getHistory"), 1);
        // So is a filter, even one that lets everything through.
        let empty = types::MessagesFilter::InputMessagesFilterEmpty;
        assert_eq!(ids(iter().filter(empty)).await.len(), 30);
        assert_eq!(calls(sim, "messages.search"), 3);
    });
}

fn geo() -> types::GeoPoint {
    types::GeoPointData::new(1.5, 2.5, 0).into()
}

/// One message of every kind in the group, by name.
fn one_of_each(sim: &Sim, group: i64) -> Vec<(&'static str, i32)> {
    let from = user(sim, 1);
    let video = types::DocumentAttributeVideo::new(1.0, 2, 3);
    let audio = types::DocumentAttributeAudio::new(1);
    let sticker = types::DocumentAttributeSticker::new("", types::InputStickerSet::Empty);
    let file = |mime, attributes| with(document(mime, attributes));
    let url = types::MessageEntityTextUrl::new(0, 4, "http://example.org/");
    let mention = types::MessageEntityMention::new(0, 13);
    let poll = types::Poll::new(1, types::TextWithEntities::new("Why?", vec![]), vec![], 0);
    let poll = types::MessageMediaPoll::new(poll, types::PollResults::new());
    let venue = types::MessageMediaVenue::new(geo(), "Title", "Address", "", "", "");
    let picture = || photo(vec![types::PhotoSizeData::new("x", 1, 2, 3).into()]);
    let messages = [
        ("text", saying("plain")),
        (
            "photo",
            with(types::MessageMediaPhoto::new().photo(picture())),
        ),
        ("video", file("video/mp4", vec![video.clone().into()])),
        (
            "round",
            file("video/mp4", vec![video.clone().round_message(true).into()]),
        ),
        (
            "gif",
            file(
                "video/mp4",
                vec![video.into(), types::DocumentAttribute::Animated],
            ),
        ),
        (
            "voice",
            file("audio/ogg", vec![audio.clone().voice(true).into()]),
        ),
        ("music", file("audio/mpeg", vec![audio.into()])),
        ("sticker", file("image/webp", vec![sticker.into()])),
        (
            "file",
            file(
                "application/pdf",
                vec![types::DocumentAttributeFilename::new("a.pdf").into()],
            ),
        ),
        ("link", saying("here").entities(vec![url.into()])),
        (
            "mention",
            saying("@ada_lovelace hello").entities(vec![mention.into()]),
        ),
        ("geo", with(types::MessageMediaGeo::new(geo()))),
        ("venue", with(venue)),
        (
            "contact",
            with(types::MessageMediaContact::new("1", "A", "B", "", 0)),
        ),
        ("poll", with(poll)),
        ("pinned", saying("keep this").pinned(true)),
    ];
    let mut sent: Vec<(&str, i32)> = Vec::new();
    for (name, message) in messages {
        post(sim, from, group, message);
        sent.push((name, 0));
    }
    let missed = types::PhoneCallDiscardReason::Missed;
    act(
        sim,
        from,
        group,
        types::MessageActionPhoneCall::new(1).reason(missed),
    );
    act(
        sim,
        from,
        group,
        types::MessageActionPhoneCall::new(2).duration(60),
    );
    act(
        sim,
        from,
        group,
        types::MessageActionChatEditPhoto::new(picture()),
    );
    sent.extend([("missed call", 0), ("call", 0), ("chat photo", 0)]);
    sent
}

#[test]
fn every_filter_lets_its_kind_through() {
    // parity: M-messages.iter_messages.filter
    use types::MessagesFilter as F;
    run(22, async |sim, client| {
        let (group, _) = group_and_channel(sim);
        let mut sent = one_of_each(sim, group);
        let newest = ids(client.iter_messages(group).limit(sent.len())).await;
        for ((_, id), found) in sent.iter_mut().rev().zip(newest) {
            *id = found;
        }
        let calls = types::InputMessagesFilterPhoneCalls::new();
        let cases: [(F, &[&str]); 17] = [
            (F::InputMessagesFilterPhotos, &["photo"]),
            (F::InputMessagesFilterVideo, &["video"]),
            (F::InputMessagesFilterPhotoVideo, &["photo", "video"]),
            (F::InputMessagesFilterDocument, &["file"]),
            (F::InputMessagesFilterUrl, &["link"]),
            (F::InputMessagesFilterGif, &["gif"]),
            (F::InputMessagesFilterVoice, &["voice"]),
            (F::InputMessagesFilterMusic, &["music"]),
            (F::InputMessagesFilterRoundVoice, &["round", "voice"]),
            (F::InputMessagesFilterRoundVideo, &["round"]),
            (F::InputMessagesFilterChatPhotos, &["chat photo"]),
            (F::InputMessagesFilterMyMentions, &["mention"]),
            (F::InputMessagesFilterGeo, &["geo", "venue"]),
            (F::InputMessagesFilterContacts, &["contact"]),
            (F::InputMessagesFilterPoll, &["poll"]),
            (F::InputMessagesFilterPinned, &["pinned"]),
            (calls.clone().missed(true).into(), &["missed call"]),
        ];
        for (filter, names) in cases {
            let found = ids(client.iter_messages(group).filter(filter.clone())).await;
            let named = sent.iter().rev().filter(|(name, _)| names.contains(name));
            let expected: Vec<i32> = named.map(|(_, id)| *id).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
        // A filter with fields of its own is taken as it is.
        assert_eq!(
            ids(client.iter_messages(group).filter(calls)).await.len(),
            2
        );
    });
}

#[test]
fn messages_of_one_sender_come_from_the_server_in_groups() {
    // parity: M-messages.iter_messages.from_user
    run(23, async |sim, client| {
        let (group, channel) = group_and_channel(sim);
        client.get_dialogs(100).await.unwrap();
        let all = client.iter_messages(group).collect().await.unwrap();
        for n in [0, 1, 2] {
            let who = user(sim, n);
            let expected: Vec<i32> = all
                .iter()
                .filter(|m| m.from_id() == Some(who))
                .map(Message::id)
                .collect();
            assert!(!expected.is_empty());
            let found = client
                .iter_messages(group)
                .from_user(who)
                .collect()
                .await
                .unwrap();
            assert_eq!(found.iter().map(Message::id).collect::<Vec<_>>(), expected);
            // The server has counted only theirs, so it was told.
            assert_eq!(found.total(), expected.len());
        }
        assert_eq!(
            ids(client.iter_messages(group).from_user("me")).await,
            ids(client.iter_messages(group).from_user(user(sim, 0))).await
        );
        // What is no user does not count, and makes it no search.
        let searches = calls(sim, "messages.search");
        assert_eq!(
            ids(client.iter_messages(group).from_user(channel))
                .await
                .len(),
            all.len()
        );
        assert_eq!(calls(sim, "messages.search"), searches);
    });
}

/// A private chat in which the friend wrote first and last, and oneself very much in between.
async fn a_monologue(sim: &Sim, client: &Client) -> [i32; 2] {
    let first = write_at(sim, user(sim, 1), BEGIN, "first").id;
    for n in 0..205 {
        client
            .send_message(FRIEND, format!("part {n}"))
            .await
            .unwrap();
    }
    [
        sim.server(|server, now| server.write(now, user_of(server, 1), user_of(server, 0), "last"))
            .unwrap(),
        first,
    ]
}

fn user_of(server: &telewire_sandbox::Server, n: usize) -> i64 {
    server.users()[n].id
}

#[test]
fn in_private_chats_the_sender_is_looked_for_here_over_empty_pages() {
    // parity: M-messages.iter_messages.from_user.pm, M-messages.iter_messages.from_user.pm_stop
    run(24, async |sim, client| {
        let theirs = a_monologue(sim, &client).await;
        let iter = || {
            client
                .iter_messages(FRIEND)
                .wait_time(std::time::Duration::ZERO)
        };
        let found = iter().from_user(FRIEND).collect().await.unwrap();
        assert_eq!(found.iter().map(Message::id).collect::<Vec<_>>(), theirs);
        // The server was not told: it has counted everything.
        assert_eq!(found.total(), 207);
        assert_eq!(ids(iter().from_user("me")).await.len(), 205);
        assert_eq!(ids(iter().from_user(FRIEND).limit(1)).await, theirs[..1]);
        assert_eq!(
            ids(iter().from_user(FRIEND).reverse()).await,
            [theirs[1], theirs[0]]
        );
        assert_eq!(
            ids(iter().from_user(FRIEND).search("last")).await,
            theirs[..1]
        );
    });
}

#[test]
fn a_filter_with_a_date_asks_the_history_where_that_is() {
    // parity: M-messages.iter_messages.filter_date
    run(25, async |sim, client| {
        let mut photos = Vec::new();
        for n in 0..12 {
            let picture = photo(vec![types::PhotoSizeData::new("x", 1, 2, 3).into()]);
            let media = types::MessageMediaPhoto::new().photo(picture);
            let (from, to, date) = (user(sim, 1), user(sim, 0), BEGIN + 100 * n);
            let id = sim.server(|server, now| {
                let now = telewire_core::time::Now {
                    wall: telewire_core::time::Unix::from_secs(date),
                    ..now
                };
                server.post(now, from, to, with(media))
            });
            photos.push((id.unwrap(), date));
            write_at(sim, from, date + 50, "words");
        }
        let iter = || {
            client
                .iter_messages(FRIEND)
                .filter(types::MessagesFilter::InputMessagesFilterPhotos)
        };
        let older = |date: i64| {
            photos
                .iter()
                .rev()
                .filter(|p| p.1 < date)
                .map(|p| p.0)
                .collect::<Vec<_>>()
        };
        let newer = |date: i64| {
            photos
                .iter()
                .filter(|p| p.1 > date)
                .map(|p| p.0)
                .collect::<Vec<_>>()
        };
        for date in [BEGIN + 500, BEGIN + 525, BEGIN + 1, BEGIN + 5000] {
            let before = calls(sim, "messages.getHistory");
            assert_eq!(ids(iter().offset_date(date)).await, older(date));
            assert_eq!(calls(sim, "messages.getHistory"), before + 1);
            assert_eq!(ids(iter().offset_date(date).reverse()).await, newer(date));
        }
        assert_eq!(ids(iter().offset_date(BEGIN)).await, [0; 0]);
        // With a text the server minds the date itself, and with an id it is not asked for.
        let before = calls(sim, "messages.getHistory");
        assert_eq!(
            ids(client
                .iter_messages(FRIEND)
                .search("words")
                .offset_date(BEGIN + 175))
            .await
            .len(),
            2
        );
        let id = photos[8].0;
        assert_eq!(
            ids(iter().offset_id(id).offset_date(BEGIN + 500)).await,
            older(BEGIN + 500)
        );
        assert_eq!(calls(sim, "messages.getHistory"), before);
    });
}

#[test]
fn a_search_through_all_chats_brings_each_message_once() {
    // parity: M-messages.iter_messages.global_offset, M-messages.iter_messages.method
    run(26, async |sim, client| {
        let (group, channel) = group_and_channel(sim);
        let (me, friend) = (user(sim, 0), user(sim, 1));
        for n in 0..90 {
            write_at(sim, friend, BEGIN + n, "needle");
            write_at(sim, user(sim, 2), BEGIN + n, "needle");
            let to = if n % 2 == 0 { group } else { channel };
            sim.server(|server, now| {
                let wall = telewire_core::time::Unix::from_secs(BEGIN + n);
                server.write(telewire_core::time::Now { wall, ..now }, me, to, "needle")
            })
            .unwrap();
        }
        let mut iter = client.search_messages("needle");
        let mut found = Vec::new();
        while let Some(message) = iter.next().await.unwrap() {
            found.push((message.date(), message.chat_id().unwrap(), message.id()));
        }
        assert_eq!(iter.total(), Some(270));
        assert_eq!(found.len(), 270);
        assert!(found.is_sorted_by(|a, b| a.0 >= b.0), "newest first");
        let different: BTreeSet<_> = found.iter().map(|m| (m.1.marked(), m.2)).collect();
        assert_eq!(different.len(), 270);
        // Numbers of different chats say nothing about each other.
        assert!(!found.is_sorted_by(|a, b| a.2 > b.2));
        assert_eq!(calls(sim, "messages.searchGlobal"), 3);
        // A date, a sender.
        let older = client.search_messages("needle").offset_date(BEGIN + 45);
        assert_eq!(ids(older).await.len(), 135);
        let mine = client.search_messages("needle").from_user("me");
        assert_eq!(
            ids(mine.wait_time(std::time::Duration::ZERO)).await.len(),
            45
        );
        // parity: M-messages.iter_messages.filter
        let picture = photo(vec![types::PhotoSizeData::new("x", 1, 2, 3).into()]);
        let picture = types::MessageMediaPhoto::new().photo(picture);
        post(sim, friend, me, saying("a needle").media(picture));
        let photos = types::MessagesFilter::InputMessagesFilterPhotos;
        let found = client.search_messages("needle").filter(photos);
        assert_eq!(ids(found).await.len(), 1);
    });
}

#[test]
fn what_a_search_through_all_chats_cannot_do_is_refused_here() {
    // parity: M-messages.iter_messages.global_reverse, M-messages.iter_messages.entity
    run(27, async |sim, client| {
        for (iter, problem) in [
            (client.iter_messages(AllChats), "needs a text"),
            (client.iter_messages(AllChats).search(""), "needs a text"),
            (client.search_messages("x").reverse(), "cannot be reversed"),
            (client.search_messages("x").add_offset(3), "add_offset"),
        ] {
            let error = iter.collect().await.unwrap_err();
            assert!(matches!(&error, Error::Misuse(_)), "{error}");
            assert!(error.to_string().contains(problem), "{error}");
        }
        assert_eq!(calls(sim, "messages.searchGlobal"), 0);
    });
}
