//! Searching messages: what a filter lets through, in one chat and in all of them.

use std::cmp::Reverse;

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::history::{self, Chat, Window};
use crate::fault::{Answer, Fault};
use crate::world::{Kind, Mentions, PeerKey, Stored, World};

pub(super) fn search(cx: &mut Cx<'_>, r: f::Search) -> Answer<types::messages::Messages> {
    let chat = match &r.peer {
        types::InputPeer::Empty => Chat::Own,
        peer => Chat::One(cx.peer(peer)?),
    };
    let unknown = |_| Fault::bad("FROM_PEER_INVALID");
    let from = r.from_id.as_ref().map(|from| cx.peer(from));
    let from = from.transpose().map_err(unknown)?;
    // In private chats the sender does not matter.
    let from = from.filter(|_| !matches!(chat, Chat::One(peer) if peer.0 > 0));
    let window = Window {
        offset_id: r.offset_id,
        offset_date: 0,
        add_offset: r.add_offset,
        limit: r.limit,
        max_id: r.max_id,
        min_id: r.min_id,
    };
    let mut wanted = Wanted::new(&r.q, r.filter, r.min_date, r.max_date);
    // A filter alone makes the server forget the dates.
    let alone = wanted.filter != types::MessagesFilter::InputMessagesFilterEmpty
        && wanted.text.is_empty()
        && from.is_none()
        && r.offset_id == 0;
    if alone {
        (wanted.min_date, wanted.max_date) = (0, 0);
    }
    let (world, me) = (&cx.server.world, cx.me);
    Ok(history::page(cx, chat, window, |m| {
        let by = from.is_none_or(|from| PeerKey::user(m.author) == from);
        by && wanted.takes(world, me, m)
    }))
}

pub(super) fn search_global(
    cx: &mut Cx<'_>,
    r: f::SearchGlobal,
) -> Answer<types::messages::Messages> {
    let unfiltered = r.filter == types::MessagesFilter::InputMessagesFilterEmpty;
    if r.q.trim().is_empty() && unfiltered {
        return Err(Fault::bad("SEARCH_QUERY_EMPTY"));
    }
    let after = match &r.offset_peer {
        types::InputPeer::Empty => PeerKey(i64::MAX),
        peer => cx.peer(peer)?,
    };
    let (world, me) = (&cx.server.world, cx.me);
    let wanted = Wanted::new(&r.q, r.filter, r.min_date, r.max_date);
    let place = |peer: PeerKey, m: &Stored| Reverse((m.date(), peer, m.id()));
    let mut found: Vec<(PeerKey, &Stored)> = Vec::new();
    for (peer, _) in world.chats(me) {
        let kind = match peer.kind() {
            Kind::User(_) => r.broadcasts_only || r.groups_only,
            Kind::Group(_) => r.broadcasts_only || r.users_only,
            Kind::Channel(id) => {
                let broadcast = world.channels.get(&id).is_some_and(|c| c.broadcast);
                r.users_only || (broadcast && r.groups_only) || (!broadcast && r.broadcasts_only)
            }
        };
        if !kind {
            let messages = world.history(me, peer).into_iter();
            let taken = messages.filter(|m| wanted.takes(world, me, m));
            found.extend(taken.map(|m| (peer, m)));
        }
    }
    found.sort_by_key(|(peer, m)| place(*peer, m));
    let count = i32::try_from(found.len()).unwrap_or(i32::MAX);
    let begins = r.offset_rate == 0 && r.offset_id == 0;
    let offset = Reverse((r.offset_rate, after, r.offset_id));
    let start = found.partition_point(|(peer, m)| !begins && place(*peer, m) <= offset);
    let limit = usize::try_from(r.limit).unwrap_or(0).min(history::PAGE);
    let page: Vec<_> = found.iter().skip(start).take(limit).collect();
    let more = start + page.len() < found.len();
    let next_rate = page.last().filter(|_| more).map(|(_, m)| m.date());
    let messages: Vec<_> = page.iter().map(|(_, m)| world.show(me, m)).collect();
    let (users, chats) = cx.people(&Mentions::of(&messages));
    if start == 0 && !more {
        return Ok(types::messages::MessagesData::new(messages, Vec::new(), chats, users).into());
    }
    let mut slice = types::messages::MessagesSlice::new(count, messages, Vec::new(), chats, users);
    slice.next_rate = next_rate;
    Ok(slice.into())
}

pub(super) fn get_counters(
    cx: &mut Cx<'_>,
    r: f::GetSearchCounters,
) -> Answer<Vec<types::messages::SearchCounter>> {
    let peer = cx.peer(&r.peer)?;
    let (world, me) = (&cx.server.world, cx.me);
    let history = world.history(me, peer);
    let count = |filter: types::MessagesFilter| {
        let passing = history.iter().filter(|m| passes(world, me, &filter, m));
        let count = i32::try_from(passing.count()).unwrap_or(i32::MAX);
        types::messages::SearchCounter::new(filter, count)
    };
    Ok(r.filters.into_iter().map(count).collect())
}

