//! Requests: who may make them, what they do, and what the others learn of it.

mod access;
#[path = "../common/mod.rs"]
mod common;
mod files;
mod guesses;
mod invites;
mod members;
mod mentioned;
mod messages;
mod newcomer;
mod people;
mod pins;
mod pushes;
mod rights;
mod rules;
mod search;
mod strangers;

use std::time::Duration;

use common::{Bench, Client};
use telewire_sandbox::Options;
use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::{Deserialize as _, Serialize as _, types};

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

// rule: floods.per_method
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
    let readme = include_str!("../../README.md");
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
