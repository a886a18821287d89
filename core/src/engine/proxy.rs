//! The part of the way that leads through a proxy.

use telewire_schema::types;

use crate::config::{Network, Proxy, ProxyKind};
use crate::engine::Engine;
use crate::engine::addresses::{Disguise, Way, framing};
use crate::engine::dc::{DcKey, LaneStage};
use crate::engine::lost::Loss;
use crate::error::TransportError;
use crate::mtproto;
use crate::runtime::Host;
use crate::time::Now;
use crate::transport::proxy::{Handshake, ProxyError};
use crate::transport::{Mode, Obfuscation};

impl Engine {
    /// The stream stands as far as the proxy. The time for the whole attempt goes on running.
    pub(super) fn ask_proxy(&mut self, now: Now, key: DcKey) {
        let lane = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut());
        let (Some(lane), Some(proxy)) = (lane, &self.config.proxy) else {
            return;
        };
        match Handshake::new(proxy, &lane.way.endpoint) {
            Ok(handshake) => lane.stage = LaneStage::Asking(Box::new(handshake)),
            Err(error) => self.proxy_fails(now, key, error),
        }
    }

    /// Bytes have come from the proxy.
    pub(super) fn proxy_answers(&mut self, now: Now, key: DcKey, n: usize) {
        let lane = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut());
        let Some(LaneStage::Asking(handshake)) = lane.map(|lane| &mut lane.stage) else {
            return;
        };
        match handshake.handle_received(n) {
            Ok(true) => self.way_is_free(now, key),
            Ok(false) => {}
            Err(error) => self.proxy_fails(now, key, error),
        }
    }

    /// The transport of a connection on that way; an MTProto proxy takes part in it.
    pub(super) fn wire(&mut self, key: DcKey, way: &Way) -> Result<mtproto::Link, TransportError> {
        let mut rng = self.rng.fork();
        let transport = self.config.transport;
        let disguise = match &self.config.proxy {
            Some(proxy) => match proxy.check().and_then(|()| proxy.disguise(transport)) {
                Ok(disguise) => disguise,
                Err(why) => {
                    let why = format!("{proxy} {}", ProxyError::Unfit(why));
                    return Err(TransportError::Unreachable(why));
                }
            },
            None => None,
        };
        let (framing, secret) = match (disguise, &way.disguise) {
            (Some(of_proxy), _) => of_proxy,
            (None, Disguise::Secret(secret)) => (secret.framing(transport), secret.bytes),
            (None, Disguise::Obfuscated) => {
                let mode = Mode::Obfuscated(framing(transport));
                return Ok(mtproto::Link::new(mode, &mut rng));
            }
            (None, Disguise::None) => return Ok(mtproto::Link::new(transport, &mut rng)),
        };
        let with = Obfuscation {
            secret: Some(secret),
            dc: Some(self.number(key)),
        };
        Ok(mtproto::Link::via(framing, with, &mut rng))
    }

    /// Whether the way beyond the proxy has to be asked for.
    pub(super) fn has_to_ask(&self) -> bool {
        self.config.proxy.as_ref().is_some_and(Proxy::forwards)
    }

    /// What an MTProto proxy calls a data centre.
    fn number(&self, key: DcKey) -> i16 {
        let test = if matches!(self.config.network, Network::Test) {
            10_000
        } else {
            0
        };
        let number = i16::try_from(key.dc.0)
            .unwrap_or_default()
            .saturating_add(test);
        if key.media {
            number.saturating_neg()
        } else {
            number
        }
    }

    /// What the servers are told of an MTProto proxy.
    pub(super) fn client_proxy(&self) -> Option<types::InputClientProxy> {
        let proxy = self.config.proxy.as_ref()?;
        let at = &proxy.at;
        let host = match &at.host {
            Host::Ip(ip) => ip.to_string(),
            Host::Name(name) => name.to_string(),
        };
        (proxy.kind == ProxyKind::Mtproto)
            .then(|| types::InputClientProxy::new(host, i32::from(at.port)))
    }

    /// Why a connection was not made, with the proxy's name if it may not have got any further.
    pub(super) fn on_the_way(&self, key: DcKey, why: String) -> String {
        let lane = self.dcs.get(&key).and_then(|dc| dc.lane.as_ref());
        let (Some(proxy), Some(lane)) = (&self.config.proxy, lane) else {
            return why;
        };
        match lane.stage {
            LaneStage::Connecting | LaneStage::Asking(_) => format!("{proxy}: {why}"),
            // One that does not know the secret says nothing, or hangs up.
            LaneStage::Exchanging(_) | LaneStage::Greeting
                if proxy.kind == ProxyKind::Mtproto && !lane.heard =>
            {
                format!("{proxy}: {why}; see whether its secret is right")
            }
            _ => why,
        }
    }

    fn proxy_fails(&mut self, now: Now, key: DcKey, error: ProxyError) {
        let Some(proxy) = &self.config.proxy else {
            return;
        };
        let why = format!("{proxy} {error}");
        self.fail_lane(now, key, Loss::Io(why));
    }
}
