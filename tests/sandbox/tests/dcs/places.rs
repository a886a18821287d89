//! What each data centre is and knows.

use telewire_core::transport::{Codec, Framing, Mode, Obfuscation};
use telewire_sandbox::{Disguise, Entrance, Options};
use telewire_schema::{Serialize as _, functions as f, types};

use super::common::{Bench, Client, Scheme};
use super::{carry, config};

#[test]
fn every_data_centre_has_a_key_of_its_own() {
    let bench = Bench::new();
    let dcs = bench.server.dcs();
    assert_eq!(dcs.iter().map(|d| d.id).collect::<Vec<_>>(), [2, 1, 4]);
    assert_eq!(dcs[0].public_key_pem, bench.server.public_key_pem());
    assert_eq!(dcs[0].fingerprint, bench.server.fingerprint());
    let mut prints: Vec<_> = dcs.iter().map(|d| d.fingerprint.clone()).collect();
    assert!(prints.iter().all(|p| p.len() == 16 && !p.starts_with('0')));
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), 3);
    // Whatever else is there, each is offered at its own.
    let mut bench = bench;
    for (seed, dc) in (1..).zip([2, 1, 4]) {
        bench.ready_at(seed, dc);
    }
}

#[test]
fn only_those_that_are_listed_are_there() {
    let options = Options {
        dcs: vec![5],
        dc: 3,
        ..Options::default()
    };
    let mut bench = Bench::with(options);
    let ids: Vec<_> = bench.server.dcs().iter().map(|d| d.id).collect();
    assert_eq!(ids, [3, 5]);
    let mut client = bench.ready(1);
    assert_eq!(config(&mut bench, &mut client).this_dc, 3);
    // Nobody lives where nothing is: DC 2 and 4 are not there.
    let homes: Vec<_> = bench.server.users().iter().map(|u| u.dc).collect();
    assert_eq!(homes, [3, 3, 3, 5]);
    client.sign_in(&mut bench, "9996620001").unwrap();
}

#[test]
fn a_key_is_known_only_where_it_was_made() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    client.entrance = Entrance::main(1);
    client.reconnect(&mut bench);
    client.send(&mut bench, &f::updates::GetState.to_bytes(), true);
    client.poll(&mut bench);
    assert_eq!((client.error, client.closed), (Some(-404), true));
    // At its own it is as good as before, through the door for transfers too.
    client.entrance = Entrance::media(2);
    client.reconnect(&mut bench);
    assert!(client.call(&mut bench, &f::updates::GetState).is_ok());
}

// rule: transport.wrong_dc
#[test]
fn a_key_meant_for_another_data_centre_is_not_made() {
    let mut bench = Bench::new();
    let mut lost = Client::create_for(&mut bench, Entrance::main(1), 4);
    assert_eq!((lost.error, lost.closed), (Some(-444), true));
    // Transfers and test servers are counted apart.
    for told in [1, -1, 10_001, -10_001] {
        lost = Client::create_for(&mut bench, Entrance::main(1), told);
        assert_eq!((lost.error, lost.closed), (None, false), "{told}");
    }
}

#[test]
fn the_configuration_lists_every_address_with_its_flags() {
    let mut bench = Bench::new();
    let doors = [
        (Entrance::main(2), "10.0.0.2", false),
        (Entrance::media(2), "10.0.1.2", false),
        (Entrance::main(2), "fd00::2", true),
        (Entrance::main(4), "10.0.0.4", false),
        (Entrance::media(4), "fd00:1::4", true),
    ];
    for (entrance, host, _) in doors {
        bench.server.set_address_of(entrance, host, 443);
    }
    let odd = types::DcOption::new(4, "10.9.9.9", 80)
        .tcpo_only(true)
        .secret(vec![7; 16]);
    bench.server.add_dc_option(odd.clone());
    let mut client = bench.ready_at(1, 4);
    let told = config(&mut bench, &mut client);
    assert_eq!(told.this_dc, 4);
    for (entrance, host, v6) in doors {
        let found = told.dc_options.iter().find(|o| o.ip_address == host);
        let found = found.unwrap_or_else(|| panic!("{host}"));
        assert_eq!(
            (found.id, found.media_only, found.ipv6, found.port),
            (entrance.dc, entrance.media, v6, 443),
            "{host}"
        );
        assert!(found.this_port_only && !found.cdn && !found.static_);
    }
    assert_eq!(told.dc_options.last(), Some(&odd));
    // One address of each kind: a new one takes the old one's place.
    bench
        .server
        .set_address_of(Entrance::main(4), "10.0.0.44", 444);
    bench.server.clear_dc_options();
    let told = config(&mut bench, &mut client);
    let mains = told.dc_options.iter().filter(|o| o.id == 4 && !o.ipv6);
    let mains: Vec<_> = mains.map(|o| o.ip_address.as_str()).collect();
    assert_eq!(mains, ["10.0.0.44"]);
    assert_eq!(told.dc_options.len(), doors.len());
    let nearest = client.call(&mut bench, &f::help::GetNearestDc).unwrap();
    assert_eq!((nearest.this_dc, nearest.nearest_dc), (4, 2));
}

