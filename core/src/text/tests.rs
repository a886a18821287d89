//! Vectors obtained by running Telethon 1.7.7, and the laws that hold for every text.

use telewire_schema::types::{
    InputUser, InputUserFromMessage, MessageEntity, MessageEntityBold as Bold,
    MessageEntityCode as Code, MessageEntityEmail as Email, MessageEntityItalic as Italic,
    MessageEntityMentionName as MentionName, MessageEntityPre as Pre,
    MessageEntityTextUrl as TextUrl, MessageEntityUnderline as Underline, MessageEntityUrl as Url,
};

use super::*;

mod entities;
mod html;
mod laws;
mod links;
mod markdown;
mod modes;

fn bold(offset: i32, length: i32) -> MessageEntity {
    Bold { offset, length }.into()
}

fn italic(offset: i32, length: i32) -> MessageEntity {
    Italic { offset, length }.into()
}

fn code(offset: i32, length: i32) -> MessageEntity {
    Code { offset, length }.into()
}

fn pre(offset: i32, length: i32, language: &str) -> MessageEntity {
    Pre {
        offset,
        length,
        language: language.into(),
    }
    .into()
}

fn link(offset: i32, length: i32, url: &str) -> MessageEntity {
    TextUrl {
        offset,
        length,
        url: url.into(),
    }
    .into()
}
