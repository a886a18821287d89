//! Where links are in a text.

use std::ops::Range;
use std::sync::Arc;

/// A link at the beginning of a text. All numbers count bytes of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkMatch {
    /// How long the whole link is.
    pub length: usize,
    /// The part that is shown.
    pub text: Range<usize>,
    /// The part that is the address.
    pub url: Range<usize>,
}

/// How links are found.
#[derive(Clone)]
pub(super) enum Links {
    None,
    /// `[text](url)`.
    Brackets,
    Function(Arc<LinkFinder>),
    #[cfg(feature = "regex")]
    Regex(regex::Regex),
}

/// Tells whether a text begins with a link.
type LinkFinder = dyn Fn(&str) -> Option<LinkMatch> + Send + Sync;

/// Finds the links of one text, from its beginning to its end.
pub(super) struct Finder<'s> {
    source: &'s str,
    links: &'s Links,
    /// Where the texts of bracketed links may end, from the back: found once, when the first `[` is met.
    tails: Option<Vec<LinkTail>>,
    /// The next place that the regular expression matches, and what it has there.
    #[cfg(feature = "regex")]
    next: Option<(usize, Option<LinkMatch>)>,
}

impl<'s> Finder<'s> {
    pub(super) fn new(source: &'s str, links: &'s Links) -> Self {
        Self {
            source,
            links,
            tails: None,
            #[cfg(feature = "regex")]
            next: None,
        }
    }

    /// The link that begins at `at`. Positions are asked for in ascending order.
    pub(super) fn at(&mut self, at: usize) -> Option<LinkMatch> {
        let rest = self.source.get(at..)?;
        match self.links {
            Links::None => None,
            Links::Brackets => self.brackets(at, rest),
            Links::Function(find) => find(rest).filter(|link| fits(link, rest)),
            #[cfg(feature = "regex")]
            Links::Regex(regex) => self.regex(regex, at).filter(|link| fits(link, rest)),
        }
    }

    fn brackets(&mut self, at: usize, rest: &str) -> Option<LinkMatch> {
        if !rest.starts_with('[') {
            return None;
        }
        let tails = self.tails.get_or_insert_with(|| link_tails(self.source));
        // The text has at least one character, whatever it is.
        while tails.last().is_some_and(|t| t.bracket <= at + 1) {
            tails.pop();
        }
        let &LinkTail { bracket, end } = tails.last()?;
        Some(LinkMatch {
            length: end + 1 - at,
            text: 1..bracket - at,
            url: bracket + 2 - at..end - at,
        })
    }

    #[cfg(feature = "regex")]
    fn regex(&mut self, regex: &regex::Regex, at: usize) -> Option<LinkMatch> {
        if self.next.as_ref().is_none_or(|(start, _)| *start < at) {
            // Nothing more is as good as a match behind the end.
            let found = regex.captures_at(self.source, at);
            self.next = Some(found.map_or((usize::MAX, None), |groups| {
                let whole = groups.get_match();
                let group = |n| {
                    let group = groups.get(n)?;
                    Some(
                        group.start().checked_sub(whole.start())?
                            ..group.end().checked_sub(whole.start())?,
                    )
                };
                let link = group(1).zip(group(2)).map(|(text, url)| LinkMatch {
                    length: whole.len(),
                    text,
                    url,
                });
                (whole.start(), link)
            }));
        }
        let (start, link) = self.next.as_ref()?;
        link.clone().filter(|_| *start == at)
    }
}

/// Whether a link lies in the text that it was found in.
fn fits(link: &LinkMatch, text: &str) -> bool {
    let whole = text
        .get(..link.length)
        .is_some_and(|whole| !whole.is_empty());
    whole
        && [&link.text, &link.url]
            .iter()
            .all(|part| text.get((*part).clone()).is_some())
}

/// `](url)` in the source.
#[derive(Clone, Copy)]
struct LinkTail {
    /// Where the `]` is.
    bracket: usize,
    /// Where the `)` is.
    end: usize,
}

/// Every `](url)` of a text, last first. The url has at least one character and no line break.
fn link_tails(source: &str) -> Vec<LinkTail> {
    let bytes = source.as_bytes();
    let mut tails = Vec::new();
    // The next `)` with no line break before it, seen from the back; a second one serves urls that begin with `)`.
    let (mut close, mut second) = (None, None);
    for (at, byte) in bytes.iter().enumerate().rev() {
        match byte {
            b'\n' => (close, second) = (None, None),
            b')' => (close, second) = (Some(at), close),
            b'(' if at > 0 && bytes.get(at - 1) == Some(&b']') => {
                let end = if close == Some(at + 1) { second } else { close };
                tails.extend(end.map(|end| LinkTail {
                    bracket: at - 1,
                    end,
                }));
            }
            _ => {}
        }
    }
    tails
}
