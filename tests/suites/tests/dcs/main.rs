//! Accounts on several data centres: moving there, files that lie elsewhere, keys, addresses and idle connections.

mod disguise;

use std::time::Duration;

use telewire_core::client::{Attachment, Download, SignIn, Upload};
use telewire_core::dc::DcId;
use telewire_core::runtime::Runtime as _;
use telewire_core::session::{MemorySession, SessionStore as _};
use telewire_core::{Client, functions, types};
use telewire_sandbox::{Entrance, Trouble};
use telewire_tests::account::{client, client_with, newest, run, sign_in, signed_in};
use telewire_tests::script::Shared;
use telewire_tests::sim::Sim;

const FAR: i32 = 4;

async fn pause(sim: &Sim, seconds: u64) {
    let at = sim.now().mono + Duration::from_secs(seconds);
    sim.runtime().sleep_until(at).await;
}

fn executed(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 % 251) as u8).collect()
}

/// Signs up with a phone whose data centre is the digit in it.
async fn sign_up(sim: &Sim, client: &Client, phone: &str) -> i64 {
    client.connect().await.unwrap();
    client.send_code_request(phone).await.unwrap();
    let code = sim.server(|server, _| server.options().code.clone());
    let done = client.sign_in(phone, &code).await.unwrap();
    assert!(matches!(done, SignIn::SignUpRequired { .. }), "{done:?}");
    client.sign_up("Far", "Away").await.unwrap().id
}

// rule: signin.phone_migrate
#[test]
fn a_phone_of_another_data_centre_moves_the_sign_in_there() {
    // parity: M-base.call.migrate
    let sim = Sim::new(1);
    let store = Shared::default();
    sim.run(async {
        let client = client_with(&sim, store.clone(), sim.config());
        let me = sign_up(&sim, &client, "9996641234").await;
        assert_eq!(sim.server(|server, _| server.home(me)), Some(FAR));
        client.send_message("me", "from far away").await.unwrap();
        let session = store.clone().load().unwrap();
        assert_eq!(session.home, Some(DcId(FAR)));
        // Each data centre has a key of its own.
        // parity: N-life.exported
        let keys: Vec<_> = session
            .keys
            .values()
            .map(|k| k.as_bytes().to_vec())
            .collect();
        assert_eq!(keys.len(), 2);
        assert_ne!(keys[0], keys[1]);
        client.disconnect().await;
        let exported = executed(&sim, "auth.exportAuthorization");
        let again = client_with(&sim, store.clone(), sim.config());
        again.connect().await.unwrap();
        assert!(again.is_user_authorized().await.unwrap());
        assert_eq!(executed(&sim, "auth.exportAuthorization"), exported);
    });
}

// rule: signin.user_migrate, signin.export
#[test]
fn an_account_that_is_moved_goes_on_at_its_new_home() {
    // parity: M-base.call.migrate
    let sim = Sim::new(2);
    let store = Shared::default();
    sim.run(async {
        let client = client_with(&sim, store.clone(), sim.config());
        let me = sign_in(&sim, &client, 0).await;
        client.send_message("me", "before").await.unwrap();
        sim.server(|server, now| server.move_user(now, me, FAR));
        client.send_message("me", "after").await.unwrap();
        assert_eq!(
            sim.server(|server, _| server.texts(me, me)),
            ["before", "after"]
        );
        assert_eq!(store.clone().load().unwrap().home, Some(DcId(FAR)));
        assert_eq!(executed(&sim, "auth.importAuthorization"), 1);
        // Updates come from there.
        sim.server(|server, now| {
            let friend = server.users().into_iter().find(|u| u.id != me).unwrap();
            server.write(now, friend.id, me, "welcome").unwrap();
        });
        pause(&sim, 5).await;
        let newest = client.get_dialogs(1).await.unwrap();
        assert_eq!(newest[0].message().unwrap().raw_text(), "welcome");
        // One move is enough for good.
        client.disconnect().await;
        let again = client_with(&sim, store.clone(), sim.config());
        again.connect().await.unwrap();
        again.send_message("me", "later").await.unwrap();
        assert_eq!(executed(&sim, "auth.importAuthorization"), 1);
    });
}

#[test]
fn a_file_that_lies_elsewhere_is_fetched_from_there() {
    // parity: N-life.exported
    for told in [true, false] {
        let sim = Sim::new(3);
        sim.run(async {
            let client = signed_in(&sim, 0).await;
            let data = content(700_001);
            let file = Attachment::from(Upload::bytes(data.clone()).name("file.bin"));
            client.send_file("me", file).await.unwrap();
            sim.server(|server, _| server.move_files(FAR, told));
            for _ in 0..2 {
                let message = newest(&client, "me").await;
                let back = client.download_bytes(Download::of(&message)).await;
                assert!(back.unwrap().unwrap() == data);
            }
            assert_eq!(executed(&sim, "auth.importAuthorization"), 1, "once a key");
            assert!(client.get_me().await.is_ok());
        });
    }
}

