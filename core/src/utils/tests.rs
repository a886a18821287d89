//! What becomes what, and what cannot.

mod media;
mod peers;

use std::sync::Arc;

use bytes::Bytes;
use telewire_schema::types;

use super::*;
use crate::client::testing::Stage;
use crate::client::{Attachment, UploadedFile};
use crate::dc::DcId;
use crate::objects::Entity;

fn user() -> types::UserData {
    types::UserData::new(5).access_hash(6)
}

fn channel() -> types::Channel {
    types::Channel::new(7, "News", types::ChatPhoto::Empty, 0).access_hash(8)
}

fn photo() -> types::Photo {
    let size = |letter: &str, side| {
        types::PhotoSize::from(types::PhotoSizeData::new(letter, side, side, 9))
    };
    let sizes = vec![size("y", 90), size("m", 20), size("x", 80)];
    types::PhotoData::new(1, 2, Bytes::from_static(b"p"), 0, sizes, 4).into()
}

fn document() -> types::Document {
    types::DocumentData::new(3, 4, Bytes::from_static(b"d"), 0, "a/b", 9, 5, vec![]).into()
}

fn input_photo() -> types::InputPhoto {
    types::InputPhotoData::new(1, 2, Bytes::from_static(b"p")).into()
}

fn input_document() -> types::InputDocument {
    types::InputDocumentData::new(3, 4, Bytes::from_static(b"d")).into()
}

fn message(media: impl Into<types::MessageMedia>) -> types::Message {
    types::MessageData::new(9, types::PeerUser::new(5), 0, "")
        .media(media)
        .into()
}

fn fails<T: std::fmt::Debug>(cast: Result<T, Error>, from: &str, to: &str) {
    let error = cast.unwrap_err();
    assert!(matches!(error, Error::Misuse(_)));
    let text = error.to_string();
    assert!(text.contains(from) && text.contains(to), "{text}");
}
