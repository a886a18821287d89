//! What becomes of authorizations: exported to other data centres, ended. See
//! [authorization export](https://core.telegram.org/api/datacenter#authorization-transfer).

use bytes::Bytes;
use telewire_schema::functions::auth as f;
use telewire_schema::types;

use super::auth::enter;
use super::context::Cx;
use crate::fault::{Answer, Fault};

/// An authorization on its way to another data centre.
pub(super) struct Export {
    user: i64,
    /// The sign-in that it is part of.
    login: i64,
    to: i32,
    bytes: Bytes,
}

/// At home this ends the authorization, with all that was exported of it; elsewhere only what was imported there.
pub(super) fn log_out(cx: &mut Cx<'_>, _: f::LogOut) -> Answer<types::auth::LoggedOut> {
    let at_home = cx.me != 0 && cx.home() == cx.dc();
    let key = cx.key()?;
    let login = key.login;
    key.user = None;
    key.half_signed = None;
    if at_home {
        cx.server.end_login(login);
    }
    Ok(types::auth::LoggedOut::new())
}

pub(super) fn reset_authorizations(cx: &mut Cx<'_>, _: f::ResetAuthorizations) -> Answer<bool> {
    let (me, own) = (cx.me, cx.key()?.login);
    for key in cx.server.keys.values_mut() {
        if key.user == Some(me) && key.login != own {
            key.user = None;
        }
    }
    Ok(true)
}

/// Only a key that has signed in itself, or lives where the account does, has something to export.
pub(super) fn export(
    cx: &mut Cx<'_>,
    r: f::ExportAuthorization,
) -> Answer<types::auth::ExportedAuthorization> {
    let (here, home, owner) = (cx.dc(), cx.home(), cx.owner);
    let login = cx.key()?.login;
    if here != home && login != owner {
        return Err(Fault::migrate("USER", home));
    }
    if r.dc_id == here || !cx.server.options.all_dcs().contains(&r.dc_id) {
        return Err(Fault::bad("DC_ID_INVALID"));
    }
    let bytes = Bytes::from(cx.server.rng.array::<32>().to_vec());
    let id = cx.server.rng.i64();
    let export = Export {
        user: cx.me,
        login,
        to: r.dc_id,
        bytes: bytes.clone(),
    };
    cx.server.pending.exports.insert(id, export);
    Ok(types::auth::ExportedAuthorization::new(id, bytes))
}

pub(super) fn import(
    cx: &mut Cx<'_>,
    r: f::ImportAuthorization,
) -> Answer<types::auth::Authorization> {
    let here = cx.dc();
    let invalid = || Fault::bad("AUTH_BYTES_INVALID");
    let known = cx.server.pending.exports.get(&r.id);
    let good = known.is_some_and(|e| e.to == here && e.bytes == r.bytes);
    let export = cx.server.pending.exports.remove(&r.id).filter(|_| good);
    let Export { user, login, .. } = export.ok_or_else(invalid)?;
    // It may have been ended in the meantime.
    let alive = cx
        .server
        .keys
        .values()
        .any(|k| k.user == Some(user) && k.login == login);
    if !alive {
        return Err(invalid());
    }
    let answer = enter(cx, user)?;
    cx.key()?.login = login;
    Ok(answer)
}