#[test]
fn connections_for_files_are_closed_when_idle_and_made_when_needed() {
    // rule: mtproto.media_links
    run(4, async |sim, client| {
        let data = content(300_000);
        let file = Attachment::from(Upload::bytes(data.clone()).name("file.bin"));
        let sent = client.send_file("me", file).await.unwrap();
        let open = || sim.server(|server, _| server.connections()).len();
        client.download_bytes(Download::of(&sent)).await.unwrap();
        assert!(open() >= 2, "files have a connection of their own");
        pause(sim, 50).await;
        client.download_bytes(Download::of(&sent)).await.unwrap();
        pause(sim, 50).await;
        assert!(open() >= 2, "it was used less than a minute ago");
        pause(sim, 80).await;
        assert_eq!(open(), 1, "only the account's own is left");
        let made = sim.traffic().connections;
        let back = client.download_bytes(Download::of(&sent)).await.unwrap();
        assert!(back.unwrap() == data);
        assert_eq!(sim.traffic().connections, made + 1);
        pause(sim, 3600).await;
        assert_eq!(open(), 1, "that one stays, however quiet it is");
    });
}

#[test]
fn statistics_are_asked_for_where_they_are() {
    run(5, async |sim, client| {
        sim.server(|server, _| {
            server.order("help.getNearestDc", 1, Trouble::migrate("STATS", FAR));
        });
        let nearest = client.invoke(&functions::help::GetNearestDc).await.unwrap();
        assert_eq!(nearest.this_dc, FAR);
        let nearest = client.invoke(&functions::help::GetNearestDc).await.unwrap();
        assert_eq!(nearest.this_dc, 2, "everything else stays at home");
    });
}

// rule: signin.export, signin.foreign_401
#[test]
fn an_authorization_that_is_refused_or_forgotten_is_brought_again() {
    run(6, async |sim, client| {
        let refused = Trouble::Refuse(telewire_sandbox::Fault::new(400, "AUTH_BYTES_INVALID"));
        sim.server(|server, _| server.order("auth.importAuthorization", 1, refused));
        let ask = async || {
            let stats = Trouble::migrate("STATS", FAR);
            sim.server(|server, _| server.order("help.getInviteText", 1, stats));
            client.invoke(&functions::help::GetInviteText).await
        };
        ask().await.unwrap();
        assert_eq!(executed(sim, "auth.exportAuthorization"), 2);
        assert_eq!(executed(sim, "auth.importAuthorization"), 1);
    });
}

#[test]
fn a_machine_without_one_family_uses_the_other() {
    for prefers_six in [false, true] {
        let sim = Sim::new(7);
        let mut config = sim.config();
        config.network = sim.network();
        config.use_ipv6 = prefers_six;
        let four = sim.address_of(Entrance::main(2), false).ip();
        sim.weather(|weather| {
            if prefers_six {
                weather.ipv6 = false;
            } else {
                weather.unreachable.push(four);
            }
        });
        sim.run(async {
            let client = client_with(&sim, MemorySession::new(), config);
            let began = sim.now().mono;
            client.connect().await.unwrap();
            let took = sim.now().mono.since(began);
            assert!(took < Duration::from_secs(2), "{took:?}");
            sign_in(&sim, &client, 0).await;
        });
    }
}

// rule: transport.option_flags
#[test]
fn addresses_that_have_changed_are_learnt_while_connected() {
    let sim = Sim::new(8);
    let store = Shared::default();
    sim.run(async {
        let client = client_with(&sim, store.clone(), sim.config());
        sign_in(&sim, &client, 0).await;
        let ports = || {
            let session = store.clone().load().unwrap();
            let of = session.dcs.iter().filter(|o| o.id == DcId(FAR));
            of.map(|o| o.port).collect::<Vec<_>>()
        };
        let before = ports();
        let more = types::DcOption::new(FAR, "127.0.0.99", 5222).this_port_only(true);
        sim.server(|server, _| server.add_dc_option(more));
        let asked = executed(&sim, "help.getConfig");
        pause(&sim, 3500).await;
        assert_eq!(ports(), before);
        // It is good for an hour.
        pause(&sim, 200).await;
        assert_eq!(executed(&sim, "help.getConfig"), asked + 1);
        assert!(ports().contains(&5222), "{:?}", ports());
        sim.server(|server, _| server.clear_dc_options());
        pause(&sim, 3700).await;
        assert_eq!(ports(), before, "what is not listed any more is forgotten");
    });
}

// rule: transport.unknown_key
#[test]
fn a_foreign_key_that_is_forgotten_costs_nobody_the_account() {
    let sim = Sim::new(9);
    sim.run(async {
        let client = client(&sim);
        sign_in(&sim, &client, 0).await;
        let ask = async || {
            let stats = Trouble::migrate("STATS", FAR);
            sim.server(|server, _| server.order("help.getInviteText", 1, stats));
            client.invoke(&functions::help::GetInviteText).await
        };
        ask().await.unwrap();
        pause(&sim, 200).await;
        sim.server(|server, _| server.forget_keys_of(FAR));
        ask().await.unwrap();
        assert!(client.is_user_authorized().await.unwrap());
        client.send_message("me", "still here").await.unwrap();
    });
}
