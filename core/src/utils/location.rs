//! Where files lie.

use telewire_schema::types;

use super::no_cast;
use crate::dc::DcId;
use crate::error::Error;
use crate::objects::Message;

const LOCATION: &str = "any kind of InputFileLocation";

/// What says where a file lies.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be cast to any kind of `InputFileLocation`"
)]
pub trait FileLocation {
    /// The data centre, if it is known, and the place there.
    ///
    /// # Errors
    /// [`Error::Misuse`] if there is no file, or it did not come along.
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error>;
}

/// Where a file lies: the data centre to ask, if it is known, and what
/// [`upload.getFile`](https://core.telegram.org/method/upload.getFile) takes. Of a photo that is its largest version.
///
/// # Errors
/// [`Error::Misuse`] if there is no file, or it did not come along.
pub fn get_input_location(
    from: &(impl FileLocation + ?Sized),
) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
    from.location()
}

impl FileLocation for types::InputFileLocation {
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
        Ok((None, self.clone()))
    }
}

impl FileLocation for types::Document {
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
        let types::Document::Document(d) = self else {
            return Err(no_cast("DocumentEmpty", LOCATION, "it holds no file"));
        };
        let location = types::InputDocumentFileLocation::new(
            d.id,
            d.access_hash,
            d.file_reference.clone(),
            "",
        );
        Ok((Some(DcId(d.dc_id)), location.into()))
    }
}

impl FileLocation for types::Photo {
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
        let types::Photo::Photo(p) = self else {
            return Err(no_cast("PhotoEmpty", LOCATION, "it holds no file"));
        };
        let largest = p
            .sizes
            .iter()
            .filter_map(size)
            .max_by_key(|(area, _)| *area);
        let Some((_, letter)) = largest else {
            return Err(no_cast("Photo", LOCATION, "none of its versions is a file"));
        };
        let location = types::InputPhotoFileLocation::new(
            p.id,
            p.access_hash,
            p.file_reference.clone(),
            letter,
        );
        Ok((Some(DcId(p.dc_id)), location.into()))
    }
}

impl FileLocation for types::MessageMedia {
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
        let gone = || no_cast("MessageMedia", LOCATION, "its file is gone");
        match self {
            types::MessageMedia::Photo(m) => m.photo.as_ref().ok_or_else(gone)?.location(),
            types::MessageMedia::Document(m) => m.document.as_ref().ok_or_else(gone)?.location(),
            _ => Err(no_cast("MessageMedia", LOCATION, "it holds no file")),
        }
    }
}

impl FileLocation for types::Message {
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
        let media = match self {
            Self::Message(m) => m.media.as_ref(),
            Self::Empty(_) | Self::Service(_) => None,
        };
        let none = || no_cast("Message", LOCATION, "it has no media");
        media.ok_or_else(none)?.location()
    }
}

impl FileLocation for Message {
    fn location(&self) -> Result<(Option<DcId>, types::InputFileLocation), Error> {
        self.raw.location()
    }
}

/// The area of a version that is a file on the server, and its letter.
fn size(size: &types::PhotoSize) -> Option<(i64, &str)> {
    let area = |w: i32, h: i32| i64::from(w).saturating_mul(i64::from(h));
    match size {
        types::PhotoSize::PhotoSize(s) => Some((area(s.w, s.h), &s.type_)),
        types::PhotoSize::PhotoCachedSize(s) => Some((area(s.w, s.h), &s.type_)),
        types::PhotoSize::Progressive(s) => Some((area(s.w, s.h), &s.type_)),
        types::PhotoSize::Empty(_)
        | types::PhotoSize::PhotoStrippedSize(_)
        | types::PhotoSize::PhotoPathSize(_) => None,
    }
}
