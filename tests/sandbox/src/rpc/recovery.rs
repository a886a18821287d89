//! The e-mail address of a password: confirming it, and replacing a lost password by it.

use telewire_schema::functions::{account as fa, auth as f};
use telewire_schema::types;

use super::auth::enter;
use super::context::Cx;
use super::password::{new_password, pattern, whose};
use crate::fault::{Answer, Fault};

/// Nothing waits for a code.
fn expired() -> Fault {
    Fault::bad("EMAIL_HASH_EXPIRED")
}

fn check_code(cx: &Cx<'_>, code: &str) -> Answer<()> {
    match code {
        "" => Err(Fault::bad("CODE_EMPTY")),
        code if code == cx.server.options.email_code => Ok(()),
        _ => Err(Fault::bad("CODE_INVALID")),
    }
}

pub(super) fn confirm_email(cx: &mut Cx<'_>, r: fa::ConfirmPasswordEmail) -> Answer<bool> {
    cx.my()?.unconfirmed.as_ref().ok_or_else(expired)?;
    check_code(cx, &r.code)?;
    let account = cx.my_mut()?;
    account.password = account.unconfirmed.take().map(|u| u.password);
    Ok(true)
}

pub(super) fn resend_email(cx: &mut Cx<'_>, _: fa::ResendPasswordEmail) -> Answer<bool> {
    cx.my()?.unconfirmed.as_ref().ok_or_else(expired)?;
    Ok(true)
}

pub(super) fn cancel_email(cx: &mut Cx<'_>, _: fa::CancelPasswordEmail) -> Answer<bool> {
    cx.my_mut()?.unconfirmed.take().ok_or_else(expired)?;
    Ok(true)
}

pub(super) fn request(
    cx: &mut Cx<'_>,
    _: f::RequestPasswordRecovery,
) -> Answer<types::auth::PasswordRecovery> {
    let id = whose(cx)?;
    let account = cx.server.world.account(id);
    let password = account
        .and_then(|a| a.password.as_ref())
        .ok_or_else(|| Fault::bad("PASSWORD_EMPTY"))?;
    let address = password
        .email
        .as_deref()
        .ok_or_else(|| Fault::bad("PASSWORD_RECOVERY_NA"))?;
    let sent = types::auth::PasswordRecovery::new(pattern(address));
    cx.server.pending.checks.recoveries.insert(id);
    Ok(sent)
}

pub(super) fn check(cx: &mut Cx<'_>, r: f::CheckRecoveryPassword) -> Answer<bool> {
    let id = whose(cx)?;
    if !cx.server.pending.checks.recoveries.contains(&id) {
        return Err(Fault::bad("PASSWORD_RECOVERY_EXPIRED"));
    }
    check_code(cx, &r.code)?;
    Ok(true)
}

pub(super) fn recover(
    cx: &mut Cx<'_>,
    r: f::RecoverPassword,
) -> Answer<types::auth::Authorization> {
    let code = f::CheckRecoveryPassword::new(r.code);
    check(cx, code)?;
    let id = whose(cx)?;
    let password = match r.new_settings {
        Some(new) => new_password(cx, id, new)?,
        None => None,
    };
    cx.server.pending.checks.recoveries.remove(&id);
    if let Some(account) = cx.server.world.accounts.get_mut(&id) {
        account.password = password;
    }
    enter(cx, id)
}
