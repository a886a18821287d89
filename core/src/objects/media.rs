//! What is attached to a message.

use telewire_schema::types;

/// The photo in a media, or in the preview of a web page.
pub(super) fn photo(media: &types::MessageMedia) -> Option<&types::PhotoData> {
    let photo = match media {
        types::MessageMedia::Photo(media) => media.photo.as_ref()?,
        types::MessageMedia::WebPage(_) => web_page(media)?.photo.as_ref()?,
        _ => return None,
    };
    match photo {
        types::Photo::Photo(photo) => Some(photo),
        types::Photo::Empty(_) => None,
    }
}

/// The document in a media, or in the preview of a web page.
pub(super) fn document(media: &types::MessageMedia) -> Option<&types::DocumentData> {
    let document = match media {
        types::MessageMedia::Document(media) => media.document.as_ref()?,
        types::MessageMedia::WebPage(_) => web_page(media)?.document.as_ref()?,
        _ => return None,
    };
    match document {
        types::Document::Document(document) => Some(document),
        types::Document::Empty(_) => None,
    }
}

/// The preview of a web page, once it is loaded.
pub(super) fn web_page(media: &types::MessageMedia) -> Option<&types::WebPageData> {
    match media {
        types::MessageMedia::WebPage(media) => match &media.webpage {
            types::WebPage::WebPage(page) => Some(page),
            _ => None,
        },
        _ => None,
    }
}
