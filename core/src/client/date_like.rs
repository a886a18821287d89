//! One argument type for everything that names a moment.

use std::time::Duration;

use crate::time::Unix;

/// A moment: seconds since 1970, or a while before or after now.
///
/// It is made from, and every method takes instead of it:
///
/// - a [`Unix`], such as the [date of a message](crate::objects::Message::date);
/// - a number of seconds since 1970-01-01 00:00 UTC (`i64`);
/// - [`DateLike::ago`] and [`DateLike::ahead`], counted from when the request is made.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use std::time::Duration;
/// use telewire_core::client::DateLike;
///
/// let week = Duration::from_secs(7 * 24 * 3600);
/// let before_last_week = client.iter_messages("me").offset_date(DateLike::ago(week));
/// let of_the_last_millennium = client.iter_messages("me").offset_date(946_684_800);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateLike(When);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    At(Unix),
    Ago(Duration),
    Ahead(Duration),
}

impl DateLike {
    /// So long before now.
    pub const fn ago(d: Duration) -> Self {
        Self(When::Ago(d))
    }

    /// So long after now.
    pub const fn ahead(d: Duration) -> Self {
        Self(When::Ahead(d))
    }

    pub(crate) fn resolve(self, now: Unix) -> Unix {
        match self.0 {
            When::At(at) => at,
            When::Ago(d) => Unix::from_epoch(now.since_epoch().saturating_sub(d)),
            When::Ahead(d) => now + d,
        }
    }

    /// In the seconds that Telegram's `date` fields count; what lies beyond their range becomes the last of them.
    pub(crate) fn seconds(self, now: Unix) -> i32 {
        i32::try_from(self.resolve(now).secs()).unwrap_or(i32::MAX)
    }
}

impl From<Unix> for DateLike {
    fn from(at: Unix) -> Self {
        Self(When::At(at))
    }
}

impl From<i64> for DateLike {
    fn from(seconds: i64) -> Self {
        Unix::from_secs(seconds).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_several_ways() {
        let now = Unix::from_secs(1_000_000);
        let hour = Duration::from_secs(3600);
        assert_eq!(DateLike::from(5).seconds(now), 5);
        assert_eq!(DateLike::from(-5).seconds(now), 0);
        assert_eq!(DateLike::from(now).seconds(now), 1_000_000);
        assert_eq!(DateLike::ago(hour).seconds(now), 996_400);
        assert_eq!(DateLike::ahead(hour).seconds(now), 1_003_600);
        assert_eq!(DateLike::ago(Duration::MAX).seconds(now), 0);
        assert_eq!(DateLike::ahead(Duration::MAX).seconds(now), i32::MAX);
    }
}
