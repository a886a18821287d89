//! `help.*` and `langpack.*`: configuration.

use telewire_schema::functions::{help as f, langpack};
use telewire_schema::types;

use super::context::Cx;
use crate::fault::Answer;

/// How long a message and a caption may be, in code points.
pub(super) const MESSAGE_LENGTH: usize = 4096;
pub(super) const CAPTION_LENGTH: usize = 1024;
/// How many members a basic group may have.
pub(super) const GROUP_SIZE: usize = 200;

pub(super) fn get_config(cx: &mut Cx<'_>, _: f::GetConfig) -> Answer<types::Config> {
    let (dc, date) = (cx.dc(), cx.date());
    let edit_time = i32::try_from(cx.server.options.edit_time.as_secs()).unwrap_or(i32::MAX);
    let size = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    Ok(types::Config {
        default_p2p_contacts: true,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date,
        expires: date.saturating_add(3600),
        test_mode: false,
        this_dc: dc,
        dc_options: cx.server.dc_options(),
        dc_txt_domain_name: "apv3.stel.com".into(),
        chat_size_max: size(GROUP_SIZE),
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: edit_time,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: "https://t.me/".into(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: size(CAPTION_LENGTH),
        message_length_max: size(MESSAGE_LENGTH),
        webfile_dc_id: dc,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: None,
        autologin_token: None,
    })
}

pub(super) fn get_nearest_dc(cx: &mut Cx<'_>, _: f::GetNearestDc) -> Answer<types::NearestDc> {
    let nearest = cx.server.options.dc;
    Ok(types::NearestDc::new("XX", cx.dc(), nearest))
}

pub(super) fn get_cdn_config(_: &mut Cx<'_>, _: f::GetCdnConfig) -> Answer<types::CdnConfig> {
    Ok(types::CdnConfig::new(Vec::new()))
}

pub(super) fn get_app_config(_: &mut Cx<'_>, r: f::GetAppConfig) -> Answer<types::help::AppConfig> {
    const HASH: i32 = 1_230_001;
    if r.hash == HASH {
        return Ok(types::help::AppConfig::NotModified);
    }
    let numbers = [
        ("upload_max_fileparts_default", 4000.0),
        ("upload_max_fileparts_premium", 8000.0),
        ("caption_length_limit_default", 1024.0),
        ("caption_length_limit_premium", 4096.0),
        ("dialogs_pinned_limit_default", 5.0),
    ];
    let values =
        numbers.map(|(key, value)| types::JsonObjectValue::new(key, types::JsonNumber::new(value)));
    let config = types::JsonObject::new(values.to_vec());
    Ok(types::help::AppConfigData::new(HASH, config).into())
}

pub(super) fn get_support(cx: &mut Cx<'_>, _: f::GetSupport) -> Answer<types::help::Support> {
    let user = cx.server.world.user(cx.me, crate::world::SERVICE);
    Ok(types::help::Support::new("42777", user))
}

pub(super) fn get_invite_text(
    _: &mut Cx<'_>,
    _: f::GetInviteText,
) -> Answer<types::help::InviteText> {
    Ok(types::help::InviteText::new("Come to the sandbox."))
}

pub(super) fn terms() -> types::help::TermsOfService {
    let id = types::DataJson::new("{\"country\":\"XX\",\"min_age\":0,\"terms_hash\":\"sandbox\"}");
    types::help::TermsOfService::new(
        id,
        "Nothing here is real. Be kind to the echo bot all the same.",
        Vec::new(),
    )
}

pub(super) fn get_terms_update(
    cx: &mut Cx<'_>,
    _: f::GetTermsOfServiceUpdate,
) -> Answer<types::help::TermsOfServiceUpdate> {
    let expires = cx.date().saturating_add(24 * 3600);
    Ok(types::help::TermsOfServiceUpdateEmpty::new(expires).into())
}

pub(super) fn accept_terms(_: &mut Cx<'_>, _: f::AcceptTermsOfService) -> Answer<bool> {
    Ok(true)
}

pub(super) fn get_app_update(_: &mut Cx<'_>, _: f::GetAppUpdate) -> Answer<types::help::AppUpdate> {
    Ok(types::help::AppUpdate::NoAppUpdate)
}

pub(super) fn get_lang_pack(
    _: &mut Cx<'_>,
    r: langpack::GetLangPack,
) -> Answer<types::LangPackDifference> {
    Ok(types::LangPackDifference::new(
        r.lang_code,
        0,
        1,
        Vec::new(),
    ))
}

pub(super) fn get_strings(
    _: &mut Cx<'_>,
    _: langpack::GetStrings,
) -> Answer<Vec<types::LangPackString>> {
    Ok(Vec::new())
}
