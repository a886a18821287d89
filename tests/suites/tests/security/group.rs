//! Diffie-Hellman: the group and the public values.

use telewire_core::exchange::ExchangeError;
use telewire_core::internals::dh::{DhError, Group, KNOWN_PRIME};
use telewire_core::rand::{Rng, Seed};
use telewire_schema::mtproto::types::ServerDhInnerData;

use super::exchange::{refused, rule};

fn offered(change: impl Fn(&mut ServerDhInnerData) + 'static) -> String {
    refused(|s| s.inner = Box::new(change))
}

fn dh(error: DhError) -> String {
    rule(ExchangeError::Dh(error))
}

/// 2^2047 + `low`
fn near_2_to_2047(low: u16) -> Vec<u8> {
    let mut number = vec![0; 256];
    number[0] = 0x80;
    number[254..].copy_from_slice(&low.to_be_bytes());
    number
}

fn group(prime: Vec<u8>, g: i32) -> String {
    offered(move |inner| {
        inner.dh_prime = prime.clone().into();
        inner.g = g;
    })
}

#[test]
fn the_modulus_has_2048_bits() {
    let mut small = KNOWN_PRIME;
    small[0] = 0x7f;
    let long = [&[1], KNOWN_PRIME.as_slice()].concat();
    for prime in [small.to_vec(), KNOWN_PRIME[1..].to_vec(), long] {
        assert_eq!(group(prime, 4), dh(DhError::Size));
    }
}

/// Its half is prime, so nothing but the modulus itself tells. Found with Python, `pow(2, p - 1, p)`.
#[test]
fn the_modulus_is_prime() {
    let text = group(near_2_to_2047(0x2067), 4);
    assert_eq!(text, dh(DhError::NotSafePrime));
}

/// The first prime above 2^2047 whose half is composite, found the same way.
#[test]
fn half_of_the_modulus_is_prime() {
    let text = group(near_2_to_2047(0x77f), 4);
    assert_eq!(text, dh(DhError::NotSafePrime));
}

#[test]
fn the_generator_is_a_number_from_2_to_7() {
    for g in [i32::MIN, -3, 0, 1, 8, 9, i32::MAX] {
        assert_eq!(
            group(KNOWN_PRIME.to_vec(), g),
            dh(DhError::Generator),
            "{g}"
        );
    }
}

/// An odd 2048-bit number with one of those remainders by `by`. It is hardly prime, but the generator is looked at first.
fn number_with(by: u32, remainders: &[u32]) -> Vec<u8> {
    let mut number = KNOWN_PRIME.to_vec();
    for last in (1..=u8::MAX).step_by(2) {
        number[255] = last;
        let remainder = number
            .iter()
            .fold(0, |left, b| (left << 8 | u32::from(*b)) % by);
        if remainders.contains(&remainder) {
            return number;
        }
    }
    panic!("no such number");
}

fn generator_is_refused(g: i32, by: u32, remainders: &[u32]) {
    for remainder in remainders {
        let text = group(number_with(by, &[*remainder]), g);
        assert_eq!(text, dh(DhError::Generator), "{remainder} mod {by}");
    }
}

#[test]
fn generator_2_fits_the_modulus() {
    generator_is_refused(2, 8, &[1, 3, 5]);
}

#[test]
fn generator_3_fits_the_modulus() {
    generator_is_refused(3, 3, &[0, 1]);
}

#[test]
fn generator_5_fits_the_modulus() {
    generator_is_refused(5, 5, &[0, 2, 3]);
}

#[test]
fn generator_6_fits_the_modulus() {
    generator_is_refused(6, 24, &[1, 5, 7, 11, 13, 17]);
}

#[test]
fn generator_7_fits_the_modulus() {
    generator_is_refused(7, 7, &[0, 1, 2, 4]);
}

fn g_a(value: Vec<u8>) -> String {
    offered(move |inner| inner.g_a = value.clone().into())
}

fn is_in_range(value: &[u8]) -> bool {
    let group = Group::check(&KNOWN_PRIME, 3, &mut Rng::new(Seed::new([1; 32]))).unwrap();
    group.public_value(value).is_ok()
}

#[test]
fn the_servers_value_is_far_from_zero() {
    let mut lowest = vec![0; 249];
    lowest[0] = 1;
    assert!(is_in_range(&lowest));
    for value in [vec![], vec![0], vec![1], vec![0xff; 248]] {
        assert_eq!(g_a(value), dh(DhError::Range));
    }
}

#[test]
fn the_servers_value_is_far_from_the_modulus() {
    // 2^1984 is a one in the eighth byte of 256.
    let mut highest = KNOWN_PRIME;
    highest[7] -= 1;
    assert!(is_in_range(&highest));
    let mut above = highest;
    above[255] += 1;
    let mut minus_one = KNOWN_PRIME;
    minus_one[255] -= 1;
    for value in [above, minus_one, KNOWN_PRIME] {
        assert_eq!(g_a(value.to_vec()), dh(DhError::Range));
    }
}

#[test]
fn the_servers_value_is_below_the_modulus() {
    let mut above = KNOWN_PRIME;
    above[0] += 1;
    assert_eq!(g_a(above.to_vec()), dh(DhError::Range));
    let long = [&[1], KNOWN_PRIME.as_slice()].concat();
    assert_eq!(g_a(long), dh(DhError::Range));
}

/// Ours is random: a secret for which it is out of range has to be given by hand.
#[test]
fn our_own_value_is_in_range() {
    let mut rng = Rng::new(Seed::new([1; 32]));
    let group = Group::check(&KNOWN_PRIME, 3, &mut rng).unwrap();
    let mut base = [0; 256];
    base[3] = 1;
    let mut secret = [0; 256];
    for small in [0, 1, 2] {
        secret[255] = small;
        assert_eq!(group.exchange(&base, &secret).err(), Some(DhError::Range));
    }
    assert!(group.exchange(&base, &rng.array()).is_ok());
}
