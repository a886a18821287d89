//! Schema values inside saved state: their wire form in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserializer, Serializer};
use telewire_schema::{Deserialize, Serialize};

pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(value.to_bytes()))
}

pub(crate) fn deserialize<'de, T: Deserialize, D: Deserializer<'de>>(
    from: D,
) -> Result<T, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(from)?;
    let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
    T::from_slice(&bytes).map_err(D::Error::custom)
}
