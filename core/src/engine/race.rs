//! Two addresses at a time: where a data centre has addresses of both families, the second is tried while the first still
//! keeps everybody waiting, as [RFC 8305](https://www.rfc-editor.org/rfc/rfc8305#section-5) has it. The connection that
//! stands first is used, and the other one is closed before anything was sent over it.

use std::time::Duration;

use crate::engine::addresses::Way;
use crate::engine::dc::{DcKey, Lane, LaneStage};
use crate::engine::{Engine, LinkId, Output};
use crate::mtproto;
use crate::runtime::Host;
use crate::time::{Mono, Now};

/// How long the first address has for itself.
pub(super) const HEAD_START: Duration = Duration::from_millis(250);

/// The second of two connections that are being made for one purpose.
#[derive(Debug)]
pub(super) struct Rival {
    way: Way,
    wire: mtproto::Link,
    stage: RivalStage,
}

#[derive(Debug)]
enum RivalStage {
    /// The first has its head start.
    Waiting(Mono),
    Opening(LinkId),
}

/// The ways to try in the `turn`th attempt: one, and the next of the other family if there is one.
pub(super) fn pick(ways: &[Way], turn: usize, several: bool) -> Option<(Way, Option<Way>)> {
    let at = turn.checked_rem(ways.len())?;
    let first = ways.get(at)?;
    let mut others = ways.iter().cycle().skip(at).take(ways.len());
    let rival = others.find(|way| several && is_six(way) != is_six(first));
    Some((first.clone(), rival.cloned()))
}

fn is_six(way: &Way) -> bool {
    matches!(way.endpoint.host, Host::Ip(ip) if ip.is_ipv6())
}

impl Rival {
    pub(super) fn new(now: Now, way: Way, wire: mtproto::Link) -> Self {
        Self {
            way,
            wire,
            stage: RivalStage::Waiting(now.mono + HEAD_START),
        }
    }

    /// When its turn comes.
    pub(super) fn time(&self) -> Option<Mono> {
        match self.stage {
            RivalStage::Waiting(at) => Some(at),
            RivalStage::Opening(_) => None,
        }
    }

    fn link(&self) -> Option<LinkId> {
        match self.stage {
            RivalStage::Waiting(_) => None,
            RivalStage::Opening(link) => Some(link),
        }
    }
}

impl Engine {
    /// Lets the second address have its turn, unless it has had it.
    pub(super) fn start_rival(&mut self, key: DcKey) {
        let link = LinkId(self.fresh_id());
        let Some(rival) = self.rival(key) else {
            return;
        };
        if rival.link().is_some() {
            return;
        }
        rival.stage = RivalStage::Opening(link);
        let to = rival.way.endpoint.clone();
        tracing::debug!(
            dc = key.dc.0,
            media = key.media,
            ?link,
            "connecting as well"
        );
        self.links.insert(link, key);
        self.outputs.push_back(Output::Connect(link, to));
    }

    /// One of the two stands: the other one is of no use any more.
    pub(super) fn win(&mut self, key: DcKey, link: LinkId) {
        let Some(lane) = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut()) else {
            return;
        };
        if !matches!(lane.stage, LaneStage::Connecting) {
            return;
        }
        let Some(rival) = lane.rival.take() else {
            return;
        };
        let loser = if rival.link() == Some(link) {
            Some(lane.replace(link, *rival))
        } else {
            rival.link()
        };
        if let Some(loser) = loser {
            self.links.remove(&loser);
            self.outputs.push_back(Output::Close(loser));
        }
    }

    /// One of the two could not be made. Returns whether the other goes on in its place.
    pub(super) fn outlives(&mut self, key: DcKey, link: LinkId, why: &str) -> bool {
        if self.rival(key).is_none() {
            return false;
        }
        // Without waiting for the rest of the head start.
        self.start_rival(key);
        let Some(dc) = self.dcs.get_mut(&key) else {
            return false;
        };
        let Some(lane) = &mut dc.lane else {
            return false;
        };
        let Some(rival) = lane.rival.take() else {
            return false;
        };
        let lost = match rival.link() {
            Some(other) if lane.link == link => {
                let lost = lane.way.endpoint.clone();
                lane.replace(other, *rival);
                lost
            }
            _ => rival.way.endpoint,
        };
        dc.trouble(lost, why.to_owned());
        dc.address = dc.address.wrapping_add(1);
        true
    }

    /// Gives the second connection up together with the first.
    pub(super) fn scratch(&mut self, key: DcKey, lane: &mut Lane, why: &str) {
        let Some(rival) = lane.rival.take() else {
            return;
        };
        let Some(link) = rival.link() else {
            return;
        };
        self.links.remove(&link);
        self.outputs.push_back(Output::Close(link));
        if let Some(dc) = self.dcs.get_mut(&key) {
            dc.trouble(rival.way.endpoint, why.to_owned());
            dc.address = dc.address.wrapping_add(1);
        }
    }

    fn rival(&mut self, key: DcKey) -> Option<&mut Rival> {
        self.dcs.get_mut(&key)?.lane.as_mut()?.rival.as_deref_mut()
    }
}

impl Lane {
    /// Goes on as the other connection. Returns the link that it was until now.
    fn replace(&mut self, link: LinkId, rival: Rival) -> LinkId {
        self.way = rival.way;
        self.wire = rival.wire;
        std::mem::replace(&mut self.link, link)
    }
}
