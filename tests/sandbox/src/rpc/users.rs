//! `users.*`.

use telewire_schema::functions::users as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Access, Mentions, PeerKey};

pub(super) fn get_users(cx: &mut Cx<'_>, r: f::GetUsers) -> Answer<Vec<types::User>> {
    if r.id.len() > 200 {
        return Err(Fault::bad("USERS_TOO_MUCH"));
    }
    let mut users = Vec::new();
    for id in &r.id {
        // Unknown users come as empty ones; only a request for nobody but them fails.
        match cx.user(id) {
            Ok(id) => {
                let me = cx.me;
                cx.world().meet(me, [id]);
                users.push(cx.server.world.user(me, id));
            }
            Err(fault) if r.id.len() == 1 => return Err(fault),
            Err(_) => {}
        }
    }
    Ok(users)
}

pub(super) fn get_full_user(cx: &mut Cx<'_>, r: f::GetFullUser) -> Answer<types::users::UserFull> {
    let id = cx.user(&r.id)?;
    let (me, date) = (cx.me, cx.date());
    let world = &cx.server.world;
    let account = world
        .account(id)
        .ok_or_else(|| Fault::bad("USER_ID_INVALID"))?;
    let shares =
        |g: &&crate::world::Group| g.members.contains_key(&me) && g.members.contains_key(&id);
    let common = if id == me {
        0
    } else {
        world.groups.values().filter(shares).count()
    };
    let settings = types::PeerSettings::new();
    let notify = types::PeerNotifySettings::new();
    let mut full = types::UserFull::new(id, settings, notify, i32::try_from(common).unwrap_or(0));
    full.about = Some(account.about.clone()).filter(|a| !a.is_empty());
    full.can_pin_message = true;
    full.blocked = world.account(me).is_some_and(|a| a.blocked.contains(&id));
    full.profile_photo = account
        .photos
        .last()
        .map(|photo| world.files.photo(*photo, date));
    if account.is_bot() {
        full.bot_info = Some(
            types::BotInfo::new()
                .user_id(id)
                .description(account.about.as_str()),
        );
    }
    debug_assert!(
        world
            .named_user(me, id, world.user_hash(me, id), Access::User)
            .is_ok()
    );
    let mut mentions = Mentions::default();
    mentions.users.insert(PeerKey::user(id).0);
    let (users, chats) = world.people(me, &mentions);
    Ok(types::users::UserFull::new(full, chats, users))
}
