//! The addresses that need no asking.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::{Config, Network};
use crate::dc::DcId;
use crate::session::DcOption;

/// The port of the built-in addresses.
pub(super) const PORT: u16 = 443;

/// The addresses of <https://my.telegram.org> and of the documentation of the data centres, or the caller's own.
pub(super) fn addresses(config: &Config, dc: DcId) -> Vec<DcOption> {
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

/// The other ports that Telegram's servers listen at, best first.
pub(super) fn other_ports(config: &Config) -> &'static [u16] {
    match config.network {
        Network::Production => &[80, 5222],
        Network::Test => &[80],
        // The caller has said where they listen.
        Network::Custom { .. } => &[],
    }
}
