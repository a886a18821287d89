//! `updates.*`: what a client has missed. See [updates](https://core.telegram.org/api/updates).

use telewire_schema::functions::updates as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Event, Mentions, PeerKey, What, World};

/// The most events of a channel in one difference; the same for bots and people here.
const CHANNEL_PAGE: usize = 100;

pub(super) fn get_state(cx: &mut Cx<'_>, _: f::GetState) -> Answer<types::updates::State> {
    Ok(cx.server.world.state(cx.me))
}

pub(super) fn get_difference(
    cx: &mut Cx<'_>,
    r: f::GetDifference,
) -> Answer<types::updates::Difference> {
    let (me, date) = (cx.me, cx.date());
    let options = &cx.server.options;
    let (limit, slice) = (options.difference_limit, options.difference_slice);
    let total_limit = r
        .pts_total_limit
        .map_or(limit, |l| usize::try_from(l).unwrap_or(0).min(limit));
    let slice = r
        .pts_limit
        .map_or(slice, |l| usize::try_from(l).unwrap_or(0).clamp(1, slice));
    let journal = &cx.my()?.mailbox.journal;
    if r.pts <= 0 {
        return Err(Fault::bad("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if r.pts > journal.pts {
        return Err(Fault::bad("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let events = journal.since(r.pts);
    if events.len() > total_limit {
        return Ok(types::updates::DifferenceTooLong::new(journal.pts).into());
    }
    let page = &events[..events.len().min(slice)];
    let reached = page.last().map_or(journal.pts, |e| e.pts);
    let (world, account) = (&cx.server.world, cx.my()?);
    let found = |id: i32| account.mailbox.messages.get(&id).map(|m| world.show(me, m));
    let (new, mut other) = split(page, &found, |message, pts| {
        types::UpdateEditMessage::new(message, pts, 1).into()
    });
    let mut state = world.state(me);
    state.pts = reached;
    let complete = page.len() == events.len();
    // The other boxes follow once this one is through.
    let (told, seq) = if complete {
        let told: Vec<_> = account.told.since(r.qts).take(slice + 1).collect();
        let rest = told.len() > slice;
        let told = &told[..told.len().min(slice)];
        state.qts = told.last().map_or(account.told.qts, |(qts, _)| *qts);
        other.extend(told.iter().map(|(_, update)| (*update).clone()));
        other.extend(world.missed(me, r.date));
        other.extend(stale_channels(world, me, r.date));
        (!rest, state.seq)
    } else {
        (state.qts, state.date) = (r.qts, r.date);
        (true, state.seq)
    };
    if new.is_empty() && other.is_empty() {
        return Ok(types::updates::DifferenceEmpty::new(date, seq).into());
    }
    let mut mentions = Mentions::of(&new);
    mentions.add(&other);
    let (users, chats) = cx.people(&mentions);
    if complete {
        cx.world().caught_up(me, r.date);
    }
    if complete && told {
        let all = types::updates::DifferenceData::new(new, Vec::new(), other, chats, users, state);
        return Ok(all.into());
    }
    Ok(types::updates::DifferenceSlice::new(new, Vec::new(), other, chats, users, state).into())
}

/// Channels in which something has happened since; what it was is asked for one by one.
fn stale_channels(world: &World, me: i64, date: i32) -> Vec<types::Update> {
    let own = world.channels.values().filter(|c| c.member(me).is_some());
    let stale = own.filter(|c| c.journal.changed >= date);
    stale
        .map(|c| {
            types::UpdateChannelTooLong::new(c.id)
                .pts(c.journal.pts)
                .into()
        })
        .collect()
}

/// New messages, and everything else as updates.
fn split(
    events: &[Event],
    found: &dyn Fn(i32) -> Option<types::Message>,
    edited: impl Fn(types::Message, i32) -> types::Update,
) -> (Vec<types::Message>, Vec<types::Update>) {
    let (mut new, mut other) = (Vec::new(), Vec::new());
    for event in events {
        match &event.what {
            What::New(id) => new.extend(found(*id)),
            What::Edited(id) => other.extend(found(*id).map(|m| edited(m, event.pts))),
            What::Other(update) => other.push(update.clone()),
        }
    }
    (new, other)
}

pub(super) fn get_channel_difference(
    cx: &mut Cx<'_>,
    r: f::GetChannelDifference,
) -> Answer<types::updates::ChannelDifference> {
    let me = cx.me;
    let id = cx.channel(&r.channel)?;
    let limit_events = cx.server.options.difference_limit;
    let world = &cx.server.world;
    let channel = world
        .channels
        .get(&id)
        .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    let journal = &channel.journal;
    if r.pts <= 0 {
        return Err(Fault::bad("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if r.pts > journal.pts {
        return Err(Fault::bad("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let mut mentions = Mentions::default();
    mentions.channels.insert(id);
    mentions.brief = true;
    let events = journal.since(r.pts);
    if events.is_empty() {
        return Ok(types::updates::ChannelDifferenceEmpty::new(journal.pts)
            .final_(true)
            .timeout(30)
            .into());
    }
    if events.len() > limit_events {
        let peer = PeerKey::channel(id);
        let messages: Vec<types::Message> = world
            .history(me, peer)
            .into_iter()
            .rev()
            .take(20)
            .map(|m| world.show(me, m))
            .collect();
        mentions.add(&messages);
        let (users, chats) = cx.people(&mentions);
        let dialog = world
            .dialog(me, peer)
            .ok_or_else(|| Fault::bad("CHANNEL_PRIVATE"))?;
        let too_long =
            types::updates::ChannelDifferenceTooLong::new(dialog, messages, chats, users);
        return Ok(too_long.final_(true).timeout(30).into());
    }
    let limit = usize::try_from(r.limit).unwrap_or(0).clamp(1, CHANNEL_PAGE);
    let page = &events[..events.len().min(limit)];
    let reached = page.last().map_or(journal.pts, |e| e.pts);
    let found = |id: i32| channel.messages.get(&id).map(|m| world.show(me, m));
    let (new, other) = split(page, &found, |m, pts| {
        types::UpdateEditChannelMessage::new(m, pts, 1).into()
    });
    mentions.add(&new);
    mentions.add(&other);
    let (users, chats) = cx.people(&mentions);
    let last = page.len() == events.len();
    let difference = types::updates::ChannelDifferenceData::new(reached, new, other, chats, users);
    Ok(difference.final_(last).timeout(30).into())
}
