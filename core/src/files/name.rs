//! Names and types of files.

use std::fmt::Write as _;

use crate::time::Unix;

/// What a downloaded file is called after when nothing better is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A photo.
    Photo,
    /// A document without a kind of its own.
    Document,
    /// Music.
    Audio,
    /// A voice note.
    Voice,
    /// A profile photo.
    ProfilePhoto,
    /// A contact's card.
    Contact,
}

impl FileKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::ProfilePhoto => "profile_photo",
            Self::Contact => "contact",
        }
    }
}

/// File name extensions and their types, where they differ from the common table or must not depend on it. The first
/// extension of a type is the one it is saved under.
const TYPES: [(&str, &str); 26] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("bmp", "image/bmp"),
    ("tga", "image/x-tga"),
    ("tiff", "image/tiff"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("avi", "video/avi"),
    ("webm", "video/webm"),
    ("mkv", "video/x-matroska"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/m4a"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/aac"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("flac", "audio/flac"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("zip", "application/zip"),
    ("tgs", "application/x-tgsticker"),
];

/// The type of bytes nobody knows anything about.
pub const OCTET_STREAM: &str = "application/octet-stream";

/// The MIME type that a file name suggests; `application/octet-stream` if it suggests none.
pub fn mime_of_name(name: &str) -> String {
    let Some(ext) = extension(name) else {
        return OCTET_STREAM.into();
    };
    let ext = ext.to_ascii_lowercase();
    if let Some((_, mime)) = TYPES.iter().find(|(e, _)| *e == ext) {
        return (*mime).into();
    }
    mime_guess::from_ext(&ext)
        .first_raw()
        .unwrap_or(OCTET_STREAM)
        .into()
}

/// The extension, with its dot, that files of a MIME type are saved under; empty if none is known.
pub fn extension_of_mime(mime: &str) -> String {
    let mime = mime
        .split(';')
        .next()
        .unwrap_or(mime)
        .trim()
        .to_ascii_lowercase();
    if mime == OCTET_STREAM {
        return String::new();
    }
    if let Some((ext, _)) = TYPES.iter().find(|(_, m)| *m == mime) {
        return format!(".{ext}");
    }
    mime_guess::get_mime_extensions_str(&mime)
        .and_then(|all| all.first())
        .map_or_else(String::new, |ext| format!(".{ext}"))
}

/// The extension that the first bytes of a file give away, without a dot.
pub fn extension_of_content(start: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpg"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"%PDF-", "pdf"),
        (b"OggS", "ogg"),
        (b"fLaC", "flac"),
        (b"ID3", "mp3"),
        (b"PK\x03\x04", "zip"),
    ];
    if let Some((_, ext)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(ext);
    }
    if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        return Some("webp");
    }
    (start.get(4..8) == Some(b"ftyp")).then(|| match start.get(8..11) {
        Some(b"qt ") => "mov",
        Some(b"M4A") => "m4a",
        _ => "mp4",
    })
}

/// The part after the last dot, if there is one and something before it.
pub fn extension(name: &str) -> Option<&str> {
    let (stem, ext) = name.rsplit_once('.')?;
    (!stem.is_empty() && !ext.is_empty() && !ext.contains(['/', '\\'])).then_some(ext)
}

/// Whether the server takes a file of this name as a photo.
pub fn is_photo_name(name: &str) -> bool {
    extension(name).is_some_and(|e| {
        ["png", "jpg", "jpeg"]
            .iter()
            .any(|p| e.eq_ignore_ascii_case(p))
    })
}

