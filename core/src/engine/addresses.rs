//! Where the data centres are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::{Config, Network, ProxyKind};
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::runtime::Endpoint;
use crate::session::DcOption;
use crate::transport::Mode;

/// The port of the built-in addresses.
const PORT: u16 = 443;

/// The addresses to try for a data centre, best first, each once.
pub(super) fn addresses(config: &Config, known: &[DcOption], key: DcKey) -> Vec<Endpoint> {
    if let Some(proxy) = &config.proxy
        && proxy.kind == ProxyKind::Mtproto
    {
        // It knows the way itself.
        return vec![proxy.at.clone()];
    }
    let mut found = Vec::new();
    for option in options(config, known, key) {
        let endpoint = Endpoint::new(option.ip, option.port);
        if !found.contains(&endpoint) {
            found.push(endpoint);
        }
    }
    found
}

/// Whether [`addresses`] finds some that are only for files.
pub(super) fn has_media(config: &Config, known: &[DcOption], dc: DcId) -> bool {
    let key = DcKey { dc, media: true };
    options(config, known, key).iter().any(|o| o.media_only)
}

/// What a session has to know about the account's data centre so that others find it, unless it does already: the option
/// that `at` comes from, or the best one.
pub(super) fn unknown_home(
    config: &Config,
    known: &[DcOption],
    dc: DcId,
    at: Option<&Endpoint>,
) -> Option<DcOption> {
    let is_plain =
        |o: &DcOption| !o.cdn && !o.media_only && !o.obfuscated_only && o.secret.is_none();
    if known.iter().any(|o| o.id == dc && is_plain(o)) {
        return None;
    }
    let options = options(config, known, DcKey::main(dc));
    let used = options
        .iter()
        .find(|o| Some(&Endpoint::new(o.ip, o.port)) == at);
    let option = used.or(options.first())?;
    (!known.contains(option)).then(|| option.clone())
}

fn options(config: &Config, known: &[DcOption], key: DcKey) -> Vec<DcOption> {
    let suiting = |options: &[DcOption]| -> Vec<DcOption> {
        let suiting = options.iter().filter(|o| suits(config, key, o));
        suiting.cloned().collect()
    };
    let mut options = suiting(known);
    let fixed = suiting(&built_in(config, key.dc));
    if matches!(config.network, Network::Custom { .. }) {
        // What the caller says now is better than what a server said once.
        options.splice(0..0, fixed);
    } else {
        options.extend(fixed);
    }
    if config.use_ipv6 {
        options.sort_by_key(|o| o.ip.is_ipv4());
    } else if options.iter().any(|o| o.ip.is_ipv4()) {
        options.retain(|o| o.ip.is_ipv4());
    }
    // Of what can be reached: an address for files that cannot be does not rule the others out.
    if key.media && options.iter().any(|o| o.media_only) {
        options.retain(|o| o.media_only);
    }
    options
}

/// Whether an address may be used for that, the way this client connects.
fn suits(config: &Config, key: DcKey, option: &DcOption) -> bool {
    let obfuscated = matches!(config.transport, Mode::Obfuscated(_));
    option.id == key.dc
        && !option.cdn
        && option.secret.is_none()
        && (obfuscated || !option.obfuscated_only)
        && (key.media || !option.media_only)
}

