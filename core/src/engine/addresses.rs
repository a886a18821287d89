//! Where the data centres are, and how they are spoken to there.

mod built_in;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::config::{Config, Network, Proxy, ProxyKind};
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::runtime::Endpoint;
use crate::session::DcOption;
use crate::transport::{Framing, Mode};

/// The first byte of a secret that asks for padding, where it is not one of the secret's sixteen.
const PADDED: u8 = 0xdd;

/// One way to a data centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) endpoint: Endpoint,
    pub(super) disguise: Disguise,
}

/// How a connection has to look for the address to take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Disguise {
    /// As the configuration has it.
    None,
    /// Obfuscated.
    Obfuscated,
    /// Obfuscated with a secret, as to an MTProto proxy.
    Secret(Secret),
}

/// A secret of an address, and whether it asks for padding.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) bytes: [u8; 16],
    padded: bool,
}

impl Way {
    fn plain(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            disguise: Disguise::None,
        }
    }

    /// The way that an option describes, unless its secret is of an unknown form.
    fn of(option: &DcOption) -> Option<Self> {
        let disguise = match option.secret.as_deref() {
            Some(secret) => Disguise::Secret(Secret::new(secret)?),
            None if option.obfuscated_only => Disguise::Obfuscated,
            None => Disguise::None,
        };
        Some(Self {
            endpoint: Endpoint::new(option.ip, option.port),
            disguise,
        })
    }
}

impl Secret {
    fn new(secret: &[u8]) -> Option<Self> {
        let (padded, bytes) = match secret {
            [PADDED, rest @ ..] if rest.len() == 16 => (true, rest),
            _ => (false, secret),
        };
        let bytes = bytes.try_into().ok()?;
        Some(Self { bytes, padded })
    }

    /// The framing behind the disguise, for a client with that transport.
    pub(super) fn framing(&self, transport: Mode) -> Framing {
        if self.padded {
            Framing::Padded
        } else {
            framing(transport)
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The framing that stands in for a transport where only obfuscated connections are taken.
pub(super) fn framing(transport: Mode) -> Framing {
    match transport {
        // The default does not fit into an obfuscated connection.
        Mode::Full | Mode::Intermediate => Framing::Intermediate,
        Mode::Abridged => Framing::Abridged,
        Mode::Padded => Framing::Padded,
        Mode::Obfuscated(framing) => framing,
    }
}

/// The ways to try for a data centre, best first, each once. Where nothing stands between the client and the server, the
/// two families of addresses alternate.
pub(super) fn ways(config: &Config, known: &[DcOption], key: DcKey) -> Vec<Way> {
    if let Some(proxy) = &config.proxy
        && proxy.kind == ProxyKind::Mtproto
    {
        // It knows the way itself.
        return vec![Way::plain(proxy.at.clone())];
    }
    let mut options = options(config, known, key);
    other_ports(config, key, &mut options);
    // A proxy says nothing of the families it can reach, so there the order is the caller's preference.
    if config.proxy.is_none() {
        options = alternate(options, config.use_ipv6);
    }
    let mut found = Vec::new();
    for way in options.iter().filter_map(Way::of) {
        if !found.contains(&way) {
            found.push(way);
        }
    }
    found
}

/// Whether [`ways`] finds some that are only for files.
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
    let is_plain = |o: &DcOption| !o.cdn && !o.media_only && !is_disguised(o);
    if known.iter().any(|o| o.id == dc && is_plain(o)) {
        return None;
    }
    let options = options(config, known, DcKey::main(dc));
    let used = options
        .iter()
        .find(|o| Some(&Endpoint::new(o.ip, o.port)) == at && is_plain(o));
    let option = used.or(options.first())?;
    (!known.contains(option)).then(|| option.clone())
}

/// What is known of the data centre's addresses, best first.
fn options(config: &Config, known: &[DcOption], key: DcKey) -> Vec<DcOption> {
    let suiting = |options: &[DcOption]| -> Vec<DcOption> {
        let suiting = options.iter().filter(|o| suits(key, o));
        suiting.cloned().collect()
    };
    let mut options = suiting(known);
    let fixed = suiting(&built_in::addresses(config, key.dc));
    if matches!(config.network, Network::Custom { .. }) {
        // What the caller says now is better than what a server said once.
        options.splice(0..0, fixed);
    } else {
        options.extend(fixed);
    }
    let preferred = |o: &DcOption| o.ip.is_ipv6() == config.use_ipv6;
    let met = options.iter().any(preferred);
    let forwarded = config.proxy.as_ref().is_some_and(Proxy::forwards);
    // A disguise is put on only where nothing else is left, unless that is how the client connects anyway.
    let obfuscates = matches!(config.transport, Mode::Obfuscated(_));
    options.sort_by_key(|o| {
        (
            !preferred(o),
            forwarded && !o.for_proxies,
            !obfuscates && is_disguised(o),
        )
    });
    if forwarded && met && !config.use_ipv6 {
        options.retain(preferred);
    }
    if key.media {
        // An address for files that perhaps cannot be reached does not rule the others out. Both together would be two
        // connections of one key to the same servers.
        let files = |o: &DcOption| o.media_only && (preferred(o) || !met);
        let apart = options.iter().any(files);
        options.retain(|o| o.media_only == apart);
    }
    options
}

/// Whether an address may be used for that at all.
fn suits(key: DcKey, option: &DcOption) -> bool {
    option.id == key.dc
        && !option.cdn
        && (key.media || !option.media_only)
        && Way::of(option).is_some()
}

fn is_disguised(option: &DcOption) -> bool {
    option.obfuscated_only || option.secret.is_some()
}

/// Adds what else the servers listen at, for networks that let the usual port not pass.
fn other_ports(config: &Config, key: DcKey, options: &mut Vec<DcOption>) {
    let ports = built_in::other_ports(config);
    for fixed in built_in::addresses(config, key.dc) {
        let mut same = options.iter().filter(|o| o.ip == fixed.ip).peekable();
        let known = same.peek().is_some();
        if known && same.all(|o| !o.this_port_only && !o.media_only) {
            let at = |port: &u16| DcOption {
                port: *port,
                ..fixed.clone()
            };
            options.extend(ports.iter().map(at));
        }
    }
}

/// One of this family, one of the other, as long as there are both.
fn alternate(options: Vec<DcOption>, six_first: bool) -> Vec<DcOption> {
    let (first, second): (Vec<_>, Vec<_>) = options
        .into_iter()
        .partition(|o| o.ip.is_ipv6() == six_first);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut mixed = Vec::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair.iter().all(Option::is_none) {
            return mixed;
        }
        mixed.extend(pair.into_iter().flatten());
    }
}
