//! Which function serves which method.

use bytes::Bytes;
use telewire_schema::{
    DecodeErrorKind, Deserialize, Identifiable as _, Reader, Request, functions, types,
};

use super::context::Cx;
use super::{
    account, admin_log, auth, authorizations, bots, boxed, callbacks, channels, contacts, dialogs,
    drafts, edit, folders, groups, help, history, invites, login_token, media, members, messages,
    password, photos, pins, recovery, search, send, settings, stats, takeout, updates, upload,
    users,
};
use crate::fault::{Answer, Fault};

macro_rules! routes {
    ($($namespace:ident { $($method:ident => $serve:path),* $(,)? })*) => {
        /// The methods that are served, by their names on the wire.
        pub const SERVED: &[&str] = &[$($(functions::$namespace::$method::NAME,)*)*];

        /// Reads a request and serves it.
        pub(super) fn route(cx: &mut Cx<'_>, id: u32, body: &Bytes) -> Answer<Vec<u8>> {
            match id {
                $($(functions::$namespace::$method::ID => {
                    let request: functions::$namespace::$method = read(body)?;
                    let result: <functions::$namespace::$method as Request>::Result = $serve(cx, request)?;
                    Ok(boxed(&result))
                })*)*
                // It exists, but the sandbox does not have it.
                _ => Err(Fault::bad("METHOD_INVALID")),
            }
        }
    };
}

routes! {
    account {
        CancelPasswordEmail => recovery::cancel_email,
        CheckUsername => account::check_username,
        ConfirmPasswordEmail => recovery::confirm_email,
        FinishTakeoutSession => takeout::finish,
        GetAuthorizations => account::get_authorizations,
        GetNotifySettings => account::get_notify_settings,
        GetPassword => password::get_password,
        GetPasswordSettings => password::get_settings,
        InitTakeoutSession => takeout::init,
        RegisterDevice => account::register_device,
        ResendPasswordEmail => recovery::resend_email,
        ResetAuthorization => account::reset_authorization,
        UpdateNotifySettings => account::update_notify_settings,
        UpdatePasswordSettings => password::update_settings,
        UpdateProfile => account::update_profile,
        UpdateStatus => account::update_status,
        UpdateUsername => account::update_username,
    }
    auth {
        AcceptLoginToken => login_token::accept,
        BindTempAuthKey => auth::bind_temp_key,
        CancelCode => auth::cancel_code,
        CheckPassword => auth::check_password,
        CheckRecoveryPassword => recovery::check,
        DropTempAuthKeys => auth::drop_temp_keys,
        ExportAuthorization => authorizations::export,
        ExportLoginToken => login_token::export,
        ImportAuthorization => authorizations::import,
        ImportBotAuthorization => auth::import_bot,
        ImportLoginToken => login_token::import,
        LogOut => authorizations::log_out,
        RecoverPassword => recovery::recover,
        RequestPasswordRecovery => recovery::request,
        ResendCode => auth::resend_code,
        ResetAuthorizations => authorizations::reset_authorizations,
        SendCode => auth::send_code,
        SignIn => auth::sign_in,
        SignUp => auth::sign_up,
    }
    bots {
        GetBotCommands => bots::get_commands,
        SetBotCommands => bots::set_commands,
    }
    channels {
        CheckUsername => channels::check_username,
        CreateChannel => channels::create,
        DeleteChannel => channels::delete,
        DeleteMessages => channels::delete_messages,
        EditAdmin => members::edit_admin,
        EditBanned => members::edit_banned,
        EditPhoto => settings::edit_channel_photo,
        EditTitle => settings::edit_channel_title,
        ExportMessageLink => channels::export_link,
        GetAdminLog => admin_log::get,
        GetChannels => channels::get,
        GetFullChannel => channels::get_full,
        GetLeftChannels => takeout::get_left,
        GetMessages => history::get_channel_messages,
        GetParticipant => members::get_participant,
        GetParticipants => members::get_participants,
        InviteToChannel => members::invite,
        JoinChannel => members::join,
        LeaveChannel => members::leave,
        ReadHistory => channels::read_history,
        ReadMessageContents => channels::read_contents,
        ToggleSlowMode => settings::toggle_slow_mode,
        UpdateUsername => channels::update_username,
    }
    contacts {
        AddContact => contacts::add,
        Block => contacts::block,
        DeleteContacts => contacts::delete,
        GetContacts => contacts::get_contacts,
        GetSaved => takeout::get_saved,
        GetTopPeers => contacts::get_top_peers,
        ImportContacts => contacts::import,
        ResolvePhone => contacts::resolve_phone,
        ResolveUsername => contacts::resolve_username,
        Search => contacts::search,
        Unblock => contacts::unblock,
    }
    folders {
        EditPeerFolders => folders::edit_peers,
    }
    help {
        AcceptTermsOfService => help::accept_terms,
        GetAppConfig => help::get_app_config,
        GetAppUpdate => help::get_app_update,
        GetCdnConfig => help::get_cdn_config,
        GetConfig => help::get_config,
        GetInviteText => help::get_invite_text,
        GetNearestDc => help::get_nearest_dc,
        GetSupport => help::get_support,
        GetTermsOfServiceUpdate => help::get_terms_update,
    }
    langpack {
        GetLangPack => help::get_lang_pack,
        GetStrings => help::get_strings,
    }
    messages {
        AddChatUser => groups::add_user,
        CheckChatInvite => invites::check,
        ClearAllDrafts => drafts::clear_all,
        CreateChat => groups::create,
        DeleteChat => groups::delete,
        DeleteChatUser => groups::delete_user,
        DeleteHistory => messages::delete_history,
        DeleteMessages => messages::delete,
        EditChatAbout => settings::edit_about,
        EditChatAdmin => groups::edit_admin,
        EditChatDefaultBannedRights => settings::edit_default_bans,
        EditChatPhoto => settings::edit_chat_photo,
        EditChatTitle => groups::edit_title,
        EditExportedChatInvite => invites::edit,
        EditMessage => edit::edit,
        ExportChatInvite => invites::export,
        ForwardMessages => send::forward,
        GetBotCallbackAnswer => callbacks::get_answer,
        GetChatInviteImporters => invites::importers,
        GetExportedChatInvites => invites::list,
        GetAllDrafts => drafts::get_all,
        GetChats => groups::get_chats,
        GetDialogUnreadMarks => dialogs::get_unread_marks,
        GetDialogs => dialogs::get_dialogs,
        GetFullChat => groups::get_full,
        GetHistory => history::get_history,
        GetMessages => history::get_messages,
        GetMessagesViews => messages::views,
        GetOnlines => messages::onlines,
        GetPeerDialogs => dialogs::get_peer_dialogs,
        GetPeerSettings => messages::peer_settings,
        GetPinnedDialogs => dialogs::get_pinned,
        GetScheduledHistory => history::get_scheduled,
        GetSplitRanges => takeout::get_ranges,
        GetSearchCounters => search::get_counters,
        HideChatJoinRequest => invites::decide,
        ImportChatInvite => invites::import,
        MarkDialogUnread => dialogs::mark_unread,
        MigrateChat => groups::migrate,
        ReadHistory => messages::read_history,
        ReadMentions => messages::read_mentions,
        ReadMessageContents => messages::read_contents,
        ReceivedMessages => messages::received,
        ReorderPinnedDialogs => dialogs::reorder_pinned,
        SaveDraft => drafts::save,
        Search => search::search,
        SearchGlobal => search::search_global,
        SendMedia => send::send_media,
        SendMessage => send::send_message,
        SendMultiMedia => send::send_multi_media,
        SetBotCallbackAnswer => callbacks::set_answer,
        SetTyping => messages::set_typing,
        StartBot => callbacks::start_bot,
        ToggleNoForwards => messages::toggle_no_forwards,
        ToggleDialogPin => dialogs::toggle_pin,
        UnpinAllMessages => pins::unpin_all,
        UpdatePinnedMessage => pins::pin,
        UploadMedia => media::upload_media,
    }
    photos {
        DeletePhotos => photos::delete,
        GetUserPhotos => photos::get_user_photos,
        UpdateProfilePhoto => photos::update,
        UploadProfilePhoto => photos::upload,
    }
    stats {
        GetMessageStats => stats::get_message_stats,
    }
    updates {
        GetChannelDifference => updates::get_channel_difference,
        GetDifference => updates::get_difference,
        GetState => updates::get_state,
    }
    upload {
        GetFile => upload::get_file,
        SaveBigFilePart => upload::save_big_part,
        SaveFilePart => upload::save_part,
    }
    users {
        GetFullUser => users::get_full_user,
        GetUsers => users::get_users,
    }
}

