//! The printed forms: one line and several lines, both as Telethon prints its objects.

use core::fmt::{self, Write};

use super::value::fields;
use super::{Field, List, Meta, Object, View};

/// Formats `value` for `Debug`: on one line, or over several lines with `{:#?}`.
pub fn debug(value: View<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let indent = f.alternate().then_some(0);
    Printer { out: f, indent }.view(value, None)
}

/// `value` over several lines.
pub(super) fn lines(view: View<'_>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = Printer {
        out: &mut out,
        indent: Some(0),
    }
    .view(view, None);
    out
}

/// The name that Telethon's class for this constructor has: without namespace, in PascalCase, `Request` after functions.
/// What is no constructor of TL, and therefore begins with a capital, is called what it is.
pub(super) fn class_name(meta: &Meta) -> String {
    if meta.name.starts_with(char::is_uppercase) {
        return meta.name.to_owned();
    }
    let name = meta.name.rsplit('.').next().unwrap_or_default();
    let mut out = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    if meta.request {
        out.push_str("Request");
    }
    out
}

/// A point in time in UTC, taken apart.
pub(super) struct Moment {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

impl Moment {
    /// From Unix seconds; the calendar arithmetic is Howard Hinnant's `civil_from_days`
    /// (<https://howardhinnant.github.io/date_algorithms.html>).
    #[allow(
        clippy::arithmetic_side_effects,
        reason = "an i32 cannot leave the range of i64 here"
    )]
    pub(super) fn new(unix: i32) -> Self {
        let seconds = i64::from(unix);
        let days = seconds.div_euclid(86_400) + 719_468;
        let time = seconds.rem_euclid(86_400);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * shifted + 2) / 5 + 1,
            hour: time / 3600,
            minute: time / 60 % 60,
            second: time % 60,
        }
    }
}

struct Printer<'a> {
    out: &'a mut dyn Write,
    /// Number of tabs before the current line; none to stay on one line.
    indent: Option<usize>,
}

impl Printer<'_> {
    fn view(&mut self, view: View<'_>, field: Option<&Field>) -> fmt::Result {
        match view {
            View::Null => self.out.write_str("None"),
            _ if field.is_some_and(|field| field.secret) => self.out.write_str("***"),
            View::Bool(true) => self.out.write_str("True"),
            View::Bool(false) => self.out.write_str("False"),
            View::Int(value) if field.is_some_and(|field| field.date) => self.date(value),
            View::Int(value) => write!(self.out, "{value}"),
            View::Long(value) => write!(self.out, "{value}"),
            View::Double(value) => write!(self.out, "{value:?}"),
            View::Text(value) => self.text(value),
            View::Bytes(value) | View::Fixed(value) => self.bytes(value),
            View::Object(object) => self.object(object),
            View::List(list) => self.list(list),
        }
    }

    fn object(&mut self, object: &dyn Object) -> fmt::Result {
        write!(self.out, "{}(", class_name(object.meta()))?;
        self.shift(true);
        for (index, (field, value)) in fields(object).enumerate() {
            if index > 0 {
                self.out
                    .write_str(if self.indent.is_some() { "," } else { ", " })?;
            }
            self.line()?;
            write!(self.out, "{}=", field.name)?;
            self.view(value, Some(field))?;
        }
        self.shift(false);
        self.line()?;
        self.out.write_char(')')
    }

    fn list(&mut self, list: &dyn List) -> fmt::Result {
        self.out.write_char('[')?;
        self.shift(true);
        for index in 0..list.count() {
            if self.indent.is_none() && index > 0 {
                self.out.write_str(", ")?;
            }
            self.line()?;
            if let Some(item) = list.item(index) {
                self.view(item, None)?;
            }
            if self.indent.is_some() {
                self.out.write_char(',')?;
            }
        }
        self.shift(false);
        self.line()?;
        self.out.write_char(']')
    }

    fn shift(&mut self, deeper: bool) {
        if let Some(indent) = &mut self.indent {
            *indent = if deeper {
                indent.saturating_add(1)
            } else {
                indent.saturating_sub(1)
            };
        }
    }

    /// Begins a new line, if lines are wanted.
    fn line(&mut self) -> fmt::Result {
        match self.indent {
            None => Ok(()),
            Some(indent) => write!(self.out, "\n{:\t<indent$}", ""),
        }
    }

    fn date(&mut self, unix: i32) -> fmt::Result {
        if unix == 0 {
            return self.out.write_str("None");
        }
        let Moment {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = Moment::new(unix);
        write!(
            self.out,
            "datetime.datetime({year}, {month}, {day}, {hour}, {minute}"
        )?;
        if second != 0 {
            write!(self.out, ", {second}")?;
        }
        self.out.write_str(", tzinfo=datetime.timezone.utc)")
    }

    fn text(&mut self, text: &str) -> fmt::Result {
        let quote = if text.contains('\'') && !text.contains('"') {
            '"'
        } else {
            '\''
        };
        self.out.write_char(quote)?;
        for letter in text.chars() {
            match letter {
                '\n' => self.out.write_str("\\n")?,
                '\r' => self.out.write_str("\\r")?,
                '\t' => self.out.write_str("\\t")?,
                '\\' => self.out.write_str("\\\\")?,
                _ if letter == quote => write!(self.out, "\\{letter}")?,
                _ if letter.is_control() => write!(self.out, "\\x{:02x}", u32::from(letter))?,
                _ => self.out.write_char(letter)?,
            }
        }
        self.out.write_char(quote)
    }

    fn bytes(&mut self, bytes: &[u8]) -> fmt::Result {
        let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
            b'"'
        } else {
            b'\''
        };
        write!(self.out, "b{}", char::from(quote))?;
        for &byte in bytes {
            match byte {
                b'\n' => self.out.write_str("\\n")?,
                b'\r' => self.out.write_str("\\r")?,
                b'\t' => self.out.write_str("\\t")?,
                b'\\' => self.out.write_str("\\\\")?,
                _ if byte == quote => write!(self.out, "\\{}", char::from(byte))?,
                b' '..=b'~' => self.out.write_char(char::from(byte))?,
                _ => write!(self.out, "\\x{byte:02x}")?,
            }
        }
        self.out.write_char(char::from(quote))
    }
}
