//! What a sandbox in another process tells of itself.

use serde_json::Value;
use telewire_core::config::Network;
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::session::DcOption;

/// Where clients find the sandbox that has printed this line.
///
/// # Panics
/// When it is no such line.
pub fn network(info: &Value) -> Network {
    let dc = &info["dcs"][0];
    let id = DcId(number(&dc["id"]));
    let host = text(&dc["host"]).parse().expect("an address");
    Network::Custom {
        default_dc: id,
        dcs: vec![DcOption::new(id, host, number(&dc["port"]))],
        keys: RsaKeys::from_pem(text(&info["public_key_pem"])).expect("a key"),
    }
}

/// A text of the line.
///
/// # Panics
/// When it is none.
pub fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A number of the line.
///
/// # Panics
/// When it is none, or does not fit.
pub fn number<T: TryFrom<i64>>(value: &Value) -> T {
    let number = value.as_i64().and_then(|n| T::try_from(n).ok());
    number.expect("a number that fits")
}
