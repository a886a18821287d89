//! Two-step verification. See [SRP](https://core.telegram.org/api/srp).

use std::collections::BTreeMap;

use telewire_core::internals::dh::KNOWN_PRIME;
use telewire_core::internals::srp::{Algorithm, Verification};
use telewire_schema::functions::account as f;
use telewire_schema::types;

use super::auth::may_guess;
use super::context::Cx;
use super::guesses;
use crate::fault::{Answer, Fault};
use crate::world::{Password, Secret};

/// Challenges that are out, by account.
#[derive(Default)]
pub(super) struct Checks(BTreeMap<i64, (i64, Verification)>);

const G: i32 = 3;

pub(super) fn get_password(cx: &mut Cx<'_>, _: f::GetPassword) -> Answer<types::account::Password> {
    let id = whose(cx)?;
    let salt = cx.server.rng.array::<8>().to_vec();
    let random = cx.server.rng.array::<64>().to_vec();
    let new_algo = algo(&salt, &cx.server.rng.array::<16>());
    let secure = types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000::new(salt);
    let mut out = types::account::Password::new(new_algo, secure, random);
    let Some(password) = cx.server.world.account(id).and_then(|a| a.password.clone()) else {
        return Ok(out);
    };
    let check = begin(cx, id, &password)?;
    let srp_id = cx.server.rng.i64();
    out.has_password = true;
    out.current_algo = Some(algo(&password.salt1, &password.salt2));
    out.srp_b = Some(check.public_value().to_vec().into());
    out.srp_id = Some(srp_id);
    out.hint = Some(password.hint).filter(|h| !h.is_empty());
    cx.server.pending.checks.0.insert(id, (srp_id, check));
    Ok(out)
}

/// The account in question: signed in, or about to be.
fn whose(cx: &mut Cx<'_>) -> Answer<i64> {
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
    let challenge = cx.server.pending.checks.0.remove(&id);
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

pub(super) fn get_settings(
    cx: &mut Cx<'_>,
    r: f::GetPasswordSettings,
) -> Answer<types::account::PasswordSettings> {
    let me = cx.me;
    check(cx, me, &r.password)?;
    Ok(types::account::PasswordSettings::new())
}

pub(super) fn update_settings(cx: &mut Cx<'_>, r: f::UpdatePasswordSettings) -> Answer<bool> {
    let me = cx.me;
    if cx.my()?.password.is_some() {
        check(cx, me, &r.password)?;
    }
    let new = r.new_settings;
    let Some(hash) = new.new_password_hash else {
        return Err(Fault::bad("NEW_SETTINGS_EMPTY"));
    };
    if hash.is_empty() {
        cx.my_mut()?.password = None;
        return Ok(true);
    }
    let Some(types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) =
        new.new_algo
    else {
        return Err(Fault::bad("NEW_SETTINGS_INVALID"));
    };
    if algo.salt1.len() < 8 + 32 {
        // The client has to add 32 bytes of its own.
        return Err(Fault::bad("NEW_SALT_INVALID"));
    }
    if hash.len() > 256 || algo.g != G || algo.p[..] != KNOWN_PRIME {
        return Err(Fault::bad("NEW_SETTINGS_INVALID"));
    }
    cx.my_mut()?.password = Some(Password {
        salt1: algo.salt1.to_vec(),
        salt2: algo.salt2.to_vec(),
        hint: new.hint.unwrap_or_default(),
        secret: Secret::Verifier(hash.to_vec()),
    });
    Ok(true)
}
