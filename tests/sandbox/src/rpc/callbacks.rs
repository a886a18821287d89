//! Buttons that are pressed, and bots that are started.

use std::collections::BTreeMap;
use std::time::Duration;

use telewire_core::time::Mono;
use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::{boxed, send};
use crate::fault::{Answer, Fault};
use crate::world::{Draft, Kind, PeerKey, Stored};

/// How long a bot may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest parameter that a bot is started with.
const PARAMETER: usize = 64;

/// Buttons that were pressed, by the query that the bot was told of.
#[derive(Default)]
pub(crate) struct Callbacks {
    open: BTreeMap<i64, Waiting>,
}

/// Who waits for the answer to a button.
struct Waiting {
    bot: i64,
    until: Mono,
    /// Key and session, and the request there.
    at: (i64, i64),
    request: i64,
}

/// The answer is what the bot says; until then it is the one for bots that say nothing.
pub(super) fn get_answer(
    cx: &mut Cx<'_>,
    r: f::GetBotCallbackAnswer,
) -> Answer<types::messages::BotCallbackAnswer> {
    let peer = cx.peer(&r.peer)?;
    let me = cx.me;
    let world = &cx.server.world;
    let missing = || Fault::bad("MESSAGE_ID_INVALID");
    let stored = world.message(me, peer, r.msg_id).ok_or_else(missing)?;
    let bot = stored.author;
    if !world.is_bot(bot) {
        return Err(missing());
    }
    let data = r.data.ok_or_else(|| Fault::bad("DATA_INVALID"))?;
    if !has_button(stored, &data) {
        return Err(Fault::bad("DATA_INVALID"));
    }
    let (theirs, id) = match peer.kind() {
        Kind::User(_) => {
            let id = world.twin(bot, stored.unique).ok_or_else(missing)?;
            (PeerKey::user(me), id)
        }
        Kind::Group(_) => (peer, world.twin(bot, stored.unique).ok_or_else(missing)?),
        Kind::Channel(_) => (peer, stored.id()),
    };
    let instance = world.number("instance", &[bot, peer.0]);
    let query = cx.server.rng.i64();
    let mut update = types::UpdateBotCallbackQuery::new(query, me, theirs.peer(), id, instance);
    update.data = Some(data);
    let date = cx.date();
    cx.world().tell(bot, date, vec![update.into()]);
    let now = cx.now.mono;
    let waiting = Waiting {
        bot,
        until: now + PATIENCE,
        at: cx.at,
        request: cx.request,
    };
    let open = &mut cx.server.callbacks.open;
    open.retain(|_, waiting| waiting.until > now);
    open.insert(query, waiting);
    cx.hold = Some(PATIENCE);
    Err(Fault::bad("BOT_RESPONSE_TIMEOUT"))
}

fn has_button(stored: &Stored, data: &[u8]) -> bool {
    let Some(types::ReplyMarkup::ReplyInlineMarkup(markup)) =
        stored.content().and_then(|m| m.reply_markup.as_ref())
    else {
        return false;
    };
    let mut buttons = markup.rows.iter().flat_map(|row| &row.buttons);
    buttons.any(|b| matches!(&b.type_, types::InlineButtonType::Callback(c) if c.data == data))
}

pub(super) fn set_answer(cx: &mut Cx<'_>, r: f::SetBotCallbackAnswer) -> Answer<bool> {
    let me = cx.me;
    let invalid = || Fault::bad("QUERY_ID_INVALID");
    if r.message.as_ref().is_some_and(|m| m.chars().count() > 200) {
        return Err(Fault::bad("MESSAGE_TOO_LONG"));
    }
    let open = &mut cx.server.callbacks.open;
    let waiting = match open.get(&r.query_id) {
        Some(waiting) if waiting.bot == me => open.remove(&r.query_id).ok_or_else(invalid)?,
        _ => return Err(invalid()),
    };
    let mut answer = types::messages::BotCallbackAnswer::new(r.cache_time);
    answer.alert = r.alert;
    answer.message = r.message;
    answer.has_url = r.url.is_some();
    answer.url = r.url;
    let (now, settings) = (cx.now, cx.server.settings());
    let session = cx
        .server
        .sessions
        .get_mut(&waiting.at)
        .ok_or_else(invalid)?;
    if !session.release(now, waiting.request, boxed(&answer), settings) {
        return Err(invalid());
    }
    Ok(true)
}

pub(super) fn start_bot(cx: &mut Cx<'_>, r: f::StartBot) -> Answer<types::Updates> {
    cx.random_ids.push(r.random_id);
    let (bot, peer) = (cx.user(&r.bot)?, cx.peer(&r.peer)?);
    let world = &cx.server.world;
    if !world.is_bot(bot) {
        return Err(Fault::bad("BOT_INVALID"));
    }
    let parameter = r.start_param.as_str();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if parameter.is_empty() {
        return Err(Fault::bad("START_PARAM_EMPTY"));
    }
    if parameter.len() > PARAMETER {
        return Err(Fault::bad("START_PARAM_TOO_LONG"));
    }
    if !parameter.chars().all(plain) {
        return Err(Fault::bad("START_PARAM_INVALID"));
    }
    let command = match peer.kind() {
        Kind::User(id) if id == bot => "/start".to_owned(),
        Kind::User(_) => return Err(Fault::bad("PEER_ID_INVALID")),
        _ => {
            let name = world.account(bot).and_then(|a| a.username.clone());
            format!("/start@{}", name.unwrap_or_default())
        }
    };
    let text = format!("{command} {parameter}");
    let mut draft = Draft::text(cx.me, peer, &text);
    draft.entities = crate::entities::parse(&text, Vec::new());
    draft.random_id = Some(r.random_id);
    let posted = send::post(cx, draft)?;
    Ok(send::sent(cx, peer, &[(r.random_id, posted)]))
}
