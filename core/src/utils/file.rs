//! Photos, documents, places and media.

use telewire_schema::types;

use super::{Cast, no_cast};
use crate::client::Attachment;
use crate::error::Error;
use crate::objects::Message;

/// [`Cast`] from a function.
macro_rules! cast {
    ($target:ident: $($type:ty => |$from:pat_param| $make:expr;)*) => {$(
        impl Cast<types::$target> for $type {
            fn cast(&self) -> Result<types::$target, Error> {
                let $from = self;
                $make
            }
        }
    )*};
}

cast! { InputPhoto:
    types::InputPhoto => |photo| Ok(photo.clone());
    types::Photo => |photo| Ok(photo.into());
    types::photos::Photo => |photo| Ok((&photo.photo).into());
    types::MessageMedia => |media| match media {
        types::MessageMedia::Photo(m) => Ok(or_empty(m.photo.as_ref())),
        _ => Err(no_cast("MessageMedia", "InputPhoto", "it is no photo")),
    };
    types::Message => |message| media(message, "InputPhoto")?.cast();
    Message => |message| message.raw.cast();
    types::ChatFull => |full| match full {
        types::ChatFull::ChatFull(c) => Ok(or_empty(c.chat_photo.as_ref())),
        types::ChatFull::ChannelFull(c) => Ok((&c.chat_photo).into()),
        types::ChatFull::CommunityFull(c) => Ok((&c.chat_photo).into()),
    };
    types::messages::ChatFull => |full| full.full_chat.cast();
    types::UserFull => |full| Ok(or_empty(full.profile_photo.as_ref()));
    types::users::UserFull => |full| full.full_user.cast();
    types::UserProfilePhoto => |photo| match photo {
        types::UserProfilePhoto::Empty => Ok(types::InputPhoto::Empty),
        types::UserProfilePhoto::UserProfilePhoto(_) => Err(small("UserProfilePhoto", "users.getFullUser")),
    };
    types::ChatPhoto => |photo| match photo {
        types::ChatPhoto::Empty => Ok(types::InputPhoto::Empty),
        types::ChatPhoto::ChatPhoto(_) => {
            Err(small("ChatPhoto", "messages.getFullChat or channels.getFullChannel"))
        }
    };
    types::UserData => |user| match &user.photo {
        Some(photo) => photo.cast(),
        None => Ok(types::InputPhoto::Empty),
    };
    types::User => |user| match user {
        types::User::User(user) => user.cast(),
        types::User::Empty(_) => Ok(types::InputPhoto::Empty),
    };
    types::Chat => |chat| match chat {
        types::Chat::Chat(c) => c.photo.cast(),
        types::Chat::Channel(c) => c.photo.cast(),
        _ => Ok(types::InputPhoto::Empty),
    };
}

fn or_empty(photo: Option<&types::Photo>) -> types::InputPhoto {
    photo.map_or(types::InputPhoto::Empty, Into::into)
}

fn small(from: &str, full: &str) -> Error {
    let why = format!("it comes without the access hash of the photo; {full} brings it");
    no_cast(from, "InputPhoto", &why)
}

cast! { InputDocument:
    types::InputDocument => |document| Ok(document.clone());
    types::Document => |document| Ok(document.into());
    types::MessageMedia => |media| match media {
        types::MessageMedia::Document(m) => {
            Ok(m.document.as_ref().map_or(types::InputDocument::Empty, Into::into))
        }
        _ => Err(no_cast("MessageMedia", "InputDocument", "it is no document")),
    };
    types::Message => |message| media(message, "InputDocument")?.cast();
    Message => |message| message.raw.cast();
}

cast! { InputGeoPoint:
    types::InputGeoPoint => |point| Ok(point.clone());
    types::GeoPoint => |point| Ok(point.into());
    types::MessageMedia => |media| match media {
        types::MessageMedia::Geo(m) => Ok((&m.geo).into()),
        types::MessageMedia::GeoLive(m) => Ok((&m.geo).into()),
        types::MessageMedia::Venue(m) => Ok((&m.geo).into()),
        _ => Err(no_cast("MessageMedia", "InputGeoPoint", "it tells of no place")),
    };
    types::Message => |message| media(message, "InputGeoPoint")?.cast();
    Message => |message| message.raw.cast();
}

cast! { InputMedia:
    types::InputMedia => |media| Ok(media.clone());
    types::InputPhoto => |photo| Ok(photo.clone().into());
    types::InputDocument => |document| Ok(document.clone().into());
    types::Photo => |photo| Ok(photo.into());
    types::Document => |document| Ok(document.into());
    types::Game => |game| Ok(game.into());
    types::MessageMedia => |media| Ok(media.into());
    types::UserProfilePhoto => |_| Ok(types::InputMedia::Empty);
    types::ChatPhoto => |_| Ok(types::InputMedia::Empty);
    types::InputFile => |file| Attachment::of_file(file).ready();
    Attachment => |file| file.ready();
    types::Message => |message| Ok(media(message, "InputMedia").map_or(types::InputMedia::Empty, Into::into));
    Message => |message| message.raw.cast();
}

#[cfg(feature = "full")]
cast! { InputChatPhoto:
    types::InputChatPhoto => |photo| Ok(photo.clone());
    types::InputFile => |file| Ok(file.clone().into());
    types::InputPhoto => |photo| Ok(photo.clone().into());
    types::Photo => |photo| Ok(photo.into());
    types::photos::Photo => |photo| Ok((&photo.photo).into());
    types::MessageMedia => |media| Cast::<types::InputPhoto>::cast(media).map(Into::into);
    types::Message => |message| Cast::<types::InputPhoto>::cast(message).map(Into::into);
    Message => |message| message.raw.cast();
    types::messages::ChatFull => |full| Cast::<types::InputPhoto>::cast(full).map(Into::into);
    types::users::UserFull => |full| Cast::<types::InputPhoto>::cast(full).map(Into::into);
}

fn media<'m>(message: &'m types::Message, to: &str) -> Result<&'m types::MessageMedia, Error> {
    let media = match message {
        types::Message::Message(m) => m.media.as_ref(),
        types::Message::Empty(_) | types::Message::Service(_) => None,
    };
    media.ok_or_else(|| no_cast("Message", to, "it has no media"))
}
