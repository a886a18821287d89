//! The part of the way that leads through a proxy.

use crate::engine::Engine;
use crate::engine::dc::{DcKey, LaneStage};
use crate::engine::lost::Loss;
use crate::time::Now;
use crate::transport::proxy::{Handshake, ProxyError};

impl Engine {
    /// The stream stands as far as the proxy. The time for the whole attempt goes on running.
    pub(super) fn ask_proxy(&mut self, now: Now, key: DcKey) {
        let lane = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut());
        let (Some(lane), Some(proxy)) = (lane, &self.config.proxy) else {
            return;
        };
        match Handshake::new(proxy, &lane.endpoint) {
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

    /// Why a connection was not made, with the proxy's name if it did not get any further.
    pub(super) fn on_the_way(&self, key: DcKey, why: String) -> String {
        let lane = self.dcs.get(&key).and_then(|dc| dc.lane.as_ref());
        match (&self.config.proxy, lane.map(|lane| &lane.stage)) {
            (Some(proxy), Some(LaneStage::Connecting | LaneStage::Asking(_))) => {
                format!("{proxy}: {why}")
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