/// A name as a single, harmless path component: a file name comes from a stranger and must not choose a directory.
pub fn harmless(name: &str) -> String {
    const MOST: usize = 200;
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut clean: String = base
        .chars()
        .map(|c| {
            if c.is_control() || "<>:\"|?*".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    if clean.len() > MOST {
        let ext = extension(&clean)
            .filter(|e| e.len() < 20)
            .map(|e| format!(".{e}"))
            .unwrap_or_default();
        let mut end = MOST.saturating_sub(ext.len());
        while !clean.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        clean.truncate(end);
        clean.push_str(&ext);
    }
    let trimmed = clean.trim().trim_end_matches('.');
    if trimmed.trim_start_matches('.').is_empty() {
        String::new()
    } else {
        trimmed.into()
    }
}

/// A name for a download: the first usable candidate, else the kind and the date; with the extension `ext` (with its
/// dot) if it has none.
pub fn propose(candidates: &[&str], kind: FileKind, date: Unix, ext: &str) -> String {
    let mut name = candidates
        .iter()
        .map(|c| harmless(c))
        .find(|c| !c.is_empty())
        .unwrap_or_else(|| format!("{}_{}", kind.as_str(), stamp(date)));
    if extension(&name).is_none() {
        name.push_str(ext);
    }
    name
}

/// The `n`th alternative of a name: `photo.jpg`, `photo (1).jpg`, `photo (2).jpg`, …
pub fn alternative(name: &str, n: u32) -> String {
    if n == 0 {
        return name.into();
    }
    match extension(name) {
        Some(ext) => {
            let stem = name
                .strip_suffix(ext)
                .and_then(|s| s.strip_suffix('.'))
                .unwrap_or(name);
            format!("{stem} ({n}).{ext}")
        }
        None => format!("{name} ({n})"),
    }
}

/// `YYYY-MM-DD_hh-mm-ss` in UTC.
fn stamp(date: Unix) -> String {
    let secs = date.secs();
    let (days, time) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let mut out = String::new();
    let (h, m, s) = (
        time.div_euclid(3600),
        time.div_euclid(60).rem_euclid(60),
        time.rem_euclid(60),
    );
    let _ = write!(out, "{year:04}-{month:02}-{day:02}_{h:02}-{m:02}-{s:02}");
    out
}

/// The Gregorian date of a day counted from 1970-01-01, by the era arithmetic of Howard Hinnant's
/// [`civil_from_days`](https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
#[allow(clippy::arithmetic_side_effects)] // days come from an i64 of seconds: nothing here can overflow
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (
        yoe + era * 400 + i64::from(month <= 2),
        month,
        doy - (153 * mp + 2) / 5 + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_follow_names_and_back() {
        for (name, mime) in [
            ("a.jpg", "image/jpeg"),
            ("A.JPEG", "image/jpeg"),
            ("x.tar.mp3", "audio/mpeg"),
            ("voice.ogg", "audio/ogg"),
            (
                "a.docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("noext", OCTET_STREAM),
            (".hidden", OCTET_STREAM),
            ("a.qqqq", OCTET_STREAM),
        ] {
            assert_eq!(mime_of_name(name), mime, "{name}");
        }
        for (mime, ext) in [
            ("image/jpeg", ".jpg"),
            ("image/png", ".png"),
            ("image/webp", ".webp"),
            ("video/mp4", ".mp4"),
            ("video/quicktime", ".mov"),
            ("audio/mpeg", ".mp3"),
            ("audio/mp4", ".m4a"),
            ("audio/ogg", ".ogg"),
            ("application/pdf", ".pdf"),
            ("text/plain; charset=utf-8", ".txt"),
            ("application/zip", ".zip"),
            (OCTET_STREAM, ""),
            ("nonsense", ""),
        ] {
            assert_eq!(extension_of_mime(mime), ext, "{mime}");
        }
    }

    #[test]
    fn content_gives_itself_away() {
        assert_eq!(extension_of_content(b"\x89PNG\r\n\x1a\n...."), Some("png"));
        assert_eq!(extension_of_content(b"\xff\xd8\xff\xe0"), Some("jpg"));
        assert_eq!(extension_of_content(b"RIFF....WEBPVP8 "), Some("webp"));
        assert_eq!(extension_of_content(b"....ftypisom"), Some("mp4"));
        assert_eq!(extension_of_content(b""), None);
        assert_eq!(extension_of_content(b"hello"), None);
    }

    #[test]
    fn photos_are_png_and_jpeg_only() {
        assert!(is_photo_name("a.png") && is_photo_name("b.JPG") && is_photo_name("c.jpeg"));
        assert!(
            !is_photo_name("a.webp")
                && !is_photo_name("a.gif")
                && !is_photo_name("png")
                && !is_photo_name("a.pngx")
        );
    }

    #[test]
    fn a_strangers_name_cannot_leave_the_directory() {
        assert_eq!(harmless("../../etc/passwd"), "passwd");
        assert_eq!(harmless("C:\\Windows\\cmd.exe"), "cmd.exe");
        assert_eq!(harmless(".."), "");
        assert_eq!(harmless("a/.."), "");
        assert_eq!(harmless("a\0b\n.txt"), "a_b_.txt");
        let long = harmless(&format!("{}.jpeg", "ä".repeat(400)));
        assert!(long.len() <= 200 && long.ends_with(".jpeg"), "{long}");
    }

    #[test]
    fn proposals_prefer_given_names_and_fall_back_to_the_date() {
        let date = Unix::from_secs(1_582_979_696);
        assert_eq!(
            propose(&["a.txt"], FileKind::Document, date, ".pdf"),
            "a.txt"
        );
        assert_eq!(
            propose(&["", "Artist - Song"], FileKind::Audio, date, ".mp3"),
            "Artist - Song.mp3"
        );
        assert_eq!(
            propose(&["..", ""], FileKind::Photo, date, ".jpg"),
            "photo_2020-02-29_12-34-56.jpg"
        );
        assert_eq!(
            propose(&[], FileKind::ProfilePhoto, Unix::from_secs(0), ""),
            "profile_photo_1970-01-01_00-00-00"
        );
    }

    #[test]
    fn alternatives_count_before_the_extension() {
        assert_eq!(alternative("a.jpg", 0), "a.jpg");
        assert_eq!(alternative("a.jpg", 1), "a (1).jpg");
        assert_eq!(alternative("a.tar.gz", 2), "a.tar (2).gz");
        assert_eq!(alternative("a", 3), "a (3)");
    }
}
