use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::built_in::PORT;
use super::*;
use crate::engine::Engine;
use crate::rand::Seed;
use crate::session::Session;
use crate::time::{Mono, Now, Unix};

fn texts(config: &Config, known: &[DcOption], key: DcKey) -> Vec<String> {
    ways(config, known, key)
        .iter()
        .map(|way| way.endpoint.to_string())
        .collect()
}

fn plain(last: u8, port: u16) -> DcOption {
    DcOption::new(DcId(7), Ipv4Addr::new(10, 0, 0, last).into(), port)
}

fn with(last: u8, change: fn(&mut DcOption)) -> DcOption {
    let mut option = plain(last, 443);
    change(&mut option);
    option
}

const SEVEN: DcKey = DcKey::main(DcId(7));

const FILES: DcKey = DcKey {
    dc: DcId(7),
    media: true,
};

// rule: transport.option_flags
#[test]
fn a_new_session_finds_the_default_data_centre() {
    // parity: N-ctor.default_dc, N-ctor.use_ipv6
    let now = Now {
        mono: Mono::default(),
        wall: Unix::default(),
    };
    let seed = Seed::new([1; 32]);
    let engine = Engine::new(Config::new(1, ""), Session::default(), now, seed);
    assert_eq!(engine.home, DcId(2));
    let mut config = Config::new(1, "");
    let key = DcKey::main(DcId(2));
    assert_eq!(
        texts(&config, &[], key)[..3],
        [
            "149.154.167.51:443",
            "[2001:67c:4e8:f002::a]:443",
            "149.154.167.41:443",
        ],
        "the first contact is over the usual port, both families in turn"
    );
    config.use_ipv6 = true;
    assert_eq!(
        texts(&config, &[], key)[..2],
        ["[2001:67c:4e8:f002::a]:443", "149.154.167.51:443"]
    );
    config.network = Network::Test;
    assert_eq!(
        texts(&config, &[], key),
        [
            "[2001:67c:4e8:f002::e]:443",
            "149.154.167.40:443",
            "[2001:67c:4e8:f002::e]:80",
            "149.154.167.40:80",
        ]
    );
}

// rule: transport.option_flags
#[test]
fn other_ports_are_the_last_resort_of_built_in_addresses() {
    let mut config = Config::new(1, "");
    let key = DcKey::main(DcId(3));
    let four = |config: &Config, known: &[DcOption]| -> Vec<_> {
        let mut found = texts(config, known, key);
        found.retain(|text| text.starts_with("149"));
        found
    };
    assert_eq!(
        four(&config, &[]),
        [
            "149.154.175.100:443",
            "149.154.175.100:80",
            "149.154.175.100:5222"
        ]
    );
    let mut option = DcOption::new(DcId(3), Ipv4Addr::new(149, 154, 175, 100).into(), 443);
    option.this_port_only = true;
    assert_eq!(four(&config, &[option]), ["149.154.175.100:443"]);
    // What the caller gives is meant as it stands.
    config.network = Network::Custom {
        dcs: vec![plain(1, 443)],
        default_dc: DcId(7),
        keys: crate::exchange::RsaKeys::test(),
    };
    assert_eq!(texts(&config, &[], SEVEN), ["10.0.0.1:443"]);
}

#[test]
fn the_home_is_made_known_once() {
    let mut config = Config::new(1, "");
    let dc = DcId(2);
    let second = Endpoint::new(IpAddr::from([149, 154, 167, 41]), PORT);
    let learnt = |config: &Config, known: &[DcOption], at| {
        unknown_home(config, known, dc, at).map(|o| o.ip.to_string())
    };
    assert_eq!(
        learnt(&config, &[], Some(&second)).unwrap(),
        "149.154.167.41"
    );
    assert_eq!(learnt(&config, &[], None).unwrap(), "149.154.167.51");
    let mut option = DcOption::new(dc, Ipv4Addr::LOCALHOST.into(), 1);
    assert_eq!(learnt(&config, &[option.clone()], None), None);
    option.media_only = true;
    assert!(learnt(&config, &[option.clone()], None).is_some());
    // Whoever speaks plainly cannot use it, but it is what is known already.
    option.media_only = false;
    option.obfuscated_only = true;
    config.network = Network::Custom {
        dcs: vec![option.clone()],
        default_dc: dc,
        keys: crate::exchange::RsaKeys::test(),
    };
    assert_eq!(learnt(&config, &[option], None), None);
}

