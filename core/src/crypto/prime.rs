//! Miller-Rabin primality of large public numbers.

use crypto_bigint::BoxedUint;

use super::modular::{Modulus, Residue};
use crate::rand::Rng;

/// Rounds for numbers that the peer chose: a composite passes with probability at most 4^-32.
pub(super) const ROUNDS: u32 = 32;

/// Odd primes for a quick first look; most composites end there.
const SMALL: [u32; 53] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193,
    197, 199, 211, 223, 227, 229, 233, 239, 241, 251,
];

/// Whether the number is prime, with the error probability of `rounds` rounds. The bases come from `rng`, so that a peer
/// cannot prepare a composite that passes.
///
/// The number must be odd and of a full-width [`Modulus`] size; anything else counts as composite.
pub(super) fn is_prime(big_endian: &[u8], rounds: u32, rng: &mut Rng) -> bool {
    if SMALL.iter().any(|small| remainder(big_endian, *small) == 0) {
        return false;
    }
    let Some(modulus) = Modulus::new(big_endian) else {
        return false;
    };
    let one = modulus.small(1);
    let minus_one = modulus.small(0).sub(&one);
    let even = minus_one.to_uint();
    let twos = even.trailing_zeros_vartime();
    let odd = even.wrapping_shr_vartime(twos);
    (0..rounds).all(|_| {
        let base = random_base(&modulus, big_endian.len(), rng);
        let mut power = base.pow(&odd);
        if power == one || power == minus_one {
            return true;
        }
        for _ in 1..twos {
            power = power.square();
            if power == minus_one {
                return true;
            }
        }
        false
    })
}

/// The remainder of a big-endian number by a small one.
pub(super) fn remainder(big_endian: &[u8], small: u32) -> u32 {
    let small = u64::from(small.max(1));
    let left = big_endian
        .iter()
        .fold(0_u64, |left, byte| (left << 8 | u64::from(*byte)) % small);
    u32::try_from(left).unwrap_or(0)
}

/// A residue other than 0, 1 and -1.
fn random_base(modulus: &Modulus, len: usize, rng: &mut Rng) -> Residue {
    let mut bytes = vec![0; len];
    rng.fill(&mut bytes);
    let number = modulus
        .uint(&bytes)
        .unwrap_or_else(|| BoxedUint::from(2_u32));
    let base = modulus.reduced(&number);
    let (zero, one) = (modulus.small(0), modulus.small(1));
    if base == zero || base == one || base == zero.sub(&one) {
        return modulus.small(2);
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::vectors::hex;
    use crate::rand::Seed;

    #[test]
    fn tells_primes_from_composites() {
        let mut rng = Rng::new(Seed::new([1; 32]));
        let mut check = |n: u64| is_prime(&n.to_be_bytes(), ROUNDS, &mut rng);
        // The two largest primes below 2^64, https://t5k.org/lists/2small/0bit.html.
        assert!(check(u64::MAX - 58));
        assert!(check(u64::MAX - 82));
        assert!(!check(u64::MAX));
        assert!(!check(u64::MAX - 1));
        // A product of two primes without small factors.
        assert!(!check(4_294_967_291 * 4_294_967_279));
    }

    // The least composite that passes with each of 2, 3, 5, 7, 11, 13, 17, 19 and 23 as base (OEIS A014233).
    #[test]
    fn random_bases_catch_what_fixed_bases_miss() {
        let mut rng = Rng::new(Seed::new([2; 32]));
        let jaeschke = 3_825_123_056_546_413_051_u64;
        assert_eq!(jaeschke, 149_491 * 747_451 * 34_233_211);
        assert!(!is_prime(&jaeschke.to_be_bytes(), ROUNDS, &mut rng));
    }

    #[test]
    fn large_numbers_work_as_well() {
        let mut rng = Rng::new(Seed::new([3; 32]));
        // RFC 2409, section 6.2: the 1024-bit Oakley group 2 prime.
        let oakley = hex(
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74\
             020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437\
             4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
             EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
        );
        assert!(is_prime(&oakley, 8, &mut rng));
        let mut other = oakley;
        other[10] ^= 1;
        assert!(!is_prime(&other, 8, &mut rng));
    }

    #[test]
    fn remainders_are_those_of_arithmetic() {
        assert_eq!(remainder(&[], 7), 0);
        assert_eq!(remainder(&1_000_003_u32.to_be_bytes(), 1000), 3);
        assert_eq!(remainder(&[0xff; 8], 65_521), (u64::MAX % 65_521) as u32);
    }
}
