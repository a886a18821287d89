//! `auth.*`: signing in and out. See [user authorization](https://core.telegram.org/api/auth).

use std::collections::BTreeMap;

use telewire_core::internals::{AuthKey, ige};
use telewire_core::time::Mono;
use telewire_schema::functions::auth as f;
use telewire_schema::types;

use super::authorizations::Export;
use super::context::Cx;
use super::guesses::{Guesses, Secret};
use super::password::{self, Checks};
use crate::fault::{Answer, Fault};

/// How many seconds a client has to wait before it may ask for the code in another way.
const RESEND_AFTER: i32 = 60;

/// Steps of signing in that wait for the next one.
#[derive(Default)]
pub(crate) struct Pending {
    /// By `phone_code_hash`.
    codes: BTreeMap<String, Code>,
    /// Exported authorizations, by the number that they are imported with.
    pub(super) exports: BTreeMap<i64, Export>,
    pub(super) checks: Checks,
    pub(super) guesses: Guesses,
    pub(super) tokens: super::login_token::Tokens,
}

struct Code {
    phone: String,
    /// The data centre that it was asked for at.
    dc: i32,
    sent: Mono,
    resent: bool,
    /// The right code was given, for a phone that nobody has yet.
    confirmed: bool,
}

pub(super) fn send_code(cx: &mut Cx<'_>, r: f::SendCode) -> Answer<types::auth::SentCode> {
    check_app(cx, r.api_id, &r.api_hash)?;
    let phone = normal_phone(&r.phone_number)?;
    let dc = cx.dc();
    let home = cx.server.home_of_phone(&phone);
    if home != dc {
        return Err(Fault::migrate("PHONE", home));
    }
    may_guess(cx, &Secret::Code(phone.clone()))?;
    let hash = format!("{:016x}", cx.server.rng.u64());
    let code = Code {
        phone: phone.clone(),
        dc,
        sent: cx.now.mono,
        resent: false,
        confirmed: false,
    };
    cx.server.pending.codes.insert(hash.clone(), code);
    let account = cx.server.world.by_phone(&phone).map(|a| a.id);
    let signed_in = account.filter(|id| cx.server.keys.values().any(|k| k.user == Some(*id)));
    let kind: types::auth::SentCodeType = match signed_in {
        Some(id) => {
            let code = cx.server.options.code.clone();
            cx.world().notify(
                id,
                &format!("Login code: {code}. Do not give this code to anyone."),
            );
            types::auth::SentCodeTypeApp::new(length(cx)).into()
        }
        None => types::auth::SentCodeTypeSms::new(length(cx)).into(),
    };
    let sent = types::auth::SentCodeData::new(kind, hash);
    let next = if signed_in.is_some() {
        types::auth::CodeType::Sms
    } else {
        types::auth::CodeType::Call
    };
    Ok(sent.next_type(next).timeout(RESEND_AFTER).into())
}

fn length(cx: &Cx<'_>) -> i32 {
    i32::try_from(cx.server.options.code.len()).unwrap_or(5)
}

pub(super) fn resend_code(cx: &mut Cx<'_>, r: f::ResendCode) -> Answer<types::auth::SentCode> {
    let now = cx.now.mono;
    let code = code(cx, &r.phone_number, &r.phone_code_hash)?;
    let wait = u64::try_from(RESEND_AFTER)
        .unwrap_or(0)
        .saturating_sub(now.since(code.sent).as_secs());
    if code.resent {
        return Err(Fault::bad("SEND_CODE_UNAVAILABLE"));
    }
    if wait > 0 {
        return Err(Fault::flood(u32::try_from(wait).unwrap_or(u32::MAX)));
    }
    code.resent = true;
    let kind = types::auth::SentCodeTypeCall::new(length(cx));
    Ok(types::auth::SentCodeData::new(kind, r.phone_code_hash).into())
}

pub(super) fn cancel_code(cx: &mut Cx<'_>, r: f::CancelCode) -> Answer<bool> {
    code(cx, &r.phone_number, &r.phone_code_hash)?;
    Ok(cx.server.pending.codes.remove(&r.phone_code_hash).is_some())
}

/// Refuses a guess where too many were wrong.
pub(super) fn may_guess(cx: &mut Cx<'_>, secret: &Secret) -> Answer<()> {
    let server = &mut *cx.server;
    server
        .pending
        .guesses
        .may(&server.options, secret, cx.now.mono)
}

