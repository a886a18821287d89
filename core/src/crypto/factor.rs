//! Splitting the server's `pq` into its two primes, the
//! [proof of work](https://core.telegram.org/mtproto/auth_key#proof-of-work) of key creation.
//!
//! Brent's variant of Pollard's rho with 64-bit Montgomery multiplication: some 100,000 multiplications for the
//! 62-bit products in use, and never more than a fixed number of them.

use std::fmt;

/// Multiplications that one call may spend on the search. A product of two 32-bit primes needs some 2^17.
const MAX_STEPS: u32 = 1 << 22;

/// Steps between two greatest common divisors.
const BATCH: u32 = 128;

/// Why a number is not what a server has to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorError {
    /// It is longer than eight bytes, or empty.
    Size,
    /// It is not the product of two different odd primes.
    NotTwoPrimes,
    /// The bounded search found no factor.
    TooHard,
}

impl fmt::Display for FactorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "pq is not a 64-bit number",
            Self::NotTwoPrimes => "pq is not the product of two different odd primes",
            Self::TooHard => "pq could not be factored with bounded work",
        })
    }
}

impl std::error::Error for FactorError {}

/// The number that a big-endian string of at most eight bytes stands for; leading zeros may be there or not.
///
/// # Errors
/// [`FactorError::Size`].
pub fn parse_pq(big_endian: &[u8]) -> Result<u64, FactorError> {
    if big_endian.is_empty() || big_endian.len() > 8 {
        return Err(FactorError::Size);
    }
    Ok(big_endian
        .iter()
        .fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

/// `(p, q)` with `p < q`, both prime and odd, and `p * q == pq`.
///
/// # Errors
/// [`FactorError::NotTwoPrimes`] and [`FactorError::TooHard`].
pub fn factor(pq: u64) -> Result<(u64, u64), FactorError> {
    if pq < 15 || pq.is_multiple_of(2) || is_prime(pq) {
        return Err(FactorError::NotTwoPrimes);
    }
    let root = pq.isqrt();
    let found = if root * root == pq { root } else { split(pq)? };
    let other = pq / found;
    if found == other || !is_prime(found) || !is_prime(other) {
        return Err(FactorError::NotTwoPrimes);
    }
    Ok((found.min(other), found.max(other)))
}

/// Some proper factor of an odd composite number.
fn split(n: u64) -> Result<u64, FactorError> {
    let m = Montgomery::new(n);
    let mut budget = MAX_STEPS;
    // Each constant is another pseudo-random walk; one that closes on itself gives way to the next.
    for constant in 1.. {
        match brent(&m, m.to(constant), &mut budget) {
            Some(factor) => return Ok(factor),
            None if budget == 0 => break,
            None => {}
        }
    }
    Err(FactorError::TooHard)
}

/// One walk `x -> x² + c`: a proper factor, or `None` when the walk closed or the budget ran out.
fn brent(m: &Montgomery, c: u64, budget: &mut u32) -> Option<u64> {
    let mut y = m.to(2);
    let mut length = 1_u32;
    loop {
        let x = y;
        for _ in 0..length {
            spend(budget, 1)?;
            y = m.step(y, c);
        }
        let mut done = 0;
        while done < length {
            let batch = BATCH.min(length - done);
            spend(budget, batch)?;
            let before = y;
            let mut product = m.one;
            for _ in 0..batch {
                y = m.step(y, c);
                product = m.mul(product, x.abs_diff(y));
            }
            match gcd(product, m.n) {
                1 => {}
                g if g < m.n => return Some(g),
                // Several factors met in one batch: walk it again, one step at a time.
                _ => return one_by_one(m, c, x, before, batch),
            }
            done += batch;
        }
        length = length.checked_mul(2)?;
    }
}

fn one_by_one(m: &Montgomery, c: u64, x: u64, mut y: u64, steps: u32) -> Option<u64> {
    for _ in 0..steps {
        y = m.step(y, c);
        match gcd(x.abs_diff(y), m.n) {
            1 => {}
            g if g < m.n => return Some(g),
            _ => return None,
        }
    }
    None
}

fn spend(budget: &mut u32, steps: u32) -> Option<()> {
    *budget = budget.saturating_sub(steps);
    (*budget > 0).then_some(())
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while a != 0 {
        (a, b) = (b % a, a);
    }
    b
}

/// Deterministic Miller-Rabin: the first twelve primes as bases decide every 64-bit number (OEIS A014233).
fn is_prime(n: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if n < 2 {
        return false;
    }
    for base in BASES {
        if n.is_multiple_of(base) {
            return n == base;
        }
    }
    let m = Montgomery::new(n);
    let minus_one = m.n - m.one;
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    BASES.iter().all(|base| {
        let mut power = m.pow(m.to(*base), odd);
        if power == m.one || power == minus_one {
            return true;
        }
        for _ in 1..twos {
            power = m.mul(power, power);
            if power == minus_one {
                return true;
            }
        }
        false
    })
}

/// Arithmetic modulo an odd 64-bit number with R = 2^64.
struct Montgomery {
    n: u64,
    /// -n^-1 mod R
    inverse: u64,
    /// R mod n
    one: u64,
    /// R² mod n
    square: u64,
}

impl Montgomery {
    fn new(n: u64) -> Self {
        // Newton's iteration doubles the correct low bits; an odd n is its own inverse modulo 8.
        let mut inverse = n;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n.wrapping_mul(inverse)));
        }
        let wide = u128::from(n);
        let one = (1_u128 << 64) % wide;
        let narrow = |x: u128| (x & u128::from(u64::MAX)) as u64;
        Self {
            n,
            inverse: inverse.wrapping_neg(),
            one: narrow(one),
            square: narrow(one * one % wide),
        }
    }

    /// `x` in Montgomery form.
    fn to(&self, x: u64) -> u64 {
        self.mul(x % self.n, self.square)
    }

    #[inline]
    fn mul(&self, a: u64, b: u64) -> u64 {
        let t = u128::from(a) * u128::from(b);
        let m = (t as u64).wrapping_mul(self.inverse);
        // t + m·n is below 2^129; its low half is zero, which carries unless t's was zero.
        let low_carry = u64::from(t as u64 != 0);
        let high = (u128::from(m) * u128::from(self.n)) >> 64;
        let sum = (t >> 64) + high + u128::from(low_carry);
        let n = u128::from(self.n);
        (if sum >= n { sum - n } else { sum }) as u64
    }

    /// `x² + c`
    #[inline]
    fn step(&self, x: u64, c: u64) -> u64 {
        let square = self.mul(x, x);
        let gap = self.n - c;
        if square >= gap {
            square - gap
        } else {
            square + c
        }
    }

    fn pow(&self, mut base: u64, mut exponent: u64) -> u64 {
        let mut result = self.one;
        while exponent != 0 {
            if exponent & 1 == 1 {
                result = self.mul(result, base);
            }
            base = self.mul(base, base);
            exponent >>= 1;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // https://core.telegram.org/mtproto/samples-auth_key: step 3 of today's page, and of its form until 2024.
    #[test]
    fn splits_the_samples() {
        assert_eq!(
            factor(1_468_428_376_148_703_121),
            Ok((1_008_949_199, 1_455_403_679))
        );
        assert_eq!(
            factor(0x17ED_4894_1A08_F981),
            Ok((0x494C_553B, 0x5391_1073))
        );
    }

    #[test]
    fn splits_the_edges_of_the_range() {
        // The two largest primes below 2^32: the hardest product of all.
        assert_eq!(
            factor(4_294_967_291 * 4_294_967_279),
            Ok((4_294_967_279, 4_294_967_291))
        );
        assert_eq!(factor(15), Ok((3, 5)));
        assert_eq!(factor(21), Ok((3, 7)));
        // 3 and the largest prime below 2^62.
        assert_eq!(
            factor(3 * 4_611_686_018_427_387_847),
            Ok((3, 4_611_686_018_427_387_847))
        );
    }

    #[test]
    fn refuses_what_is_not_two_different_odd_primes() {
        let largest_prime = u64::MAX - 58;
        let refused = [
            0,
            1,
            2,
            3,
            4,
            6,
            8,
            9,
            14,
            25,
            27,
            45,
            105,
            2 * 1_000_003,
            largest_prime,
            u64::MAX,
            u64::MAX - 1,
            // squares and cubes of primes, and three primes
            4_294_967_291 * 4_294_967_291,
            1_000_003 * 1_000_003,
            2_097_143 * 2_097_143 * 2_097_143,
            1_009 * 1_013 * 1_019,
        ];
        for n in refused {
            assert_eq!(factor(n), Err(FactorError::NotTwoPrimes), "{n}");
        }
    }

    #[test]
    fn the_search_ends_when_the_budget_does() {
        let m = Montgomery::new(4_294_967_291 * 4_294_967_279);
        let mut budget = 1000;
        assert_eq!(brent(&m, m.to(1), &mut budget), None);
        assert_eq!(budget, 0);
    }

    #[test]
    fn reads_big_endian_strings_of_up_to_eight_bytes() {
        assert_eq!(parse_pq(&[1, 2]), Ok(258));
        assert_eq!(parse_pq(&[0, 0, 0, 0, 0, 0, 1, 2]), Ok(258));
        assert_eq!(parse_pq(&[0xff; 8]), Ok(u64::MAX));
        assert_eq!(parse_pq(&[]), Err(FactorError::Size));
        assert_eq!(parse_pq(&[1; 9]), Err(FactorError::Size));
    }

    fn next_prime(from: u32) -> u64 {
        let mut n = u64::from(from) | 1;
        while !is_prime(n) {
            n += 2;
        }
        n
    }

    proptest! {
        #[test]
        fn splits_products_of_two_primes(a in 3_u32..0xffff_ff00, b in 3_u32..0xffff_ff00) {
            let (p, q) = (next_prime(a), next_prime(b));
            prop_assume!(p != q);
            prop_assert_eq!(factor(p * q), Ok((p.min(q), p.max(q))));
        }

        #[test]
        fn any_number_ends_in_primes_or_an_error(n: u64) {
            if let Ok((p, q)) = factor(n) {
                prop_assert!(p < q && is_prime(p) && is_prime(q) && p % 2 == 1);
                prop_assert_eq!(p.checked_mul(q), Some(n));
            }
        }

        #[test]
        fn montgomery_multiplication_is_multiplication(a: u64, b: u64, n: u64) {
            let n = n | 1;
            let m = Montgomery::new(n);
            let back = m.mul(m.mul(m.to(a), m.to(b)), 1);
            let expected = u128::from(a % n) * u128::from(b % n) % u128::from(n);
            prop_assert_eq!(u128::from(back), expected);
        }
    }
}
