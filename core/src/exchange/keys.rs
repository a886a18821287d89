//! The RSA keys that servers may prove themselves with.

use crate::crypto::rsa::{PublicKey, RsaError};
use crate::dc::DcId;
use crate::exchange::Role;

/// The production servers' key, fingerprint d09d1d85de64fd85.
const PRODUCTION: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
-----END RSA PUBLIC KEY-----
";

/// The test servers' key, fingerprint b25898df208d2603.
const TEST: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----
";

/// The keys that are trusted: some for all data centres, and one or more for each CDN, good for that CDN alone.
#[derive(Clone, Debug, Default)]
pub struct RsaKeys {
    main: Vec<PublicKey>,
    cdn: Vec<(DcId, PublicKey)>,
}

impl RsaKeys {
    /// The keys of the production servers.
    #[must_use]
    pub fn production() -> Self {
        Self::built_in(PRODUCTION)
    }

    /// The keys of the [test servers](https://core.telegram.org/api/auth#test-accounts).
    #[must_use]
    pub fn test() -> Self {
        Self::built_in(TEST)
    }

    /// These keys, such as a sandbox's.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self {
            main: keys.into_iter().collect(),
            cdn: Vec::new(),
        }
    }

    /// One key in PKCS#1 PEM form (`-----BEGIN RSA PUBLIC KEY-----`).
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_pem(text: &str) -> Result<Self, RsaError> {
        Ok(Self::new([PublicKey::from_pem(text)?]))
    }

    /// Replaces all CDN keys by those of
    /// [`help.getCdnConfig`](https://core.telegram.org/method/help.getCdnConfig). Keys of an unknown form are left out:
    /// the CDN that has only such keys is then not used.
    pub fn set_cdn<'a>(&mut self, keys: impl IntoIterator<Item = (DcId, &'a str)>) {
        self.cdn = keys
            .into_iter()
            .filter_map(|(dc, pem)| Some((dc, PublicKey::from_pem(pem).ok()?)))
            .collect();
    }

    /// The keys to trust on a connection: a CDN's own ones on a CDN, the general ones everywhere else.
    pub(super) fn for_dc(&self, dc: DcId, role: Role) -> Vec<PublicKey> {
        match role {
            Role::Main | Role::Media => self.main.clone(),
            Role::Cdn => self
                .cdn
                .iter()
                .filter(|(of, _)| *of == dc)
                .map(|(_, key)| key.clone())
                .collect(),
        }
    }

    fn built_in(pem: &str) -> Self {
        let key = PublicKey::from_pem(pem);
        debug_assert!(key.is_ok(), "a built-in key is well-formed");
        Self::new(key.ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::vectors;

    #[test]
    fn built_in_keys_are_the_published_ones() {
        // parity: N-mt.auth.modern
        let fingerprints =
            |keys: RsaKeys| -> Vec<_> { keys.main.iter().map(PublicKey::fingerprint).collect() };
        assert_eq!(
            fingerprints(RsaKeys::production()),
            [0xd09d_1d85_de64_fd85_u64 as i64]
        );
        assert_eq!(
            fingerprints(RsaKeys::test()),
            [0xb258_98df_208d_2603_u64 as i64]
        );
        assert!(RsaKeys::from_pem("no key").is_err());
    }

    #[test]
    fn a_cdn_key_is_good_for_its_own_cdn_only() {
        let mut keys = RsaKeys::production();
        keys.set_cdn([
            (DcId(203), vectors::TEST_PEM),
            (DcId(204), "a form of the future"),
        ]);
        let main = RsaKeys::production().main;
        let cdn = RsaKeys::test().main;
        assert_eq!(keys.for_dc(DcId(203), Role::Cdn), cdn);
        assert_eq!(keys.for_dc(DcId(204), Role::Cdn), []);
        assert_eq!(keys.for_dc(DcId(2), Role::Cdn), []);
        assert_eq!(keys.for_dc(DcId(2), Role::Main), main);
        assert_eq!(keys.for_dc(DcId(203), Role::Main), main);
        assert_eq!(keys.for_dc(DcId(2), Role::Media), main);
        keys.set_cdn([]);
        assert_eq!(keys.for_dc(DcId(203), Role::Cdn), []);
    }
}
