//! Requests: unwrapping, who may make them, and which function serves which.

mod account;
mod admin_log;
mod auth;
mod authorizations;
mod bots;
mod callbacks;
mod channels;
mod contacts;
mod context;
mod dialogs;
mod drafts;
mod edit;
mod flood;
mod folders;
mod groups;
mod guesses;
mod help;
mod history;
mod invites;
mod login_token;
mod markup;
mod media;
mod members;
mod messages;
mod password;
mod photos;
mod pins;
mod recovery;
mod routes;
mod search;
mod send;
mod settings;
mod stats;
mod takeout;
mod updates;
mod upload;
mod users;
mod wrappers;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use telewire_core::time::Now;
use telewire_schema::{Serialize, mtproto, name_of, types};

use crate::controls::Trouble;
use crate::fault::{Answer, Fault};
use crate::keys::Key;
use crate::server::Server;
use crate::session::Call;
use crate::world::{Draft, Mentions, PeerKey};

pub(crate) use auth::Pending;
pub(crate) use callbacks::Callbacks;
use context::Cx;
pub(crate) use flood::Flood;
pub use routes::SERVED;

/// The answer to a request, and what is to go wrong with it.
pub(crate) struct Served {
    pub(crate) body: Vec<u8>,
    pub(crate) trouble: Option<Trouble>,
    /// The answer has this long to come by another way; only then is it the body.
    pub(crate) hold: Option<Duration>,
}

/// Runs a request, or refuses it.
pub(crate) fn serve(server: &mut Server, now: Now, at: (i64, i64), call: &Call) -> Served {
    let (mut trouble, mut hold) = (None, None);
    let body = match attempt(server, now, at, call, &mut trouble, &mut hold) {
        Ok(body) => body,
        Err(Fault { code, name }) => boxed(&mtproto::types::RpcError::new(code, name)),
    };
    Served {
        body,
        trouble,
        hold,
    }
}

fn attempt(
    server: &mut Server,
    now: Now,
    at: (i64, i64),
    call: &Call,
    trouble: &mut Option<Trouble>,
    hold: &mut Option<Duration>,
) -> Answer<Vec<u8>> {
    let owner = owner_of(server, at.0)?;
    let request = wrappers::unwrap(&call.body)?;
    wrappers::apply(server, at, owner, &request)?;
    let id = request.id();
    let method = name_of(id).filter(|_| routes::is_method(id));
    let method = method.ok_or_else(|| Fault::bad("INPUT_METHOD_INVALID"))?;
    let ordered = server.controls.next(method);
    *trouble = ordered.or_else(|| server.faults.as_mut()?.trouble());
    match trouble {
        Some(Trouble::Refuse(fault)) => return Err(fault.clone()),
        Some(Trouble::CloseBefore) => return Ok(Vec::new()),
        _ => {}
    }
    let me = may(server, owner, method)?;
    let account = server.world.account(me);
    let (premium, takeout) = account.map_or((false, None), |a| (a.premium, a.takeout));
    match request.takeout {
        Some(id) if takeout != Some(id) => return Err(Fault::bad("TAKEOUT_INVALID")),
        // An export may read more than that.
        Some(_) => {}
        None => {
            let asker = (me, premium);
            server
                .floods
                .count(&server.options, asker, method, now.mono)?;
        }
    }
    server.world.now = seconds(now);
    server.world.lapse();
    server.world.origin = Some(at);
    server.world.asker = owner;
    let mut cx = Cx::new(server, now, (at, call.msg_id), owner, me);
    cx.takeout = request.takeout;
    let result = routes::route(&mut cx, id, &request.body);
    *hold = cx.hold;
    let random_ids = std::mem::take(&mut cx.random_ids);
    // What was not understood, or was done before, has not been run; what was refused for what it asks has been.
    let skipped = ["INPUT_FETCH_FAIL", "METHOD_INVALID", "RANDOM_ID_DUPLICATE"];
    if !matches!(&result, Err(fault) if skipped.contains(&fault.name.as_str())) {
        server.controls.ran(method, &random_ids);
    }
    server.dirty = true;
    result
}