/// The pending code of a phone.
fn code<'a>(cx: &'a mut Cx<'_>, phone: &str, hash: &str) -> Answer<&'a mut Code> {
    let phone = normal_phone(phone)?;
    if hash.is_empty() {
        return Err(Fault::bad("PHONE_CODE_HASH_EMPTY"));
    }
    let (now, lifetime) = (cx.now.mono, cx.server.options.code_lifetime);
    let dc = cx.dc();
    let code = cx
        .server
        .pending
        .codes
        .get_mut(hash)
        .filter(|c| c.phone == phone && c.dc == dc);
    code.filter(|c| now.since(c.sent) < lifetime)
        .ok_or_else(|| Fault::bad("PHONE_CODE_EXPIRED"))
}

pub(super) fn sign_in(cx: &mut Cx<'_>, r: f::SignIn) -> Answer<types::auth::Authorization> {
    let right = cx.server.options.code.clone();
    let given = r.phone_code.unwrap_or_default();
    let pending = code(cx, &r.phone_number, &r.phone_code_hash)?;
    if given.is_empty() {
        return Err(Fault::bad("PHONE_CODE_EMPTY"));
    }
    let phone = pending.phone.clone();
    let secret = Secret::Code(phone.clone());
    may_guess(cx, &secret)?;
    if given != right {
        cx.server.pending.guesses.wrong(secret, cx.now.mono);
        return Err(Fault::bad("PHONE_CODE_INVALID"));
    }
    cx.server.pending.guesses.right(&secret);
    code(cx, &phone, &r.phone_code_hash)?.confirmed = true;
    let Some(id) = cx.server.world.by_phone(&phone).map(|a| a.id) else {
        let terms = types::auth::AuthorizationSignUpRequired::new();
        return Ok(terms.terms_of_service(super::help::terms()).into());
    };
    cx.server.pending.codes.remove(&r.phone_code_hash);
    let has_password = cx
        .server
        .world
        .account(id)
        .is_some_and(|a| a.password.is_some());
    if has_password {
        cx.key()?.half_signed = Some(id);
        return Err(Fault::unauthorized("SESSION_PASSWORD_NEEDED"));
    }
    enter(cx, id)
}

pub(super) fn sign_up(cx: &mut Cx<'_>, r: f::SignUp) -> Answer<types::auth::Authorization> {
    let pending = code(cx, &r.phone_number, &r.phone_code_hash)?;
    if !pending.confirmed {
        return Err(Fault::bad("PHONE_CODE_INVALID"));
    }
    let phone = pending.phone.clone();
    let first = r.first_name.trim();
    if first.is_empty() || first.chars().count() > 64 {
        return Err(Fault::bad("FIRSTNAME_INVALID"));
    }
    if r.last_name.chars().count() > 64 {
        return Err(Fault::bad("LASTNAME_INVALID"));
    }
    if cx.server.world.by_phone(&phone).is_some() {
        return Err(Fault::bad("PHONE_NUMBER_OCCUPIED"));
    }
    cx.server.pending.codes.remove(&r.phone_code_hash);
    let dc = cx.dc();
    let id = cx.world().sign_up(&phone, first, r.last_name.trim(), dc);
    enter(cx, id)
}

/// The key belongs to `id` from now on.
pub(super) fn enter(cx: &mut Cx<'_>, id: i64) -> Answer<types::auth::Authorization> {
    let (date, owner) = (cx.date(), cx.owner);
    let key = cx.key()?;
    key.user = Some(id);
    key.half_signed = None;
    key.signed_at = date;
    key.login = owner;
    if let Some(account) = cx.world().accounts.get_mut(&id) {
        account.seen = date;
    }
    cx.me = id;
    let user = cx.server.world.user(id, id);
    Ok(types::auth::AuthorizationData::new(user).into())
}

pub(super) fn check_password(
    cx: &mut Cx<'_>,
    r: f::CheckPassword,
) -> Answer<types::auth::Authorization> {
    let id = cx
        .key()?
        .half_signed
        .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))?;
    password::check(cx, id, &r.password)?;
    enter(cx, id)
}

pub(super) fn import_bot(
    cx: &mut Cx<'_>,
    r: f::ImportBotAuthorization,
) -> Answer<types::auth::Authorization> {
    check_app(cx, r.api_id, &r.api_hash)?;
    let is_it =
        |a: &&crate::world::Account| a.bot.as_ref().is_some_and(|b| b.token == r.bot_auth_token);
    let bot = cx.server.world.accounts.values().find(is_it).map(|a| a.id);
    let bot = bot.ok_or_else(|| Fault::bad("ACCESS_TOKEN_INVALID"))?;
    lives_here(cx, bot)?;
    enter(cx, bot)
}

/// Sends whoever lives elsewhere there.
pub(super) fn lives_here(cx: &Cx<'_>, user: i64) -> Answer<()> {
    match cx.server.home(user) {
        Some(home) if home != cx.dc() => Err(Fault::migrate("USER", home)),
        _ => Ok(()),
    }
}