#[test]
fn updates_go_home_only() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let mut away = bench.ready_at(2, 4);
    carry(&mut bench, &mut ada, &mut away).unwrap();
    // Its last request asked for updates, as does everything that is not wrapped.
    config(&mut bench, &mut away);
    ada.call(&mut bench, &f::updates::GetState).unwrap();
    let users = bench.server.users();
    let (to, from) = (users[0].id, users[1].id);
    bench.server.write(bench.now, from, to, "hello").unwrap();
    assert!(away.poll(&mut bench).is_empty());
    let heard = ada.poll(&mut bench);
    let has = |bytes: &[u8]| bytes.windows(5).any(|w| w == b"hello");
    assert!(heard.iter().any(|m| has(&m.body)), "{heard:?}");
    // Nor is the session away told that it has missed something.
    away.reconnect(&mut bench);
    away.send(&mut bench, &ping(5), false);
    let got = away.poll(&mut bench);
    assert!(!got.iter().any(|m| m.id() == TOO_LONG), "{got:?}");
}

fn ping(id: i64) -> Vec<u8> {
    telewire_schema::mtproto::functions::Ping::new(id).to_bytes()
}

/// `updatesTooLong`.
const TOO_LONG: u32 = 0xe317_af7e;

#[test]
fn media_links_of_each_data_centre_share_its_keys() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let mut away = bench.ready_at(2, 4);
    carry(&mut bench, &mut ada, &mut away).unwrap();
    let missing = f::upload::GetFile::new(
        types::InputDocumentFileLocation::new(1, 1, Vec::new(), ""),
        0,
        4096,
    );
    away.entrance = Entrance::media(4);
    away.reconnect(&mut bench);
    away.renew();
    assert_eq!(
        away.call(&mut bench, &missing).unwrap_err(),
        "FILE_ID_INVALID"
    );
    // A key may be made there as well.
    let entrance = Entrance::media(1);
    let mut fresh = Client::create_at(&mut bench, entrance, Mode::Padded, 3, Scheme::Padded);
    fresh.init(&mut bench);
}

// rule: transport.option_flags
#[test]
fn an_entrance_can_ask_for_obfuscation_and_for_a_secret() {
    let mut bench = Bench::new();
    let entrance = Entrance::main(4);
    bench.server.set_address_of(entrance, "10.0.0.4", 443);
    let plain = [Mode::Full, Mode::Abridged, Mode::Intermediate, Mode::Padded];
    let hidden = Mode::Obfuscated(Framing::Intermediate);
    let secret = [0xab; 16];
    let with_secret = |client: &mut Client| {
        let with = Obfuscation {
            secret: Some(secret),
            ..Obfuscation::default()
        };
        client.codec = Codec::client_via(Framing::Padded, with, &mut client.rng);
    };
    bench.server.set_disguise(entrance, Disguise::Obfuscated);
    for mode in plain {
        let mut client = Client::unknown(&mut bench, entrance, mode);
        assert!(!client.is_heard(&mut bench), "{mode:?}");
    }
    assert!(Client::unknown(&mut bench, entrance, hidden).is_heard(&mut bench));
    let mut there = Client::unknown(&mut bench, Entrance::main(1), Mode::Full);
    assert!(there.is_heard(&mut bench), "others go on as ever");

    bench
        .server
        .set_disguise(entrance, Disguise::Secret(secret));
    for mode in plain.into_iter().chain([hidden]) {
        let mut client = Client::unknown(&mut bench, entrance, mode);
        assert!(!client.is_heard(&mut bench), "{mode:?}");
    }
    let mut client = Client::unknown(&mut bench, entrance, hidden);
    with_secret(&mut client);
    assert!(client.is_heard(&mut bench));

    let mut reader = bench.ready(1);
    let told = config(&mut bench, &mut reader).dc_options;
    let option = told.iter().find(|o| o.id == 4).unwrap();
    assert!(option.tcpo_only);
    assert_eq!(option.secret.as_deref(), Some(&secret[..]));
}