/// The permanent key behind a key.
fn owner_of(server: &Server, key_id: i64) -> Answer<i64> {
    let key = server
        .keys
        .get(&key_id)
        .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))?;
    if key.is_duplicated {
        return Err(Fault::new(406, "AUTH_KEY_DUPLICATED"));
    }
    Ok(key.bound_to.unwrap_or(key_id))
}

/// The user that a key speaks for.
pub(crate) fn user_of(keys: &BTreeMap<i64, Key>, key: &Key) -> Option<i64> {
    match key.bound_to {
        Some(owner) => keys.get(&owner)?.user,
        None => key.user,
    }
}

/// Methods that anybody may call.
fn is_public(method: &str) -> bool {
    let namespace = method.split('.').next();
    let for_users = ["auth.exportAuthorization", "auth.acceptLoginToken"];
    matches!(namespace, Some("auth" | "help" | "langpack")) && !for_users.contains(&method)
}

/// Who makes the request, zero for nobody, once it is clear that they may.
fn may(server: &Server, owner: i64, method: &str) -> Answer<i64> {
    let key = server
        .keys
        .get(&owner)
        .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))?;
    let Some(me) = key.user else {
        let with_code = key.half_signed.is_some() && method == "account.getPassword";
        return match () {
            () if is_public(method) || with_code => Ok(0),
            () if key.half_signed.is_some() => Err(Fault::unauthorized("SESSION_PASSWORD_NEEDED")),
            () => {
                let why = server.world.ended.get(&owner);
                let name = why.map_or("AUTH_KEY_UNREGISTERED", String::as_str);
                Err(Fault::unauthorized(name))
            }
        };
    };
    server.check_home(key, me, method)?;
    match (usable_by(method), server.world.is_bot(me)) {
        ("user", true) => Err(Fault::bad("BOT_METHOD_INVALID")),
        ("bot", false) => Err(Fault::bad("USER_BOT_REQUIRED")),
        _ => Ok(me),
    }
}

/// `user`, `bot`, `both` or nothing known, from the published table.
fn usable_by(method: &str) -> &'static str {
    static TABLE: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let rows = include_str!("../../../../schema/methods.csv")
            .lines()
            .skip(1);
        rows.filter_map(|row| row.split_once(','))
            .map(|(name, rest)| (name, rest.split(',').next().unwrap_or("")))
            .collect()
    });
    table.get(method).copied().unwrap_or("")
}

/// Seconds since 1970, as dates are.
pub(crate) fn seconds(now: Now) -> i32 {
    i32::try_from(now.wall.secs()).unwrap_or(i32::MAX)
}

pub(crate) fn boxed(value: &impl Serialize) -> Vec<u8> {
    value.to_bytes()
}

/// Posts a service message and returns it as the answer.
fn announce(
    cx: &mut Cx<'_>,
    peer: PeerKey,
    action: impl Into<types::MessageAction>,
) -> Answer<types::Updates> {
    let (me, date) = (cx.me, cx.date());
    let draft = Draft::service(me, peer, action.into());
    let posted = cx.world().post(date, draft)?;
    Ok(send::sent(cx, peer, &[(0, posted)]))
}

/// These users and that chat, as the asker sees them.
fn people(
    cx: &Cx<'_>,
    users: impl IntoIterator<Item = i64>,
    peer: PeerKey,
) -> (Vec<types::User>, Vec<types::Chat>) {
    let mut mentions = Mentions::of(&peer.peer());
    mentions.users.extend(users);
    cx.people(&mentions)
}

/// "You have missed something."
pub(crate) fn too_long() -> Vec<u8> {
    boxed(&types::Updates::TooLong)
}