/// Whether an identifier belongs to a method, and not to some other constructor.
pub(super) fn is_method(id: u32) -> bool {
    let read = telewire_schema::any::request(&mut Reader::from_slice(&id.to_le_bytes()));
    // One that is known fails for lack of parameters, if at all.
    !matches!(read, Err(e) if matches!(e.kind, DecodeErrorKind::UnknownConstructor { .. }))
}

/// Input peers that clients in the field send where an input user or channel is expected.
const MISTAKEN: [(u32, u32); 3] = [
    (types::InputPeerUser::ID, types::InputUserData::ID),
    (types::InputPeerChannel::ID, types::InputChannelData::ID),
    (INPUT_PEER_SELF, INPUT_USER_SELF),
];
const INPUT_PEER_SELF: u32 = 0x7da0_7ec9;
const INPUT_USER_SELF: u32 = 0xf7c1_b13f;
/// The most such places that are tried.
const MAX_MISTAKES: usize = 6;

/// Reads a request, taking peers for users and channels where only that makes sense.
fn read<T: Deserialize>(body: &Bytes) -> Answer<T> {
    let exact = |bytes: &Bytes| {
        let mut r = Reader::new(bytes);
        let value = T::deserialize(&mut r).ok()?;
        r.finish().ok().map(|()| value)
    };
    if let Some(value) = exact(body) {
        return Ok(value);
    }
    let words = body.chunks_exact(4).enumerate().skip(1);
    let places: Vec<(usize, u32)> = words
        .filter_map(|(at, word)| {
            let id = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
            let (_, meant) = MISTAKEN.iter().find(|(sent, _)| *sent == id)?;
            Some((at * 4, *meant))
        })
        .take(MAX_MISTAKES)
        .collect();
    for choice in 1_u32..1 << places.len() {
        let mut bytes = body.to_vec();
        for (n, (at, meant)) in places.iter().enumerate() {
            if choice & 1 << n != 0 {
                bytes[*at..*at + 4].copy_from_slice(&meant.to_le_bytes());
            }
        }
        if let Some(value) = exact(&bytes.into()) {
            return Ok(value);
        }
    }
    Err(Fault::bad("INPUT_FETCH_FAIL"))
}
