//! Signing in by a QR code. See [login via QR code](https://core.telegram.org/api/qr-login).

use bytes::Bytes;
use telewire_core::time::Mono;
use telewire_schema::functions::auth as f;
use telewire_schema::types;
use telewire_schema::types::auth::LoginToken;

use super::account;
use super::auth::{check_app, enter};
use super::context::Cx;
use crate::fault::{Answer, Fault};

/// Tokens that are out, the oldest first.
#[derive(Default)]
pub(super) struct Tokens(Vec<Token>);

struct Token {
    bytes: Bytes,
    /// The permanent key that is to be signed in.
    key: i64,
    made: Mono,
    /// When it ends, in seconds since 1970.
    expires: i32,
    /// Who has accepted it.
    accepted: Option<i64>,
}

impl Tokens {
    /// Who has accepted such a token.
    fn accepted(&self, is: impl Fn(&Token) -> bool) -> Option<(i64, Bytes)> {
        let token = self.0.iter().find(|t| t.accepted.is_some() && is(t))?;
        Some((token.accepted?, token.bytes.clone()))
    }
}

pub(super) fn export(cx: &mut Cx<'_>, r: f::ExportLoginToken) -> Answer<LoginToken> {
    check_app(cx, r.api_id, &r.api_hash)?;
    let (owner, now) = (cx.owner, cx.now.mono);
    let accepted = cx.server.pending.tokens.accepted(|t| t.key == owner);
    if let Some((user, token)) = accepted {
        return arrive(cx, user, token);
    }
    let lifetime = cx.server.options.token_lifetime;
    let tokens = &mut cx.server.pending.tokens.0;
    // What expired an hour ago is nobody's any more; until then it is known to have expired.
    tokens.retain(|t| now.since(t.made) < lifetime * 120);
    let own = tokens
        .iter()
        .find(|t| t.key == owner && now.since(t.made) < lifetime);
    if let Some(token) = own {
        return Ok(types::auth::LoginTokenData::new(token.expires, token.bytes.clone()).into());
    }
    let bytes = Bytes::from(cx.server.rng.array::<32>().to_vec());
    let seconds = i32::try_from(lifetime.as_secs()).unwrap_or(i32::MAX);
    let expires = cx.date().saturating_add(seconds);
    cx.server.pending.tokens.0.push(Token {
        bytes: bytes.clone(),
        key: owner,
        made: now,
        expires,
        accepted: None,
    });
    Ok(types::auth::LoginTokenData::new(expires, bytes).into())
}

/// At the data centre that the account lives in, after another one has sent the client here.
pub(super) fn import(cx: &mut Cx<'_>, r: f::ImportLoginToken) -> Answer<LoginToken> {
    let known = find(cx, &r.token)?;
    let user = known
        .accepted
        .ok_or_else(|| Fault::bad("AUTH_TOKEN_INVALID"))?;
    arrive(cx, user, r.token)
}

pub(super) fn accept(cx: &mut Cx<'_>, r: f::AcceptLoginToken) -> Answer<types::Authorization> {
    let (me, date) = (cx.me, cx.date());
    let token = find(cx, &r.token)?;
    if token.accepted.is_some() {
        return Err(Fault::bad("AUTH_TOKEN_ALREADY_ACCEPTED"));
    }
    token.accepted = Some(me);
    let key = token.key;
    tell(cx, key);
    let device = cx.server.keys.get(&key).and_then(|k| k.device.as_ref());
    Ok(account::authorization(key, device, date, date))
}

fn find<'a>(cx: &'a mut Cx<'_>, bytes: &Bytes) -> Answer<&'a mut Token> {
    let (now, lifetime) = (cx.now.mono, cx.server.options.token_lifetime);
    let tokens = &mut cx.server.pending.tokens.0;
    let token = tokens.iter_mut().find(|t| t.bytes == *bytes);
    let token = token.ok_or_else(|| Fault::bad("AUTH_TOKEN_INVALIDX"))?;
    if now.since(token.made) < lifetime {
        Ok(token)
    } else {
        Err(Fault::bad("AUTH_TOKEN_EXPIRED"))
    }
}

/// Lets the client that shows the code know: it is not signed in, so this goes to the key's sessions.
fn tell(cx: &mut Cx<'_>, key: i64) {
    let update = types::UpdateShort::new(types::Update::LoginToken, cx.date());
    let body = super::boxed(&types::Updates::from(update));
    let keys = &cx.server.keys;
    let belongs = |id: i64| id == key || keys.get(&id).is_some_and(|k| k.bound_to == Some(key));
    for ((id, _), session) in &mut cx.server.sessions {
        if belongs(*id) && session.conn.is_some() {
            session.push(cx.now, body.clone());
        }
    }
}

/// Signs in with a token that was accepted, once; where the account does not live, the client is sent to its home.
fn arrive(cx: &mut Cx<'_>, user: i64, token: Bytes) -> Answer<LoginToken> {
    match cx.server.home(user) {
        Some(home) if home != cx.dc() => {
            Ok(types::auth::LoginTokenMigrateTo::new(home, token).into())
        }
        _ => {
            cx.server.pending.tokens.0.retain(|t| t.bytes != token);
            signed_in(cx, user)
        }
    }
}

fn signed_in(cx: &mut Cx<'_>, user: i64) -> Answer<LoginToken> {
    let account = cx.server.world.account(user);
    if account.is_some_and(|a| a.password.is_some()) {
        cx.key()?.half_signed = Some(user);
        return Err(Fault::unauthorized("SESSION_PASSWORD_NEEDED"));
    }
    Ok(types::auth::LoginTokenSuccess::new(enter(cx, user)?).into())
}
