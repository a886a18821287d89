//! Two-step verification. See [SRP](https://core.telegram.org/api/srp).

use std::collections::{BTreeMap, BTreeSet};

use telewire_core::internals::dh::KNOWN_PRIME;
use telewire_core::internals::srp::{Algorithm, Verification};
use telewire_schema::functions::account as f;
use telewire_schema::types;

use super::auth::may_guess;
use super::context::Cx;
use super::guesses;
use crate::fault::{Answer, Fault};
use crate::world::{Password, Secret, Unconfirmed};

/// Challenges that are out, and salts that new passwords may be made with, by account.
#[derive(Default)]
pub(super) struct Checks {
    challenges: BTreeMap<i64, (i64, Verification)>,
    salts: BTreeMap<i64, (Vec<u8>, Vec<u8>)>,
    /// Whose password is being replaced by a code that was sent by mail.
    pub(super) recoveries: BTreeSet<i64>,
}

const G: i32 = 3;

pub(super) fn get_password(cx: &mut Cx<'_>, _: f::GetPassword) -> Answer<types::account::Password> {
    let id = whose(cx)?;
    let salt = cx.server.rng.array::<8>().to_vec();
    let random = cx.server.rng.array::<64>().to_vec();
    let salt2 = cx.server.rng.array::<16>().to_vec();
    let new_algo = algo(&salt, &salt2);
    let salts = (salt.clone(), salt2);
    cx.server.pending.checks.salts.insert(id, salts);
    let secure = types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000::new(salt);
    let mut out = types::account::Password::new(new_algo, secure, random);
    let account = cx.server.world.account(id);
    out.email_unconfirmed_pattern = account
        .and_then(|a| a.unconfirmed.as_ref()?.password.email.as_deref())
        .map(pattern);
    let Some(password) = cx.server.world.account(id).and_then(|a| a.password.clone()) else {
        return Ok(out);
    };
    let check = begin(cx, id, &password)?;
    let srp_id = cx.server.rng.i64();
    out.has_password = true;
    out.has_recovery = password.email.is_some();
    out.current_algo = Some(algo(&password.salt1, &password.salt2));
    out.srp_b = Some(check.public_value().to_vec().into());
    out.srp_id = Some(srp_id);
    out.hint = Some(password.hint).filter(|h| !h.is_empty());
    cx.server
        .pending
        .checks
        .challenges
        .insert(id, (srp_id, check));
    Ok(out)
}

/// The account in question: signed in, or about to be.
pub(super) fn whose(cx: &mut Cx<'_>) -> Answer<i64> {
    let key = cx.key()?;
    key.user
        .or(key.half_signed)
        .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))
}

fn algo(salt1: &[u8], salt2: &[u8]) -> types::PasswordKdfAlgo {
    types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow::new(
        salt1.to_vec(),
        salt2.to_vec(),
        G,
        KNOWN_PRIME.to_vec(),
    )
    .into()
}

fn begin(cx: &mut Cx<'_>, id: i64, password: &Password) -> Answer<Verification> {
    let broken = |_| Fault::new(500, "SRP_FAILED");
    let algorithm = Algorithm {
        salt1: password.salt1.clone(),
        salt2: password.salt2.clone(),
        g: G,
        p: KNOWN_PRIME.to_vec(),
    };
    let rng = &mut cx.server.rng;
    let verifier = match &password.secret {
        Secret::Verifier(v) => v.clone(),
        Secret::Plain(text) => {
            let made = algorithm
                .verifier(text.as_bytes(), rng)
                .map_err(broken)?
                .to_vec();
            if let Some(own) = cx
                .server
                .world
                .accounts
                .get_mut(&id)
                .and_then(|a| a.password.as_mut())
            {
                own.secret = Secret::Verifier(made.clone());
            }
            made
        }
    };
    let mut padded = [0; 256];
    let start = padded
        .len()
        .checked_sub(verifier.len())
        .ok_or_else(|| Fault::bad("NEW_SETTINGS_INVALID"))?;
    padded[start..].copy_from_slice(&verifier);
    Verification::new(algorithm, padded, &mut cx.server.rng).map_err(broken)
}