/// [Perfect forward secrecy](https://core.telegram.org/api/pfs): the temporary key stands for the permanent one.
pub(super) fn bind_temp_key(cx: &mut Cx<'_>, r: f::BindTempAuthKey) -> Answer<bool> {
    let (temp, session) = cx.at;
    let here = cx.server.keys.get(&temp).map_or(0, |k| k.dc);
    let invalid = || Fault::bad("ENCRYPTED_MESSAGE_INVALID");
    let permanent = cx
        .server
        .keys
        .get(&r.perm_auth_key_id)
        .filter(|k| k.dc == here)
        .ok_or_else(invalid)?;
    let inner = open_binding(&permanent.auth, &r.encrypted_message).ok_or_else(invalid)?;
    let fits = inner.nonce == r.nonce
        && inner.temp_auth_key_id == temp
        && inner.perm_auth_key_id == r.perm_auth_key_id
        && inner.temp_session_id == session
        && inner.expires_at == r.expires_at;
    if !fits {
        return Err(invalid());
    }
    let key = cx
        .server
        .keys
        .get_mut(&temp)
        .filter(|k| k.expires_at.is_some())
        .ok_or_else(invalid)?;
    key.bound_to = Some(r.perm_auth_key_id);
    Ok(true)
}

pub(super) fn drop_temp_keys(cx: &mut Cx<'_>, r: f::DropTempAuthKeys) -> Answer<bool> {
    let owner = cx.owner;
    let dropped = |(id, key): (&i64, &crate::keys::Key)| {
        (key.bound_to == Some(owner) && !r.except_auth_keys.contains(id)).then_some(*id)
    };
    let ids: Vec<i64> = cx.server.keys.iter().filter_map(dropped).collect();
    for id in ids {
        cx.server.drop_key(id);
    }
    Ok(true)
}

/// `bind_auth_key_inner`, in an MTProto 1.0 message under the permanent key.
fn open_binding(
    key: &AuthKey,
    sealed: &[u8],
) -> Option<telewire_schema::mtproto::types::BindAuthKeyInner> {
    use telewire_core::internals::hash::sha1;
    use telewire_schema::Deserialize as _;

    let (id, rest) = sealed.split_first_chunk::<8>()?;
    let (msg_key, data) = rest.split_first_chunk::<16>()?;
    if i64::from_le_bytes(*id) != key.id() {
        return None;
    }
    let mut data = data.to_vec();
    ige::decrypt(&old_secret(key, msg_key), &mut data).ok()?;
    let len = usize::try_from(i32::from_le_bytes(*data.get(28..)?.first_chunk()?)).ok()?;
    let message = data.get(..len.checked_add(32)?)?;
    if sha1(&[message])[4..] != *msg_key {
        return None;
    }
    telewire_schema::mtproto::types::BindAuthKeyInner::from_slice(message.get(32..)?).ok()
}

/// The [key derivation of MTProto 1.0](https://core.telegram.org/mtproto/description_v1), from the client.
fn old_secret(key: &AuthKey, msg_key: &[u8; 16]) -> telewire_core::internals::KeyIv {
    use telewire_core::internals::hash::sha1;

    let k = key.as_bytes();
    let a = sha1(&[msg_key, &k[..32]]);
    let b = sha1(&[&k[32..48], msg_key, &k[48..64]]);
    let c = sha1(&[&k[64..96], msg_key]);
    let d = sha1(&[msg_key, &k[96..128]]);
    let mut out = telewire_core::internals::KeyIv {
        key: [0; 32],
        iv: [0; 32],
    };
    out.key
        .copy_from_slice(&[&a[..8], &b[8..20], &c[4..16]].concat());
    out.iv
        .copy_from_slice(&[&a[8..20], &b[..8], &c[16..20], &d[..8]].concat());
    out
}

pub(super) fn check_app(cx: &Cx<'_>, api_id: i32, api_hash: &str) -> Answer<()> {
    let options = &cx.server.options;
    if api_id == options.api_id && api_hash == options.api_hash {
        Ok(())
    } else {
        Err(Fault::bad("API_ID_INVALID"))
    }
}

/// Digits only.
pub(super) fn normal_phone(phone: &str) -> Answer<String> {
    let digits: String = phone
        .chars()
        .filter(|c| !matches!(c, '+' | ' ' | '-' | '(' | ')'))
        .collect();
    let good = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if good {
        Ok(digits)
    } else {
        Err(Fault::bad("PHONE_NUMBER_INVALID"))
    }
}
