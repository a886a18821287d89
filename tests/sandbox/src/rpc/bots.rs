//! `bots.*`.

use telewire_schema::functions::bots as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::Answer;

pub(super) fn set_commands(_: &mut Cx<'_>, _: f::SetBotCommands) -> Answer<bool> {
    Ok(true)
}

pub(super) fn get_commands(_: &mut Cx<'_>, _: f::GetBotCommands) -> Answer<Vec<types::BotCommand>> {
    Ok(Vec::new())
}
