//! How a login code travels; see [auth.SentCodeType](https://core.telegram.org/type/auth.SentCodeType).

use telewire_schema::types;
use telewire_schema::types::auth::SentCodeType as Type;

/// The way that a code has taken, as far as whoever enters it has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::client) struct Way {
    /// Where to look for it.
    pub(in crate::client) place: String,
    /// How long it is, if the server says so.
    pub(in crate::client) length: Option<usize>,
    /// It has to be given back as the answer to a mail.
    pub(super) by_email: bool,
}

impl Way {
    /// `None` where no code was sent.
    pub(in crate::client) fn of(sent: &types::auth::SentCode) -> Option<Self> {
        let types::auth::SentCode::SentCode(sent) = sent else {
            return None;
        };
        let mut by_email = false;
        let (place, length) = match &sent.type_ {
            Type::App(t) => (
                "in the Telegram app on another device".into(),
                Some(t.length),
            ),
            Type::Sms(t) => ("by SMS".into(), Some(t.length)),
            Type::FirebaseSms(t) => ("by SMS".into(), Some(t.length)),
            Type::Call(t) => ("by a phone call".into(), Some(t.length)),
            Type::FlashCall(_) => ("as the number of a call that ends at once".into(), None),
            Type::MissedCall(t) => (
                "as the last digits of the number that calls".into(),
                Some(t.length),
            ),
            Type::EmailCode(t) => {
                by_email = true;
                (format!("by mail to {}", t.email_pattern), Some(t.length))
            }
            Type::FragmentSms(t) => ("on fragment.com".into(), Some(t.length)),
            Type::SmsWord(t) => (text("word", t.beginning.as_deref()), None),
            Type::SmsPhrase(t) => (text("phrase", t.beginning.as_deref()), None),
            Type::SetUpEmailRequired(_) => return None,
        };
        Some(Self {
            place,
            length: length.and_then(|n| usize::try_from(n).ok()),
            by_email,
        })
    }
}

fn text(what: &str, beginning: Option<&str>) -> String {
    match beginning {
        Some(beginning) => format!("by SMS, a {what} that begins with “{beginning}”"),
        None => format!("by SMS, a {what}"),
    }
}

/// The code of an account of the [test servers](https://core.telegram.org/api/auth#test-accounts): 99966XYYYY, where X is
/// the data centre, whose digit is repeated as often as the code is long. No other number begins like that.
pub(in crate::client) fn test_code(phone: &str, length: Option<usize>) -> Option<String> {
    /// What a code is long where the server does not say it, and what is longer is none.
    const LENGTH: usize = 5;
    const LONGEST: usize = 16;
    let rest = phone.strip_prefix("99966").filter(|rest| rest.len() == 5)?;
    let dc = rest.get(..1).filter(|digit| *digit != "0")?;
    Some(dc.repeat(length.unwrap_or(LENGTH).min(LONGEST)))
}
