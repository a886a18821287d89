//! What a text has to look like.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A test of texts.
pub(super) enum Pattern {
    #[cfg(feature = "regex")]
    Regex(regex::Regex),
    Test(Box<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Pattern {
    /// What it finds, if the text passes. Regular expressions have to match from the beginning.
    pub(super) fn find(&self, text: &str) -> Option<Arc<PatternMatch>> {
        let groups = match self {
            Self::Test(test) => {
                let whole = Group {
                    name: None,
                    range: Some(0..text.len()),
                };
                test(text).then(|| vec![whole])
            }
            #[cfg(feature = "regex")]
            Self::Regex(regex) => groups(regex, text),
        };
        groups.map(|groups| {
            Arc::new(PatternMatch {
                text: text.into(),
                groups,
            })
        })
    }
}

/// The groups of a match that begins where the text does. The leftmost match is the one there, if there is one.
#[cfg(feature = "regex")]
fn groups(regex: &regex::Regex, text: &str) -> Option<Vec<Group>> {
    let found = regex
        .captures(text)
        .filter(|found| found.get(0).is_some_and(|whole| whole.start() == 0))?;
    let named = regex.capture_names().zip(found.iter());
    Some(
        named
            .map(|(name, group)| Group {
                name: name.map(Into::into),
                range: group.map(|g| g.range()),
            })
            .collect(),
    )
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "regex")]
            Self::Regex(regex) => regex.as_str().fmt(f),
            Self::Test(_) => f.write_str("a function"),
        }
    }
}

/// What the pattern of a builder found in a text. Group 0 is all that it matched; where the pattern is a function, the
/// whole text.
#[derive(Clone, PartialEq, Eq)]
pub struct PatternMatch {
    text: Box<str>,
    groups: Vec<Group>,
}

#[derive(Clone, PartialEq, Eq)]
struct Group {
    name: Option<Box<str>>,
    range: Option<Range<usize>>,
}

impl PatternMatch {
    /// All that it matched.
    pub fn as_str(&self) -> &str {
        self.get(0).unwrap_or_default()
    }

    /// What the group with that number matched, counted from 1 in the order of their opening brackets; `None` if it took no
    /// part, or does not exist.
    pub fn get(&self, group: usize) -> Option<&str> {
        self.text.get(self.span(group)?)
    }

    /// What the group `(?<name>…)` matched.
    pub fn name(&self, name: &str) -> Option<&str> {
        let named = |group: &Group| group.name.as_deref() == Some(name);
        self.get(self.groups.iter().position(named)?)
    }

    /// Where the group with that number lies in the text, in bytes.
    pub fn span(&self, group: usize) -> Option<Range<usize>> {
        self.groups.get(group)?.range.clone()
    }

    /// What each group matched, group 0 left out.
    pub fn groups(&self) -> Vec<Option<&str>> {
        (1..self.groups.len())
            .map(|group| self.get(group))
            .collect()
    }
}

// It is part of somebody's message.
impl fmt::Debug for PatternMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spans = self.groups.iter().map(|group| &group.range);
        f.debug_list().entries(spans).finish()
    }
}
