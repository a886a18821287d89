//! `account.*`, but for passwords.

use telewire_schema::functions::account as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::keys::Device;

pub(super) fn update_profile(cx: &mut Cx<'_>, r: f::UpdateProfile) -> Answer<types::User> {
    if r.first_name
        .as_deref()
        .is_some_and(|name| name.trim().is_empty() || name.chars().count() > 64)
    {
        return Err(Fault::bad("FIRSTNAME_INVALID"));
    }
    if r.about
        .as_deref()
        .is_some_and(|about| about.chars().count() > 70)
    {
        return Err(Fault::bad("ABOUT_TOO_LONG"));
    }
    let account = cx.my_mut()?;
    if let Some(name) = r.first_name {
        account.first_name = name.trim().to_owned();
    }
    if let Some(name) = r.last_name {
        account.last_name = name.trim().to_owned();
    }
    if let Some(about) = r.about {
        account.about = about;
    }
    name_changed(cx)
}

/// Tells the account's other sessions.
fn name_changed(cx: &mut Cx<'_>) -> Answer<types::User> {
    let (me, date) = (cx.me, cx.date());
    let account = cx.my()?;
    let (first, last) = (account.first_name.clone(), account.last_name.clone());
    let names = account
        .username
        .iter()
        .map(|n| types::Username::new(n.as_str()).editable(true).active(true))
        .collect();
    let update = types::UpdateUserName::new(me, first, last, names);
    cx.world().tell(me, date, vec![update.into()]);
    Ok(cx.server.world.user(me, me))
}

/// A public name has 5 to 32 letters, digits and underscores and begins with a letter.
pub(super) fn checked_username(name: &str) -> Answer<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let good = (5..=32).contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('_');
    if good {
        Ok(())
    } else {
        Err(Fault::bad("USERNAME_INVALID"))
    }
}

pub(super) fn check_username(cx: &mut Cx<'_>, r: f::CheckUsername) -> Answer<bool> {
    checked_username(&r.username)?;
    Ok(cx.server.world.by_username(&r.username).is_none())
}

pub(super) fn update_username(cx: &mut Cx<'_>, r: f::UpdateUsername) -> Answer<types::User> {
    let old = cx.my()?.username.clone().unwrap_or_default();
    if r.username == old {
        return Err(Fault::bad("USERNAME_NOT_MODIFIED"));
    }
    if !r.username.is_empty() {
        checked_username(&r.username)?;
        let own = old.eq_ignore_ascii_case(&r.username);
        if !own && cx.server.world.by_username(&r.username).is_some() {
            return Err(Fault::bad("USERNAME_OCCUPIED"));
        }
    }
    cx.my_mut()?.username = Some(r.username).filter(|n| !n.is_empty());
    name_changed(cx)
}

pub(super) fn update_status(cx: &mut Cx<'_>, r: f::UpdateStatus) -> Answer<bool> {
    let me = cx.me;
    cx.world().set_status(me, !r.offline);
    Ok(true)
}

pub(super) fn get_authorizations(
    cx: &mut Cx<'_>,
    _: f::GetAuthorizations,
) -> Answer<types::account::Authorizations> {
    let (me, home, date) = (cx.me, cx.home(), cx.date());
    let current = cx.key()?.login;
    let keys = cx.server.keys.values();
    // What was exported elsewhere is part of the same authorization.
    let own = keys.filter(|key| key.user == Some(me) && key.dc == home);
    let list = own
        .map(|key| {
            let is_current = key.login == current;
            let hash = if is_current { 0 } else { key.login };
            authorization(hash, key.device.as_ref(), key.signed_at, date).current(is_current)
        })
        .collect();
    Ok(types::account::Authorizations::new(180, list))
}

/// A device that is signed in, since when, and when it was last heard of.
pub(super) fn authorization(
    hash: i64,
    device: Option<&Device>,
    since: i32,
    heard: i32,
) -> types::Authorization {
    let device = device.cloned();
    let (model, system, app, api_id) =
        device.map_or_else(Default::default, |d| (d.model, d.system, d.app, d.api_id));
    types::Authorization::new(
        hash,
        model,
        "",
        system,
        api_id,
        "Sandbox",
        app,
        since,
        heard,
        "127.0.0.1",
        "Loopback",
        "",
    )
}

pub(super) fn reset_authorization(cx: &mut Cx<'_>, r: f::ResetAuthorization) -> Answer<bool> {
    let me = cx.me;
    let mut keys = cx.server.keys.values();
    if !keys.any(|key| key.login == r.hash && key.user == Some(me)) {
        return Err(Fault::bad("HASH_INVALID"));
    }
    cx.server.end_login(r.hash);
    Ok(true)
}

pub(super) fn register_device(_: &mut Cx<'_>, _: f::RegisterDevice) -> Answer<bool> {
    Ok(true)
}

pub(super) fn get_notify_settings(
    _: &mut Cx<'_>,
    _: f::GetNotifySettings,
) -> Answer<types::PeerNotifySettings> {
    Ok(types::PeerNotifySettings::new())
}

pub(super) fn update_notify_settings(_: &mut Cx<'_>, _: f::UpdateNotifySettings) -> Answer<bool> {
    Ok(true)
}
