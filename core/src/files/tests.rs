//! Whole transfers against a server that answers in any order, loses parts and slows down.

use proptest::prelude::*;

use super::*;
use crate::rand::{Rng, Seed};

fn rng(seed: u64) -> Rng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    Rng::new(Seed::new(bytes))
}

/// Takes a random element out.
fn draw<T>(rng: &mut Rng, from: &mut Vec<T>) -> T {
    let at = rng.u32() as usize % from.len();
    from.swap_remove(at)
}

/// Carries an upload over; returns every part as (index, offset, len, total) in the order it was saved.
fn run_upload(plan: &mut Upload, stream: Option<u64>, seed: u64) -> Vec<Part> {
    let mut rng = rng(seed);
    let (mut flying, mut saved, mut read) = (Vec::new(), Vec::new(), 0);
    loop {
        while let Some(part) = plan.poll_part() {
            flying.push(part);
        }
        if let Some(size) = stream {
            while plan.has_room() && read < size {
                let len = (size - read).min(plan.part_size().into());
                read += len;
                flying.push(
                    plan.push_part(u32::try_from(len).unwrap(), read == size)
                        .unwrap(),
                );
            }
        }
        assert!(plan.under_way() <= MAX_WINDOW as usize);
        assert!(plan.under_way() as u64 * u64::from(plan.part_size()) <= u64::from(WINDOW_BYTES));
        if flying.is_empty() {
            assert!(
                plan.is_done(),
                "nothing under way and nothing to do, but not done"
            );
            return saved;
        }
        let part = draw(&mut rng, &mut flying);
        if rng.u32().is_multiple_of(4) {
            plan.handle_failed(part.index, rng.u32().is_multiple_of(2));
        } else {
            plan.handle_saved(part.index);
            saved.push(part);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn uploads_save_every_byte_once(size in 1u64..20_000_000, kib in 0u32..11, seed: u64) {
        let part_size = (kib < 10).then(|| 1024u64 << kib).filter(|p| size.div_ceil(*p) <= 4000);
        let mut plan = Upload::new(size, part_size, MAX_PARTS).unwrap();
        let mut saved = run_upload(&mut plan, None, seed);
        saved.sort_by_key(|p| p.index);
        prop_assert_eq!(plan.progress(), (size, Some(size)));
        prop_assert_eq!(plan.is_big(), size > SMALL_FILE);
        let mut at = 0;
        for (i, part) in saved.iter().enumerate() {
            prop_assert_eq!((part.index as usize, part.offset), (i, at));
            prop_assert_eq!(part.total as usize, saved.len());
            prop_assert!(part.len == plan.part_size() || i + 1 == saved.len());
            at += u64::from(part.len);
        }
        prop_assert_eq!(at, size);
    }

    #[test]
    fn streams_reveal_their_total_with_the_last_part(size in 1u64..5_000_000, kib in 5u32..10, seed: u64) {
        let mut plan = Upload::stream(Some(1024 << kib), MAX_PARTS).unwrap();
        let mut saved = run_upload(&mut plan, Some(size), seed);
        saved.sort_by_key(|p| p.index);
        let last = saved.pop().unwrap();
        prop_assert_eq!(last.total, i32::try_from(last.index).unwrap() + 1);
        prop_assert_eq!(last.offset + u64::from(last.len), size);
        prop_assert!(saved.iter().all(|p| p.total == -1 && p.len == plan.part_size()));
        prop_assert!(plan.is_big());
    }

    #[test]
    fn downloads_take_every_byte_once(
        size in 0u64..3_000_000,
        kib in 2u32..11,
        start in 0u64..400_000,
        announce in prop_oneof![Just(0i64), Just(i64::MIN), -200_000i64..0],
        seed: u64,
    ) {
        let part = 1024u64 << kib;
        // Announced exactly, not at all, or too small.
        let known = match announce {
            i64::MIN => None,
            less => size.checked_add_signed(less),
        };
        let mut plan = Download::new(known, Some(part), start).unwrap();
        let mut rng = rng(seed);
        let (mut flying, mut held, mut got) = (Vec::new(), Vec::new(), std::collections::BTreeMap::new());
        loop {
            while let Some(piece) = plan.poll_piece() {
                prop_assert_eq!(u64::from(piece.limit), part);
                prop_assert_eq!(piece.offset % part, 0);
                flying.push(piece);
            }
            prop_assert!(flying.len() + held.len() <= MAX_WINDOW as usize);
            if flying.is_empty() && held.is_empty() {
                break;
            }
            if !held.is_empty() && (flying.is_empty() || rng.u32().is_multiple_of(2)) {
                plan.handle_taken(draw(&mut rng, &mut held));
                continue;
            }
            let piece = draw(&mut rng, &mut flying);
            if rng.u32().is_multiple_of(5) {
                plan.handle_failed(piece.offset, rng.u32().is_multiple_of(2));
                continue;
            }
            let len = size.saturating_sub(piece.offset).min(part);
            plan.handle_piece(piece.offset, usize::try_from(len).unwrap()).unwrap();
            if len > 0 {
                prop_assert!(got.insert(piece.offset, len).is_none());
                held.push(piece.offset);
            }
        }
        prop_assert!(plan.is_done());
        let mut at = start - start % part;
        for (offset, len) in got {
            prop_assert_eq!(offset, at);
            at += len;
        }
        let wanted = size.max(start - start % part);
        if known.is_none_or(|k| k == size) || at > start {
            prop_assert!(at == wanted || known.is_some_and(|k| at == k && k % part == 0), "{at} of {wanted}");
        }
    }
}

#[test]
fn a_file_that_ends_early_is_an_error() {
    let mut plan = Download::new(Some(10_000), Some(4096), 0).unwrap();
    let first = plan.poll_piece().unwrap();
    let error = plan
        .handle_piece(first.offset, 100)
        .unwrap_err()
        .to_string();
    assert!(error.contains("before its announced size"), "{error}");
}

#[test]
fn a_file_with_a_hole_is_an_error() {
    let mut plan = Download::new(None, Some(4096), 0).unwrap();
    let pieces: Vec<_> = std::iter::from_fn(|| plan.poll_piece()).collect();
    plan.handle_piece(pieces[1].offset, 4096).unwrap();
    assert!(plan.handle_piece(pieces[0].offset, 100).is_err());
}

#[test]
fn more_than_was_asked_for_is_an_error() {
    let mut plan = Download::new(None, Some(4096), 0).unwrap();
    let piece = plan.poll_piece().unwrap();
    assert!(plan.handle_piece(piece.offset, 4097).is_err());
}

#[test]
fn endless_streams_stop_at_the_limit() {
    let mut plan = Upload::stream(Some(1024), 3).unwrap();
    for _ in 0..3 {
        plan.push_part(1024, false).unwrap();
    }
    let text = plan.push_part(1024, false).unwrap_err().to_string();
    assert!(text.contains("larger parts"), "{text}");
}

#[test]
fn empty_streams_are_refused() {
    assert!(
        Upload::stream(None, MAX_PARTS)
            .unwrap()
            .push_part(0, true)
            .is_err()
    );
}
