//! Why no key came of an exchange.

use std::fmt;

use telewire_schema::DecodeError;

use crate::crypto::dh::DhError;
use crate::crypto::factor::FactorError;
use crate::error::ProtocolError;

/// The first check that failed. Says which rule, never with which bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExchangeError {
    /// A message did not decode, or was not one that may come now.
    Message,
    /// A message or an output came when none was due.
    OutOfTurn,
    /// An answer carries another `nonce` than ours: it belongs to another exchange.
    Nonce,
    /// An answer carries another `server_nonce` than before.
    ServerNonce,
    /// None of the server's keys is one that we trust for this data centre.
    UnknownKey,
    /// `pq` is not what it has to be.
    Pq(FactorError),
    /// The server refuses the request for its Diffie-Hellman values.
    ParamsRefused,
    /// The encrypted answer has an impossible length, or its SHA-1 does not fit.
    AnswerHash,
    /// The Diffie-Hellman values are not sound.
    Dh(DhError),
    /// `new_nonce_hash` does not prove that the server knows the key.
    NewNonceHash,
    /// The server asked for another try too often.
    TooManyRetries,
    /// The server refuses the key.
    KeyRefused,
    /// Our own request could not be built; does not happen with a sound key.
    Request,
}

impl ExchangeError {
    /// The rule that was broken.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Message => "key creation: an answer that may not come now",
            Self::OutOfTurn => "key creation: an answer nobody asked for",
            Self::Nonce => "key creation: the nonce differs",
            Self::ServerNonce => "key creation: the server's nonce differs",
            Self::UnknownKey => "key creation: the server has none of the known RSA keys",
            Self::Pq(FactorError::Size) => "key creation: pq is not a 64-bit number",
            Self::Pq(FactorError::NotTwoPrimes) => {
                "key creation: pq is not the product of two different odd primes"
            }
            Self::Pq(FactorError::TooHard) => "key creation: pq could not be factored",
            Self::ParamsRefused => "key creation: the server refuses our proof of work",
            Self::AnswerHash => "key creation: the hash of the encrypted answer differs",
            Self::Dh(DhError::Size) => "key creation: the modulus is not 2048 bits long",
            Self::Dh(DhError::NotSafePrime) => "key creation: the modulus is not a safe prime",
            Self::Dh(DhError::Generator) => "key creation: the generator does not fit the modulus",
            Self::Dh(DhError::Range) => "key creation: a public value is out of its range",
            Self::NewNonceHash => "key creation: the server does not prove that it knows the key",
            Self::TooManyRetries => "key creation: the server asks for ever more tries",
            Self::KeyRefused => "key creation: the server refuses the key",
            Self::Request => "key creation: the server's RSA key does not fit the request",
        }
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())
    }
}

impl std::error::Error for ExchangeError {}

impl From<DecodeError> for ExchangeError {
    fn from(_: DecodeError) -> Self {
        Self::Message
    }
}

impl From<FactorError> for ExchangeError {
    fn from(error: FactorError) -> Self {
        Self::Pq(error)
    }
}

impl From<DhError> for ExchangeError {
    fn from(error: DhError) -> Self {
        Self::Dh(error)
    }
}

impl From<ExchangeError> for ProtocolError {
    fn from(error: ExchangeError) -> Self {
        Self::new(error.rule())
    }
}
