//! Exports of an account's data. See [takeout](https://core.telegram.org/api/takeout).

use telewire_schema::functions::{account as f, channels, contacts, messages};
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::Mentions;

/// Begins a takeout. Where other sessions are to be asked first, it has to wait for their time to object.
pub(super) fn init(cx: &mut Cx<'_>, _: f::InitTakeoutSession) -> Answer<types::account::Takeout> {
    let (me, now) = (cx.me, cx.date());
    let delay = cx.server.options.takeout_delay;
    let delay = i32::try_from(delay.as_secs()).unwrap_or(i32::MAX);
    let asked = *cx.my_mut()?.takeout_asked.get_or_insert(now);
    let wait = asked.saturating_add(delay).saturating_sub(now);
    if wait > 0 {
        return Err(Fault::new(420, format!("TAKEOUT_INIT_DELAY_{wait}")));
    }
    let unique = i64::try_from(cx.world().unique()).unwrap_or(i64::MAX);
    let id = cx.server.world.number("takeout", &[me, unique]);
    cx.my_mut()?.takeout = Some(id);
    Ok(types::account::Takeout::new(id))
}

pub(super) fn finish(cx: &mut Cx<'_>, _: f::FinishTakeoutSession) -> Answer<bool> {
    required(cx)?;
    let account = cx.my_mut()?;
    (account.takeout, account.takeout_asked) = (None, None);
    Ok(true)
}

/// Some requests make sense in a takeout only.
fn required(cx: &Cx<'_>) -> Answer<()> {
    match cx.takeout {
        Some(_) => Ok(()),
        None => Err(Fault::forbidden("TAKEOUT_REQUIRED")),
    }
}

pub(super) fn get_saved(
    cx: &mut Cx<'_>,
    _: contacts::GetSaved,
) -> Answer<Vec<types::SavedPhoneContact>> {
    required(cx)?;
    let (world, date) = (&cx.server.world, cx.date());
    let saved = cx.my()?.contacts.iter().filter_map(|(id, (first, last))| {
        let phone = world.account(*id)?.phone.clone()?;
        let (first, last) = (first.as_str(), last.as_str());
        Some(types::SavedPhoneContact::new(phone, first, last, date))
    });
    Ok(saved.collect())
}

pub(super) fn get_ranges(
    cx: &mut Cx<'_>,
    _: messages::GetSplitRanges,
) -> Answer<Vec<types::MessageRange>> {
    required(cx)?;
    let last = cx.my()?.mailbox.last_id;
    Ok(vec![types::MessageRange::new(1, last)])
}

pub(super) fn get_left(
    cx: &mut Cx<'_>,
    r: channels::GetLeftChannels,
) -> Answer<types::messages::Chats> {
    required(cx)?;
    let me = cx.me;
    let left = cx.server.world.channels.values();
    let left = left.filter(|c| c.members.get(&me).is_some_and(|m| m.left && !m.banned));
    let skipped = left.skip(usize::try_from(r.offset).unwrap_or(0));
    let mut mentions = Mentions::default();
    mentions.channels.extend(skipped.take(100).map(|c| c.id));
    let (_, chats) = cx.people(&mentions);
    Ok(types::messages::ChatsData::new(chats).into())
}
