//! The errors that the server answers to requests.

mod list;

use core::fmt;

pub use list::RpcError;

impl RpcError {
    /// From the fields of `rpc_error`: a message such as `FLOOD_WAIT_31` becomes `RpcError::FloodWait { seconds: 31 }`.
    pub fn parse(code: i32, message: &str) -> Self {
        if let Some(error) = list::known(message, None) {
            return error;
        }
        let Some((name, value)) = generalized(message) else {
            return Self::Other {
                code,
                name: message.to_owned(),
                value: None,
            };
        };
        list::known(&name, Some(value)).unwrap_or(Self::Other {
            code,
            name,
            value: Some(value),
        })
    }

    /// The code, as of HTTP: 303 another data centre, 400 wrong arguments, 401 not signed in, 403 not allowed, 406 not to be
    /// shown, 420 too often, 500 and -503 the server's own trouble. Of an error with several, the usual one.
    pub fn code(&self) -> i32 {
        list::facts(self).1
    }

    /// The name, with `X` for the number in it: `FLOOD_WAIT_X`.
    pub fn name(&self) -> &str {
        list::facts(self).0
    }

    /// The number in the name: seconds to wait, a data centre, a file part.
    pub fn value(&self) -> Option<i32> {
        list::facts(self).2.map(|(_, value)| value)
    }

    /// Whether this is the error of that name; `FLOOD_WAIT_X`, `FLOOD_WAIT` and `FLOOD_WAIT_31` all fit one of 31 seconds.
    pub fn is(&self, name: &str) -> bool {
        let own = self.name();
        own == name || own.strip_suffix("_X") == Some(name) || self.text() == name
    }

    /// The message that the server sent, with the number in its place.
    pub fn text(&self) -> String {
        match list::facts(self) {
            (name, _, None) => name.to_owned(),
            (name, _, Some((_, value))) => {
                let parts: Vec<String> = name
                    .split('_')
                    .map(|part| match part {
                        "X" => value.to_string(),
                        "XMIN" => format!("{value}MIN"),
                        _ => part.to_owned(),
                    })
                    .collect();
                parts.join("_")
            }
        }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, code, number) = list::facts(self);
        write!(f, "{name} ({code}")?;
        match number {
            Some((meaning, value)) => write!(f, ", {} {value})", meaning.replace('_', " ")),
            None => write!(f, ")"),
        }
    }
}

impl std::error::Error for RpcError {}

/// The message with `X` for the last number that begins one of its parts, and that number.
fn generalized(message: &str) -> Option<(String, i32)> {
    let mut parts: Vec<&str> = message.split('_').collect();
    let starts_with_digit = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    let place = parts.iter().rposition(starts_with_digit)?;
    let part = parts.get_mut(place)?;
    let digits = part
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(part.len());
    let (number, rest) = part.split_at_checked(digits)?;
    let value = number.parse().ok()?;
    let replaced = format!("X{rest}");
    *part = &replaced;
    Some((parts.join("_"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_the_message_becomes_a_field() {
        let error = RpcError::parse(420, "FLOOD_WAIT_31");
        assert_eq!(error, RpcError::FloodWait { seconds: 31 });
        assert_eq!(
            (error.code(), error.name(), error.value()),
            (420, "FLOOD_WAIT_X", Some(31))
        );
        for name in ["FLOOD_WAIT_X", "FLOOD_WAIT", "FLOOD_WAIT_31"] {
            assert!(error.is(name), "{name}");
        }
        assert!(!error.is("FLOOD_WAIT_32"));
        assert_eq!(error.to_string(), "FLOOD_WAIT_X (420, seconds 31)");
        assert_eq!(
            RpcError::parse(303, "PHONE_MIGRATE_4"),
            RpcError::PhoneMigrate { new_dc: 4 }
        );
        assert_eq!(
            RpcError::parse(400, "FILE_PART_7_MISSING"),
            RpcError::FilePartMissing { which: 7 }
        );
        assert_eq!(
            RpcError::parse(420, "2FA_CONFIRM_WAIT_60"),
            RpcError::TwofaConfirmWait { seconds: 60 }
        );
        let minutes = RpcError::parse(406, "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN");
        assert_eq!(
            (minutes.value(), minutes.text().as_str()),
            (Some(5), "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN")
        );
    }

    #[test]
    fn one_name_with_and_without_a_number_gives_two_errors() {
        assert_eq!(
            RpcError::parse(400, "EMAIL_UNCONFIRMED"),
            RpcError::EmailUnconfirmed
        );
        assert_eq!(
            RpcError::parse(400, "EMAIL_UNCONFIRMED_6"),
            RpcError::EmailUnconfirmedX { code_length: 6 }
        );
    }

    #[test]
    fn an_unknown_error_keeps_code_name_and_number() {
        let error = RpcError::parse(444, "SOMETHING_NEW_12");
        let expected = RpcError::Other {
            code: 444,
            name: "SOMETHING_NEW_X".into(),
            value: Some(12),
        };
        assert_eq!(error, expected);
        assert!(error.is("SOMETHING_NEW") && error.code() == 444);
        assert_eq!(RpcError::parse(400, "").name(), "");
        assert_eq!(RpcError::parse(400, "A_99999999999").value(), None);
    }

    #[test]
    fn every_listed_name_is_known() {
        let rows = include_str!("../../errors.csv").lines().skip(1);
        let mut count = 0;
        for row in rows {
            let mut cells = row.split(',');
            let name = cells.next().unwrap();
            let code = cells
                .next()
                .unwrap()
                .split(' ')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let error = RpcError::parse(code, &name.replace("_XMIN", "_3MIN").replace("_X", "_3"));
            assert!(!matches!(error, RpcError::Other { .. }), "{name}");
            assert_eq!((error.name(), error.code()), (name, code));
            count += 1;
        }
        assert!(count > 500);
    }
}
