//! What is attached to a message.

use telewire_schema::types;

use crate::objects::{File, Message, media};

/// What is attached to it.
impl Message {
    /// Everything that is attached, if anything is.
    pub fn media(&self) -> Option<&types::MessageMedia> {
        self.data()?
            .media
            .as_ref()
            .filter(|m| !matches!(m, types::MessageMedia::Empty))
    }

    /// The [photo](Message::photo) or [document](Message::document) as a file, with what is known of it.
    pub fn file(&self) -> Option<File<'_>> {
        let photo = self.photo().map(File::from);
        photo.or_else(|| self.document().map(File::from))
    }

    /// The photo, also that of a web page's preview or of a new chat picture.
    pub fn photo(&self) -> Option<&types::PhotoData> {
        match self.action() {
            Some(types::MessageAction::ChatEditPhoto(action)) => match &action.photo {
                types::Photo::Photo(photo) => Some(photo),
                types::Photo::Empty(_) => None,
            },
            _ => media::photo(self.media()?),
        }
    }

    /// The document, be it a file, a video, a voice note or a sticker; also that of a web page's preview.
    pub fn document(&self) -> Option<&types::DocumentData> {
        media::document(self.media()?)
    }

    /// The preview of a web page, once the server has loaded it.
    pub fn web_preview(&self) -> Option<&types::WebPageData> {
        media::web_page(self.media()?)
    }

    /// The game that can be played.
    pub fn game(&self) -> Option<&types::Game> {
        match self.media()? {
            types::MessageMedia::Game(media) => Some(&media.game),
            _ => None,
        }
    }

    /// The place, be it a point, one that moves, or that of a [venue](Message::venue).
    pub fn geo(&self) -> Option<&types::GeoPointData> {
        let point = match self.media()? {
            types::MessageMedia::Geo(media) => &media.geo,
            types::MessageMedia::GeoLive(media) => &media.geo,
            types::MessageMedia::Venue(media) => &media.geo,
            _ => return None,
        };
        match point {
            types::GeoPoint::GeoPoint(point) => Some(point),
            types::GeoPoint::Empty => None,
        }
    }
}

/// Media of one kind as they are.
macro_rules! media_of_kind {
    ($($(#[$doc:meta])* $name:ident: $variant:ident => $type:ident;)*) => {
        /// Media of one kind.
        impl Message {
            $(
                $(#[$doc])*
                pub fn $name(&self) -> Option<&types::$type> {
                    match self.media()? {
                        types::MessageMedia::$variant(media) => Some(media),
                        _ => None,
                    }
                }
            )*
        }
    };
}

media_of_kind! {
    /// The contact that was shared.
    contact: Contact => MessageMediaContact;
    /// What is offered for sale.
    invoice: Invoice => MessageMediaInvoice;
    /// The poll and its results.
    poll: Poll => MessageMediaPoll;
    /// The place with a name and an address.
    venue: Venue => MessageMediaVenue;
}

/// Kinds of documents. The first attribute that could make a document of a kind decides.
impl Message {
    /// The document if it is music, or any sound but a voice note.
    pub fn audio(&self) -> Option<&types::DocumentData> {
        self.document_if(|a| match a {
            types::DocumentAttribute::Audio(a) => Some(!a.voice),
            _ => None,
        })
    }

    /// The document if it is a voice note.
    pub fn voice(&self) -> Option<&types::DocumentData> {
        self.document_if(|a| match a {
            types::DocumentAttribute::Audio(a) => Some(a.voice),
            _ => None,
        })
    }

    /// The document if it is a video, round ones included.
    pub fn video(&self) -> Option<&types::DocumentData> {
        self.document_if(|a| matches!(a, types::DocumentAttribute::Video(_)).then_some(true))
    }

    /// The document if it is a round video.
    pub fn video_note(&self) -> Option<&types::DocumentData> {
        self.document_if(|a| match a {
            types::DocumentAttribute::Video(a) => Some(a.round_message),
            _ => None,
        })
    }

    /// The document if it is an animation without sound.
    pub fn gif(&self) -> Option<&types::DocumentData> {
        self.document_if(|a| matches!(a, types::DocumentAttribute::Animated).then_some(true))
    }

    /// The document if it is a sticker.
    pub fn sticker(&self) -> Option<&types::DocumentData> {
        self.document_if(|a| matches!(a, types::DocumentAttribute::Sticker(_)).then_some(true))
    }

    /// The document if the first attribute that says so says yes.
    fn document_if(
        &self,
        kind: impl Fn(&types::DocumentAttribute) -> Option<bool>,
    ) -> Option<&types::DocumentData> {
        let document = self.document()?;
        let is = document.attributes.iter().find_map(kind)?;
        is.then_some(document)
    }
}