#[test]
fn another_address_family_leaves_the_account_where_it_is() {
    // parity: M-base.call.switch_dc
    let mut config = Config::new(1, "");
    let known = [DcOption::new(
        DcId(4),
        Ipv4Addr::new(10, 0, 0, 4).into(),
        443,
    )];
    let key = DcKey::main(DcId(4));
    config.use_ipv6 = true;
    assert_eq!(texts(&config, &known, key)[0], "[2001:67c:4e8:f004::a]:443");
    config.use_ipv6 = false;
    assert_eq!(texts(&config, &known, key)[0], "10.0.0.4:443");
}

// rule: transport.option_flags
#[test]
fn restricted_addresses_are_for_what_they_are_meant() {
    // parity: M-base.call.switch_dc
    let config = Config::new(1, "");
    let known = [
        with(2, |o| o.cdn = true),
        with(3, |o| {
            o.secret = Some(bytes::Bytes::from_static(b"of another form"));
        }),
        with(4, |o| o.media_only = true),
        plain(1, 443),
    ];
    assert_eq!(texts(&config, &known, SEVEN), ["10.0.0.1:443"]);
    assert_eq!(texts(&config, &known, FILES), ["10.0.0.4:443"]);
    assert_eq!(texts(&config, &known, DcKey::main(DcId(8))), [""; 0]);
}

// rule: transport.option_flags
#[test]
fn a_disguise_is_put_on_where_it_is_asked_for() {
    let mut config = Config::new(1, "");
    let secret = bytes::Bytes::from_static(b"\xdd0123456789abcdef");
    let mut hidden = plain(3, 443);
    hidden.secret = Some(secret);
    let known = [with(2, |o| o.obfuscated_only = true), hidden, plain(1, 443)];
    let disguises = |config: &Config| -> Vec<_> {
        let ways = ways(config, &known, SEVEN);
        ways.into_iter().map(|way| way.disguise).collect()
    };
    let padded = Disguise::Secret(Secret {
        bytes: *b"0123456789abcdef",
        padded: true,
    });
    assert_eq!(
        disguises(&config),
        [Disguise::None, Disguise::Obfuscated, padded.clone()],
        "a plain connection is what was asked for"
    );
    config.transport = Mode::Obfuscated(Framing::Abridged);
    assert_eq!(
        disguises(&config),
        [Disguise::Obfuscated, padded.clone(), Disguise::None]
    );
    assert_eq!(framing(Mode::Full), Framing::Intermediate);
    assert_eq!(framing(Mode::Obfuscated(Framing::Padded)), Framing::Padded);
    let Disguise::Secret(secret) = padded else {
        unreachable!()
    };
    assert_eq!(secret.framing(Mode::Abridged), Framing::Padded);
    assert_eq!(format!("{secret:?}"), "Secret");
}

// rule: transport.option_flags
#[test]
fn proxies_are_sent_to_the_addresses_that_are_meant_for_them() {
    let mut config = Config::new(1, "");
    let six = DcOption::new(DcId(7), Ipv6Addr::LOCALHOST.into(), 443);
    let known = [plain(1, 443), with(2, |o| o.for_proxies = true), six];
    assert_eq!(texts(&config, &known, SEVEN)[0], "10.0.0.1:443");
    config.proxy = Some(Proxy::socks5("localhost", 1080));
    assert_eq!(
        texts(&config, &known, SEVEN),
        ["10.0.0.2:443", "10.0.0.1:443"],
        "not every proxy knows the other family"
    );
    config.use_ipv6 = true;
    assert_eq!(texts(&config, &known, SEVEN)[0], "[::1]:443");
}

// rule: transport.option_flags
#[test]
fn media_addresses_of_the_other_family_do_not_count() {
    let mut config = Config::new(1, "");
    let mut six = DcOption::new(DcId(7), Ipv6Addr::LOCALHOST.into(), 2);
    six.media_only = true;
    let known = [plain(1, 1), six];
    assert_eq!(texts(&config, &known, FILES), ["10.0.0.1:1"]);
    assert!(!has_media(&config, &known, DcId(7)));
    config.use_ipv6 = true;
    assert_eq!(texts(&config, &known, FILES), ["[::1]:2"]);
    assert!(has_media(&config, &known, DcId(7)));
}

#[test]
fn media_addresses_that_cannot_be_used_do_not_count() {
    let config = Config::new(1, "");
    let option = with(1, |o| o.media_only = true);
    assert!(has_media(&config, std::slice::from_ref(&option), DcId(7)));
    assert!(!has_media(&config, std::slice::from_ref(&option), DcId(8)));
    let refused: [fn(&mut DcOption); 2] = [
        |o| o.cdn = true,
        |o| o.secret = Some(bytes::Bytes::from_static(b"s")),
    ];
    for refuse in refused {
        let mut option = option.clone();
        refuse(&mut option);
        assert!(
            !has_media(&config, &[option.clone()], DcId(7)),
            "{option:?}"
        );
    }
}
