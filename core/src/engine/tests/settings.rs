//! The servers' configuration.

use std::time::Duration;

use telewire_schema::{Deserialize, Serialize, functions, types};

use super::bench::{Bench, me, settings};
use super::peer::config;
use crate::dc::DcId;
use crate::session::SessionChange;

const HOUR: Duration = Duration::from_secs(3600);

type Get = functions::help::GetConfig;

fn option(dc: i32, ip: &str, port: i32) -> types::DcOption {
    types::DcOption::new(dc, ip, port)
}

fn with(lifetime: i32, options: Vec<types::DcOption>) -> Vec<u8> {
    let mut config = types::Config::from_slice(&config()).unwrap();
    config.date = 1_700_000_000;
    config.expires = config.date + lifetime;
    config.dc_options = options;
    config.to_bytes()
}

/// A bench whose greeting was answered with that.
fn greeted(config: &[u8]) -> Bench {
    let mut bench = Bench::with(settings(), Some(me()));
    bench.engine.connect(bench.now);
    bench.accept();
    let peer = bench.peer();
    let id = peer.take::<functions::InvokeWithLayer>().unwrap();
    peer.answer(id, config);
    bench.drain();
    assert!(bench.is_ready());
    bench
}

fn known(bench: &Bench) -> Vec<(i32, String, u16)> {
    let options = bench.engine.session().dcs.iter();
    options
        .map(|o| (o.id.0, o.ip.to_string(), o.port))
        .collect()
}

// rule: transport.option_flags
#[test]
fn what_the_server_lists_takes_the_place_of_what_was_known() {
    let first = vec![option(2, "10.0.0.2", 443), option(4, "10.0.0.4", 443)];
    let mut bench = greeted(&with(3600, first));
    assert_eq!(
        known(&bench),
        [(2, "10.0.0.2".into(), 443), (4, "10.0.0.4".into(), 443)]
    );
    bench.pass(HOUR);
    let asked = bench.peer().take::<Get>().expect("it has expired");
    let mut second = vec![
        option(2, "10.0.0.2", 443),
        option(2, "10.0.0.2", 443),
        option(4, "10.0.0.5", 5222),
        option(1, "no address", 443),
    ];
    second[2].static_ = true;
    second[2].this_port_only = true;
    bench.peer().answer(asked, &with(3600, second));
    bench.drain();
    assert_eq!(
        known(&bench),
        [(2, "10.0.0.2".into(), 443), (4, "10.0.0.5".into(), 5222)],
        "what has become stale is gone"
    );
    let four = &bench.engine.session().dcs[1];
    assert!(four.for_proxies && four.this_port_only && !four.media_only);
    let lists = |c: &&SessionChange| matches!(c, SessionChange::Dcs(_));
    assert_eq!(bench.stored.iter().filter(lists).count(), 2);
    // The same again is no news, and nothing at all is no list.
    for options in [
        vec![option(2, "10.0.0.2", 443), option(4, "10.0.0.6", 443)],
        vec![],
    ] {
        bench.pass(HOUR);
        let asked = bench.peer().take::<Get>().unwrap();
        bench.peer().answer(asked, &with(3600, options));
        bench.drain();
    }
    assert_eq!(known(&bench)[1].1, "10.0.0.6");
    assert_eq!(bench.stored.iter().filter(lists).count(), 3);
}

#[test]
fn a_home_that_is_not_listed_can_still_be_found() {
    let bench = greeted(&with(3600, vec![option(4, "10.0.0.4", 443)]));
    let home = bench.engine.session().home_address().unwrap();
    assert_eq!((home.id, home.port), (DcId(2), 10));
}

#[test]
fn a_configuration_is_fetched_no_oftener_than_is_sensible() {
    for (lifetime, first) in [
        (1, 60),
        (0, 3600),
        (-5, 3600),
        (i32::MAX - 1_700_000_000, 86_400),
    ] {
        let mut bench = greeted(&with(lifetime, vec![]));
        bench.pass(Duration::from_secs(first - 1));
        assert!(bench.peer().take::<Get>().is_none(), "{lifetime}");
        bench.pass(Duration::from_secs(1));
        assert!(bench.peer().take::<Get>().is_some(), "{lifetime}");
    }
}

#[test]
fn a_configuration_that_does_not_come_is_asked_for_later() {
    let mut bench = greeted(&with(3600, vec![]));
    bench.pass(HOUR);
    let asked = bench.peer().take::<Get>().unwrap();
    bench.peer().refuse(asked, 400, "SOMETHING_WRONG");
    bench.pass(HOUR - Duration::from_secs(1));
    assert!(bench.peer().take::<Get>().is_none());
    bench.pass(Duration::from_secs(1));
    assert!(bench.peer().take::<Get>().is_some());
}

#[test]
fn updates_say_that_it_has_changed() {
    let moved = types::UpdateDcOptions::new(vec![option(2, "10.0.0.9", 443)]);
    for update in [types::Update::Config, moved.into()] {
        let mut bench = greeted(&with(3600, vec![]));
        let short = types::UpdateShort::new(update.clone(), 1_700_000_000);
        for _ in 0..2 {
            bench
                .peer()
                .push(&types::Updates::from(short.clone()).to_bytes());
        }
        bench.drain();
        let asked = bench.peer().take::<Get>().expect("it is fetched");
        assert!(bench.peer().take::<Get>().is_none(), "once");
        let list = vec![option(2, "10.0.0.9", 443)];
        bench.peer().answer(asked, &with(3600, list));
        bench.drain();
        assert_eq!(known(&bench), [(2, "10.0.0.9".into(), 443)]);
        let packet = types::UpdatesData::new(vec![update], vec![], vec![], 1_700_000_000, 0);
        bench.peer().push(&types::Updates::from(packet).to_bytes());
        bench.drain();
        assert!(bench.peer().take::<Get>().is_some(), "in any packet");
    }
}
