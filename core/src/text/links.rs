//! Phone numbers, usernames and links as people write them.

use std::fmt;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// What a text names by [`parse_username`].
#[derive(Clone, PartialEq, Eq)]
pub enum ParsedUsername {
    /// A username, lower-case, without `@`.
    Username(String),
    /// The hash of an [invite link](https://core.telegram.org/api/links#chat-invite-links).
    Invite(String),
}

// Whom somebody talks to is nobody else's business.
impl fmt::Debug for ParsedUsername {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Username(_) => "Username(***)",
            Self::Invite(_) => "Invite(***)",
        })
    }
}

/// The digits of a phone number, a text or a number, with `+`, parentheses, dashes and white space dropped; `None` if anything else is in it.
///
/// ```
/// use telewire_core::text::parse_phone;
///
/// assert_eq!(parse_phone("+34 600-12-31-23").as_deref(), Some("34600123123"));
/// assert_eq!(parse_phone(34600123123_i64).as_deref(), Some("34600123123"));
/// assert_eq!(parse_phone("12a"), None);
/// ```
pub fn parse_phone(phone: impl fmt::Display) -> Option<String> {
    let digits: String = phone
        .to_string()
        .chars()
        .filter(|c| !matches!(c, '+' | '(' | ')' | '-') && !c.is_whitespace())
        .collect();
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The username or invite hash in `name`, `@name`, a `t.me`, `telegram.me` or `telegram.dog` link, `name.t.me`,
/// `tg://resolve?domain=` or `tg://join?invite=`.
///
/// Usernames have 4 to 32 letters, digits and single underscores, begin with a letter and do not end with an underscore;
/// a few older bots have shorter ones.
///
/// ```
/// use telewire_core::text::{ParsedUsername, parse_username};
///
/// assert_eq!(parse_username("https://t.me/Durov"), Some(ParsedUsername::Username("durov".into())));
/// assert_eq!(parse_username("t.me/+AbC"), Some(ParsedUsername::Invite("AbC".into())));
/// ```
pub fn parse_username(text: &str) -> Option<ParsedUsername> {
    let text = text.trim();
    if let Some(hash) = strip_prefix_ignoring_case(text, "tg://join?invite=") {
        return invite(hash);
    }
    if let Some(name) = strip_prefix_ignoring_case(text, "tg://resolve?domain=") {
        return username(name);
    }
    if let Some(name) = subdomain(text) {
        return username(name);
    }
    let name = match link_path(text) {
        Some(path) => {
            let path = path.trim_end_matches('/');
            if let Some(hash) = strip_prefix_ignoring_case(path, "joinchat/") {
                return invite(hash);
            }
            if let Some(hash) = path.strip_prefix('+') {
                // A plus with nothing but digits is a link to a phone number.
                return invite(hash).filter(|_| !hash.bytes().all(|b| b.is_ascii_digit()));
            }
            path
        }
        None => text.strip_prefix('@').unwrap_or(text).trim_end_matches('/'),
    };
    username(name)
}

fn username(name: &str) -> Option<ParsedUsername> {
    is_username(name).then(|| ParsedUsername::Username(name.to_ascii_lowercase()))
}

fn invite(hash: &str) -> Option<ParsedUsername> {
    let hash = hash.trim_end_matches('/');
    let fits = !hash.is_empty()
        && hash
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    fits.then(|| ParsedUsername::Invite(hash.to_owned()))
}

/// The path of a link to Telegram.
pub(crate) fn link_path(text: &str) -> Option<&str> {
    let rest = strip_scheme(text);
    let rest = strip_prefix_ignoring_case(rest, "www.").unwrap_or(rest);
    ["telegram.me/", "telegram.dog/", "t.me/"]
        .iter()
        .find_map(|host| strip_prefix_ignoring_case(rest, host))
}

/// The name in a [link of the form](https://core.telegram.org/api/links#public-username-links) `name.t.me`.
fn subdomain(text: &str) -> Option<&str> {
    let host = strip_scheme(text).trim_end_matches('/');
    let (name, rest) = host.split_once('.')?;
    (rest.eq_ignore_ascii_case("t.me") && !name.eq_ignore_ascii_case("www")).then_some(name)
}

fn strip_scheme(text: &str) -> &str {
    ["https://", "http://"]
        .iter()
        .find_map(|p| strip_prefix_ignoring_case(text, p))
        .unwrap_or(text)
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| text.get(prefix.len()..))
        .flatten()
}

fn is_username(name: &str) -> bool {
    const SHORT: [&str; 4] = ["gif", "vid", "pic", "ya"];
    let bytes = name.as_bytes();
    let long = (4..=32).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        && !name.contains("__");
    long || SHORT.iter().any(|s| s.eq_ignore_ascii_case(name))
}

/// What an invite link tells about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InviteLink {
    /// Who made the link; 0 for channels, and in links of today's form.
    pub creator: i64,
    /// The group or channel, without a mark.
    pub chat: i64,
    /// The random part.
    pub random: u64,
}

/// Takes an invite link, or the hash of one, apart. `None` if it is neither.
///
/// ```
/// let link = telewire_core::text::resolve_invite_link("t.me/joinchat/AAAAAEHbEkejzxUjAUCfYg").unwrap();
/// assert_eq!(link.chat, 1104876103);
/// ```
pub fn resolve_invite_link(link: &str) -> Option<InviteLink> {
    let hash = match parse_username(link) {
        Some(ParsedUsername::Invite(hash)) => hash,
        _ => link.trim().to_owned(),
    };
    let payload = match hex(&hash) {
        Some(bytes) => bytes.to_vec(),
        None => decode_base64(&hash)?,
    };
    let (creator, rest) = match payload.len() {
        16 => payload
            .split_first_chunk::<4>()
            .map(|(c, rest)| (u32::from_be_bytes(*c), rest))?,
        12 => (0, payload.as_slice()),
        _ => return None,
    };
    let (chat, random) = rest.split_first_chunk::<4>()?;
    Some(InviteLink {
        creator: creator.into(),
        chat: u32::from_be_bytes(*chat).into(),
        random: u64::from_be_bytes(random.try_into().ok()?),
    })
}

/// 16 bytes from 32 hex digits.
fn hex(text: &str) -> Option<[u8; 16]> {
    let digits = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten()
        .map(u128::to_be_bytes)
}

/// Base64 with the URL alphabet, with or without padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT)
        .decode(text)
        .ok()
}
