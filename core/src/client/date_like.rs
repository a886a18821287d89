//! One argument type for everything that names a moment.

use std::time::Duration;

use crate::time::Unix;

/// A moment: seconds since 1970, or a while before or after now.
///
/// It is made from, and every method takes instead of it:
///
/// - a [`Unix`], such as the [date of a message](crate::objects::Message::date);
/// - a number of seconds since 1970-01-01 00:00 UTC (`i64`);
/// - [`DateLike::day`], the midnight that a day begins with;
/// - [`DateLike::ago`] and [`DateLike::ahead`], counted from when the request is made.
///
/// The dates of raw requests are [`DateLike::seconds`].
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

    /// Midnight (UTC) of a day of the Gregorian calendar. Months and days count from 1; what is beyond the end of a month or
    /// year runs on into the next.
    ///
    /// ```
    /// use telewire_core::client::DateLike;
    ///
    /// assert_eq!(DateLike::day(2020, 2, 29), DateLike::from(1_582_934_400));
    /// ```
    pub fn day(year: i32, month: u32, day: u32) -> Self {
        Unix::from_secs(days_to(year, month, day).saturating_mul(86_400)).into()
    }

    pub(crate) fn resolve(self, now: Unix) -> Unix {
        match self.0 {
            When::At(at) => at,
            When::Ago(d) => Unix::from_epoch(now.since_epoch().saturating_sub(d)),
            When::Ahead(d) => now + d,
        }
    }

    /// In the seconds that Telegram's `date` fields count; what lies beyond their range becomes the last of them.
    pub fn seconds(self, now: Unix) -> i32 {
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

/// The days from 1970 to a day of the Gregorian calendar: years begin in March, so that leap days are last.
fn days_to(year: i32, month: u32, day: u32) -> i64 {
    let months = i64::from(month).saturating_sub(3);
    let year = i64::from(year).saturating_add(months.div_euclid(12));
    let in_year = months.rem_euclid(12).saturating_mul(153).saturating_add(2) / 5;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + in_year + i64::from(day) - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_several_ways() {
        // parity: U-cast.date
        let now = Unix::from_secs(1_000_000);
        let hour = Duration::from_secs(3600);
        assert_eq!(DateLike::from(5).seconds(now), 5);
        assert_eq!(DateLike::from(-5).seconds(now), 0);
        assert_eq!(DateLike::from(now).seconds(now), 1_000_000);
        assert_eq!(DateLike::ago(hour).seconds(now), 996_400);
        assert_eq!(DateLike::ahead(hour).seconds(now), 1_003_600);
        let days = [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 951_782_400),
            ((2020, 3, 1), 1_583_020_800),
            ((2024, 12, 31), 1_735_603_200),
            ((2025, 1, 1), 1_735_689_600),
            ((2024, 13, 1), 1_735_689_600),
            ((1960, 1, 1), 0),
        ];
        for ((year, month, day), seconds) in days {
            assert_eq!(DateLike::day(year, month, day).seconds(now), seconds);
        }
        assert_eq!(DateLike::ago(Duration::MAX).seconds(now), 0);
        assert_eq!(DateLike::ahead(Duration::MAX).seconds(now), i32::MAX);
    }
}