/// What a search is after, whichever chat it is in.
struct Wanted {
    /// In lower case.
    text: String,
    filter: types::MessagesFilter,
    min_date: i32,
    max_date: i32,
}

impl Wanted {
    fn new(text: &str, filter: types::MessagesFilter, min_date: i32, max_date: i32) -> Self {
        Self {
            text: text.trim().to_lowercase(),
            filter,
            min_date,
            max_date,
        }
    }

    fn takes(&self, world: &World, viewer: i64, m: &Stored) -> bool {
        // Neither bound belongs to what lies between them.
        let dated = (self.min_date == 0 || m.date() > self.min_date)
            && (self.max_date == 0 || m.date() < self.max_date);
        dated
            && m.text().to_lowercase().contains(&self.text)
            && passes(world, viewer, &self.filter, m)
    }
}

/// Whether a message is of the kind that a filter names.
fn passes(world: &World, viewer: i64, filter: &types::MessagesFilter, m: &Stored) -> bool {
    use types::MessagesFilter as F;
    let media = m.content().and_then(|c| c.media.as_ref());
    let is = Traits::of(media);
    match filter {
        F::InputMessagesFilterEmpty => true,
        F::InputMessagesFilterPhotos => is.photo,
        F::InputMessagesFilterVideo => is.film(),
        F::InputMessagesFilterPhotoVideo => is.photo || is.film(),
        F::InputMessagesFilterDocument => is.file(),
        F::InputMessagesFilterUrl => has_link(m),
        F::InputMessagesFilterGif => is.animated,
        F::InputMessagesFilterVoice => is.voice,
        F::InputMessagesFilterMusic => is.music,
        F::InputMessagesFilterRoundVoice => is.voice || is.round,
        F::InputMessagesFilterRoundVideo => is.round,
        F::InputMessagesFilterChatPhotos => {
            matches!(m.action(), Some(types::MessageAction::ChatEditPhoto(_)))
        }
        F::InputMessagesFilterPhoneCalls(calls) => match m.action() {
            Some(types::MessageAction::PhoneCall(call)) => {
                let missed = matches!(call.reason, Some(types::PhoneCallDiscardReason::Missed));
                missed || !calls.missed
            }
            _ => false,
        },
        F::InputMessagesFilterMyMentions => match world.show(viewer, m) {
            types::Message::Message(shown) => shown.mentioned,
            _ => false,
        },
        F::InputMessagesFilterGeo => matches!(
            media,
            Some(
                types::MessageMedia::Geo(_)
                    | types::MessageMedia::GeoLive(_)
                    | types::MessageMedia::Venue(_)
            )
        ),
        F::InputMessagesFilterContacts => matches!(media, Some(types::MessageMedia::Contact(_))),
        F::InputMessagesFilterPinned => m.content().is_some_and(|c| c.pinned),
        F::InputMessagesFilterPoll => matches!(media, Some(types::MessageMedia::Poll(_))),
    }
}

fn has_link(m: &Stored) -> bool {
    use types::MessageEntity as E;
    let entities = m.content().and_then(|c| c.entities.as_deref());
    let link = |e: &E| matches!(e, E::Url(_) | E::TextUrl(_));
    entities.unwrap_or_default().iter().any(link)
}

/// What an attached file is.
#[derive(Default)]
struct Traits {
    photo: bool,
    document: bool,
    video: bool,
    round: bool,
    animated: bool,
    voice: bool,
    music: bool,
    sticker: bool,
}

impl Traits {
    fn of(media: Option<&types::MessageMedia>) -> Self {
        use types::DocumentAttribute as A;
        let mut is = Self::default();
        match media {
            Some(types::MessageMedia::Photo(_)) => is.photo = true,
            Some(types::MessageMedia::Document(m)) => {
                is.document = true;
                let Some(types::Document::Document(document)) = &m.document else {
                    return is;
                };
                for attribute in &document.attributes {
                    match attribute {
                        A::Video(a) if a.round_message => is.round = true,
                        A::Video(_) => is.video = true,
                        A::Animated => is.animated = true,
                        A::Audio(a) if a.voice => is.voice = true,
                        A::Audio(_) => is.music = true,
                        A::Sticker(_) => is.sticker = true,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        is
    }

    /// A video to be watched, which animations and round ones are not.
    fn film(&self) -> bool {
        self.video && !self.animated
    }

    /// A document that is nothing else.
    fn file(&self) -> bool {
        let other = self.video || self.round || self.animated || self.voice || self.music;
        self.document && !other && !self.sticker
    }
}