/// Checks the answer to a challenge, which is used up by it.
pub(super) fn check(cx: &mut Cx<'_>, id: i64, answer: &types::InputCheckPasswordSrp) -> Answer<()> {
    let types::InputCheckPasswordSrp::InputCheckPasswordSrp(answer) = answer else {
        return Err(Fault::bad("PASSWORD_HASH_INVALID"));
    };
    let secret = guesses::Secret::Password(id);
    may_guess(cx, &secret)?;
    let challenge = cx.server.pending.checks.challenges.remove(&id);
    let (_, check) = challenge
        .filter(|(srp_id, _)| *srp_id == answer.srp_id)
        .ok_or_else(|| Fault::bad("SRP_ID_INVALID"))?;
    if check.accepts(&answer.a, &answer.m1) {
        cx.server.pending.guesses.right(&secret);
        Ok(())
    } else {
        cx.server.pending.guesses.wrong(secret, cx.now.mono);
        Err(Fault::bad("PASSWORD_HASH_INVALID"))
    }
}

/// Most of an address hidden: `a***@example.org`.
pub(super) fn pattern(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    let first = name.chars().next().map(String::from).unwrap_or_default();
    format!("{first}***@{host}")
}

pub(super) fn get_settings(
    cx: &mut Cx<'_>,
    r: f::GetPasswordSettings,
) -> Answer<types::account::PasswordSettings> {
    let me = cx.me;
    check(cx, me, &r.password)?;
    let mut settings = types::account::PasswordSettings::new();
    settings.email = cx.my()?.password.as_ref().and_then(|p| p.email.clone());
    Ok(settings)
}

pub(super) fn update_settings(cx: &mut Cx<'_>, r: f::UpdatePasswordSettings) -> Answer<bool> {
    let me = cx.me;
    if cx.my()?.password.is_some() {
        check(cx, me, &r.password)?;
    }
    let new = r.new_settings;
    let email = match new.email.clone() {
        Some(address) if !is_address(&address) => return Err(Fault::bad("EMAIL_INVALID")),
        other => other,
    };
    if new.new_password_hash.is_none() && email.is_none() {
        return Err(Fault::bad("NEW_SETTINGS_EMPTY"));
    }
    let changed = new_password(cx, me, new)?;
    let Some(mut password) = changed else {
        let account = cx.my_mut()?;
        (account.password, account.unconfirmed) = (None, None);
        return Ok(true);
    };
    match email {
        None => {
            let account = cx.my_mut()?;
            (account.password, account.unconfirmed) = (Some(password), None);
            Ok(true)
        }
        Some(address) => {
            password.email = Some(address);
            cx.my_mut()?.unconfirmed = Some(Unconfirmed { password });
            let length = cx.server.options.email_code.len();
            Err(Fault::bad(format!("EMAIL_UNCONFIRMED_{length}")))
        }
    }
}

/// What the settings make of an account's password; `None` removes it.
pub(super) fn new_password(
    cx: &mut Cx<'_>,
    id: i64,
    new: types::account::PasswordInputSettings,
) -> Answer<Option<Password>> {
    let invalid = || Fault::bad("NEW_SETTINGS_INVALID");
    let old = cx.server.world.account(id).and_then(|a| a.password.clone());
    let Some(hash) = new.new_password_hash else {
        // Only the address changes, which nobody without a password has.
        return old.map(Some).ok_or_else(invalid);
    };
    if hash.is_empty() {
        return Ok(None);
    }
    let Some(types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) =
        new.new_algo
    else {
        return Err(invalid());
    };
    let (salt1, salt2) = cx
        .server
        .pending
        .checks
        .salts
        .get(&id)
        .cloned()
        .ok_or_else(|| Fault::bad("NEW_SALT_INVALID"))?;
    // The client adds 32 bytes of its own to the salt that it was given last.
    let own = algo.salt1.strip_prefix(&salt1[..]);
    if own.is_none_or(|own| own.len() != 32) || algo.salt2[..] != salt2 {
        return Err(Fault::bad("NEW_SALT_INVALID"));
    }
    if hash.len() != 256 || algo.g != G || algo.p[..] != KNOWN_PRIME {
        return Err(invalid());
    }
    cx.server.pending.checks.salts.remove(&id);
    Ok(Some(Password {
        salt1: algo.salt1.to_vec(),
        salt2,
        hint: new.hint.unwrap_or_default(),
        secret: Secret::Verifier(hash.to_vec()),
        email: old.and_then(|p| p.email),
    }))
}

fn is_address(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
