//! What admins have done.

use telewire_schema::functions::channels as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Logged, Mentions};

/// The longest page.
const PAGE: usize = 100;

pub(super) fn get(cx: &mut Cx<'_>, r: f::GetAdminLog) -> Answer<types::channels::AdminLogResults> {
    let id = cx.channel(&r.channel)?;
    let admins = r.admins.unwrap_or_default();
    let admins: Vec<i64> = admins.iter().map(|u| cx.user(u)).collect::<Answer<_>>()?;
    let me = cx.me;
    let channel = cx.server.world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    if !channel.is_admin(me) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let q = r.q.to_lowercase();
    let filter = r.events_filter.as_ref();
    let wanted = |e: &&Logged| {
        (r.max_id == 0 || e.id < r.max_id)
            && e.id > r.min_id
            && (admins.is_empty() || admins.contains(&e.user))
            && filter.is_none_or(|f| passes(f, &e.action))
            && (q.is_empty() || format!("{:?}", e.action).to_lowercase().contains(&q))
    };
    let limit = usize::try_from(r.limit).unwrap_or(0).min(PAGE);
    let page = channel.log.iter().rev().filter(wanted).take(limit);
    let events: Vec<types::ChannelAdminLogEvent> = page
        .map(|e| types::ChannelAdminLogEvent::new(e.id, e.date, e.user, e.action.clone()))
        .collect();
    let mut mentions = Mentions::of(&events);
    mentions.channels.insert(id);
    let (users, chats) = cx.people(&mentions);
    Ok(types::channels::AdminLogResults::new(events, chats, users))
}

/// Whether an entry is of a kind that was asked for.
fn passes(
    filter: &types::ChannelAdminLogEventsFilter,
    action: &types::ChannelAdminLogEventAction,
) -> bool {
    use types::ChannelAdminLogEventAction as A;
    match action {
        A::ParticipantJoin | A::ParticipantJoinByInvite(_) | A::ParticipantJoinByRequest(_) => {
            filter.join
        }
        A::ParticipantLeave => filter.leave,
        A::ParticipantInvite(_) => filter.invite,
        A::ParticipantToggleBan(e) => match (bans(&e.prev_participant), bans(&e.new_participant)) {
            (_, Some(new)) if new.view_messages => filter.kick,
            (_, Some(_)) => filter.ban,
            (Some(old), None) if old.view_messages => filter.unkick,
            _ => filter.unban,
        },
        A::ParticipantToggleAdmin(e) => match &e.new_participant {
            types::ChannelParticipant::Admin(_) => filter.promote,
            _ => filter.demote,
        },
        A::ChangeTitle(_) | A::ChangeAbout(_) | A::ChangePhoto(_) | A::ChangeUsername(_) => {
            filter.info
        }
        A::UpdatePinned(_) => filter.pinned,
        A::EditMessage(_) => filter.edit,
        A::DeleteMessage(_) => filter.delete,
        A::ExportedInviteRevoke(_) | A::ExportedInviteEdit(_) | A::ExportedInviteDelete(_) => {
            filter.invites
        }
        _ => filter.settings,
    }
}

fn bans(participant: &types::ChannelParticipant) -> Option<&types::ChatBannedRights> {
    match participant {
        types::ChannelParticipant::Banned(p) => Some(&p.banned_rights),
        _ => None,
    }
}
