use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

use super::*;
use crate::crypto::vectors::{self, hex, hex_array};
use crate::rand::Seed;

fn rng() -> Rng {
    Rng::new(Seed::new([4; 32]))
}

fn group() -> Group {
    Group::check(&KNOWN_PRIME, 3, &mut rng()).unwrap()
}

// RFC 3526, section 3: the 2048-bit MODP group, a safe prime other than Telegram's.
fn modp_2048() -> Vec<u8> {
    hex(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74\
         020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437\
         4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
         EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05\
         98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB\
         9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
         E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718\
         3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
    )
}

// https://core.telegram.org/mtproto/samples-auth_key, steps 6 to 8.
#[test]
fn agrees_with_the_sample() {
    let (g_b, key) = group()
        .exchange(&vectors::sample_g_a(), &hex_array(vectors::SECRET_B))
        .unwrap();
    assert_eq!(g_b, hex_array(vectors::G_B));
    assert_eq!(*key, hex_array(vectors::AUTH_KEY));
}

#[test]
fn a_published_prime_passes_the_full_test() {
    assert!(is_safe_prime(&KNOWN_PRIME, &mut rng()));
    let modp = modp_2048();
    let group = Group::check(&modp, 2, &mut rng()).unwrap();
    assert_eq!((group.prime().as_slice(), group.g()), (modp.as_slice(), 2));
}

#[test]
fn other_sizes_are_refused() {
    let long = [&[1], KNOWN_PRIME.as_slice()].concat();
    let padded = [&[0], KNOWN_PRIME.as_slice()].concat();
    let mut small = KNOWN_PRIME;
    small[0] = 0x7f;
    for prime in [long.as_slice(), &padded, &small, &KNOWN_PRIME[1..], &[]] {
        assert_eq!(
            Group::check(prime, 3, &mut rng()).unwrap_err(),
            DhError::Size
        );
    }
}

#[test]
fn composites_and_primes_that_are_not_safe_are_refused() {
    let mut even = KNOWN_PRIME;
    even[255] &= 0xfe;
    assert_eq!(
        Group::check(&even, 4, &mut rng()).unwrap_err(),
        DhError::NotSafePrime
    );
    let mut composite = KNOWN_PRIME;
    composite[200] ^= 1;
    assert_eq!(
        Group::check(&composite, 4, &mut rng()).unwrap_err(),
        DhError::NotSafePrime
    );
    // 2^2047 + 0x10F3: the first prime after 2^2047 with p mod 4 = 3; its half is composite.
    let prime: [u8; 256] = hex_array(vectors::PRIME_NOT_SAFE);
    assert!(prime::is_prime(&prime, 8, &mut rng()));
    assert_eq!(
        Group::check(&prime, 4, &mut rng()).unwrap_err(),
        DhError::NotSafePrime
    );
}

#[test]
fn the_generator_must_be_a_small_quadratic_residue() {
    // Some of 2 to 7 generate and some do not; Euler's criterion says which, independently of the reciprocity law.
    for prime in [KNOWN_PRIME.to_vec(), modp_2048()] {
        let modulus = Modulus::new(&prime).unwrap();
        let one = modulus.small(1);
        let half = modulus.small(0).sub(&one).to_uint().wrapping_shr_vartime(1);
        for g in 2..=7 {
            let residue = modulus.small(g).pow(&half) == one;
            let checked = Group::check(&prime, g as i32, &mut rng());
            assert_eq!(checked.is_ok(), residue, "{g}");
            if !residue {
                assert_eq!(checked.unwrap_err(), DhError::Generator);
            }
        }
    }
    for g in [i32::MIN, -3, 0, 1, 8, 9, 16, i32::MAX] {
        assert_eq!(
            Group::check(&KNOWN_PRIME, g, &mut rng()).unwrap_err(),
            DhError::Generator
        );
    }
}

#[test]
fn public_values_keep_their_distance_from_both_ends() {
    let group = group();
    let mut lowest = [0; 256];
    lowest[7] = 1;
    assert_eq!(group.public_value(&lowest), Ok(lowest));
    let below = [0xff; 248];
    assert_eq!(group.public_value(&below), Err(DhError::Range));
    let highest = difference(&KNOWN_PRIME, &lowest);
    assert_eq!(group.public_value(&highest), Ok(highest));
    let mut one = [0; 256];
    one[255] = 1;
    let above = difference(&highest, &difference(&[0; 256], &one));
    assert_eq!(group.public_value(&above), Err(DhError::Range));
    let minus_one = difference(&KNOWN_PRIME, &one);
    for bad in [&[0; 256], &one, &minus_one, &KNOWN_PRIME, &[0xff; 256]] {
        assert_eq!(group.public_value(bad), Err(DhError::Range));
        assert!(group.exchange(bad, &[1; 256]).is_err());
    }
    assert_eq!(group.public_value(&[0; 257]), Err(DhError::Range));
    assert_eq!(group.public_value(&[]), Err(DhError::Range));
    // Leading zero bytes may have been stripped.
    let mut short = [0x55; 256];
    short[0] = 0;
    assert_eq!(group.public_value(&short[1..]), Ok(short));
}

#[test]
fn a_secret_that_gives_a_degenerate_value_is_refused() {
    let mut base = [0; 256];
    base[3] = 1;
    let mut zero = [0; 256];
    assert_eq!(group().exchange(&base, &zero), Err(DhError::Range));
    zero[255] = 1;
    assert_eq!(group().exchange(&base, &zero), Err(DhError::Range));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn both_sides_get_the_same_secret(a in proptest::array::uniform32(any::<u8>()), b in proptest::array::uniform32(any::<u8>())) {
        let group = group();
        let widen = |seed: [u8; 32]| Rng::new(Seed::new(seed)).array::<256>();
        let (a, b) = (widen(a), widen(b));
        let mut any_value = [0; 256];
        any_value[1] = 1;
        let (g_a, _) = group.exchange(&any_value, &a).unwrap();
        let (g_b, at_b) = group.exchange(&g_a, &b).unwrap();
        let (_, at_a) = group.exchange(&g_b, &a).unwrap();
        prop_assert_eq!(at_a, at_b);
    }
}
