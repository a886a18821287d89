//! SHA-1 and SHA-256 over a message given in parts.

use sha1::Digest;

/// SHA-1 of the concatenation of `parts`.
///
/// MTProto still names keys and binds nonces with SHA-1; nothing here relies on its collision
/// resistance.
#[must_use]
pub fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = sha1::Sha1::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// SHA-256 of the concatenation of `parts`.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = sha2::Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Bytes `FROM..FROM + N` of a longer array; `None` where they are not there.
pub(crate) fn part<const N: usize>(bytes: &[u8], from: usize) -> Option<[u8; N]> {
    bytes.get(from..)?.first_chunk::<N>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::vectors::hex;

    // FIPS 180-2, appendices A.1 and B.1: the message "abc".
    #[test]
    fn parts_hash_like_their_concatenation() {
        let sha1_abc = hex("a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha1(&[b"abc"]).as_slice(), sha1_abc);
        assert_eq!(sha1(&[b"a", b"", b"bc"]).as_slice(), sha1_abc);
        let sha256_abc = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sha256(&[b"abc"]).as_slice(), sha256_abc);
        assert_eq!(sha256(&[b"ab", b"c"]).as_slice(), sha256_abc);
    }
}