/// The addresses that need no asking, from <https://my.telegram.org> and the documentation of the data centres.
fn built_in(config: &Config, dc: DcId) -> Vec<DcOption> {
    let option = |ip: IpAddr| DcOption::new(dc, ip, PORT);
    let v4 = |a, b, c, d| option(Ipv4Addr::new(a, b, c, d).into());
    let v6 = |site, net, part, last| {
        option(Ipv6Addr::new(0x2001, site, net, part, 0, 0, 0, last).into())
    };
    match (&config.network, dc.0) {
        (Network::Production, 1) => vec![v4(149, 154, 175, 53), v6(0xb28, 0xf23d, 0xf001, 0xa)],
        (Network::Production, 2) => vec![
            v4(149, 154, 167, 51),
            v4(149, 154, 167, 41),
            v6(0x67c, 0x4e8, 0xf002, 0xa),
        ],
        (Network::Production, 3) => vec![v4(149, 154, 175, 100), v6(0xb28, 0xf23d, 0xf003, 0xa)],
        (Network::Production, 4) => vec![
            v4(149, 154, 167, 91),
            v4(149, 154, 167, 92),
            v6(0x67c, 0x4e8, 0xf004, 0xa),
        ],
        (Network::Production, 5) => vec![
            v4(91, 108, 56, 130),
            v4(91, 108, 56, 104),
            v6(0xb28, 0xf23f, 0xf005, 0xa),
        ],
        (Network::Test, 1) => vec![v4(149, 154, 175, 10), v6(0xb28, 0xf23d, 0xf001, 0xe)],
        (Network::Test, 2) => vec![v4(149, 154, 167, 40), v6(0x67c, 0x4e8, 0xf002, 0xe)],
        (Network::Test, 3) => vec![v4(149, 154, 175, 117), v6(0xb28, 0xf23d, 0xf003, 0xe)],
        (Network::Custom { dcs, .. }, _) => dcs.iter().filter(|o| o.id == dc).cloned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::rand::Seed;
    use crate::session::Session;
    use crate::time::{Mono, Now, Unix};

    fn texts(config: &Config, known: &[DcOption], key: DcKey) -> Vec<String> {
        addresses(config, known, key)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

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
            texts(&config, &[], key),
            ["149.154.167.51:443", "149.154.167.41:443"]
        );
        config.use_ipv6 = true;
        assert_eq!(texts(&config, &[], key)[0], "[2001:67c:4e8:f002::a]:443");
        config.network = Network::Test;
        assert_eq!(
            texts(&config, &[], key),
            ["[2001:67c:4e8:f002::e]:443", "149.154.167.40:443"]
        );
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
        // Nothing better than what is known.
        option.media_only = false;
        option.obfuscated_only = true;
        config.transport = Mode::Obfuscated(crate::transport::Framing::Intermediate);
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

    #[test]
    fn restricted_addresses_are_left_out() {
        // parity: M-base.call.switch_dc
        let config = Config::new(1, "");
        let plain = DcOption::new(DcId(7), Ipv4Addr::new(10, 0, 0, 1).into(), 1);
        let change = |f: fn(&mut DcOption)| {
            let mut option = plain.clone();
            option.port = 2;
            f(&mut option);
            option
        };
        let known = [
            change(|o| o.cdn = true),
            change(|o| o.obfuscated_only = true),
            change(|o| o.secret = Some(bytes::Bytes::from_static(b"s"))),
            change(|o| o.media_only = true),
            plain.clone(),
        ];
        assert_eq!(texts(&config, &known, DcKey::main(DcId(7))), ["10.0.0.1:1"]);
        let media = DcKey {
            dc: DcId(7),
            media: true,
        };
        assert_eq!(texts(&config, &known, media), ["10.0.0.1:2"]);
        assert_eq!(texts(&config, &known, DcKey::main(DcId(8))), [""; 0]);
    }

    #[test]
    fn media_addresses_of_the_other_family_do_not_count() {
        let mut config = Config::new(1, "");
        let dc = DcId(7);
        let plain = DcOption::new(dc, Ipv4Addr::new(10, 0, 0, 1).into(), 1);
        let mut six = DcOption::new(dc, Ipv6Addr::LOCALHOST.into(), 2);
        six.media_only = true;
        let known = [plain, six];
        let media = DcKey { dc, media: true };
        assert_eq!(texts(&config, &known, media), ["10.0.0.1:1"]);
        assert!(!has_media(&config, &known, dc));
        config.use_ipv6 = true;
        assert_eq!(texts(&config, &known, media), ["[::1]:2"]);
        assert!(has_media(&config, &known, dc));
    }

    #[test]
    fn media_addresses_that_cannot_be_used_do_not_count() {
        let config = Config::new(1, "");
        let dc = DcId(7);
        let mut option = DcOption::new(dc, Ipv4Addr::new(10, 0, 0, 1).into(), 1);
        option.media_only = true;
        assert!(has_media(&config, &[option.clone()], dc));
        assert!(!has_media(&config, &[option.clone()], DcId(8)));
        let refused: [fn(&mut DcOption); 3] = [
            |o| o.cdn = true,
            |o| o.obfuscated_only = true,
            |o| o.secret = Some(bytes::Bytes::from_static(b"s")),
        ];
        for refuse in refused {
            let mut option = option.clone();
            refuse(&mut option);
            assert!(!has_media(&config, &[option.clone()], dc), "{option:?}");
        }
    }
}
