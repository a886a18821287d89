//! `stats.*`: figures about channels, which lie in a data centre of their own. See
//! [channel statistics](https://core.telegram.org/api/stats).

use telewire_schema::functions::stats as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::PeerKey;

pub(super) fn get_message_stats(
    cx: &mut Cx<'_>,
    r: f::GetMessageStats,
) -> Answer<types::stats::MessageStats> {
    let keeper = cx.server.options.stats_dc();
    if cx.dc() != keeper {
        return Err(Fault::migrate("STATS", keeper));
    }
    let id = cx.channel(&r.channel)?;
    let world = &cx.server.world;
    let channel = world.channels.get(&id);
    if !channel.is_some_and(|c| c.is_admin(cx.me)) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    if world
        .message(cx.me, PeerKey::channel(id), r.msg_id)
        .is_none()
    {
        return Err(Fault::bad("MESSAGE_ID_INVALID"));
    }
    let graph = |name: &str| {
        let json = format!(r#"{{"columns":[["x",0],["y0",1]],"names":{{"y0":"{name}"}}}}"#);
        types::StatsGraphData::new(types::DataJson::new(json))
    };
    Ok(types::stats::MessageStats::new(
        graph("Views"),
        graph("Reactions"),
    ))
}
