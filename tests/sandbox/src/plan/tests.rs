//! What a plan makes of bytes.

use bytes::Bytes;

use super::*;

fn all(plan: &FaultPlan) -> Vec<Passage> {
    let mut mishaps = Mishaps::new(plan);
    let bytes = Bytes::from_static(b"0123456789abcdef");
    (0..500).map(|_| mishaps.on_bytes(bytes.clone())).collect()
}

#[test]
fn without_accidents_bytes_pass_as_they_are() {
    for passage in all(&FaultPlan::default()) {
        assert_eq!(
            passage.pieces,
            [(Duration::ZERO, Bytes::from_static(b"0123456789abcdef"))]
        );
        assert!(!passage.cut && !passage.merge);
    }
}

#[test]
fn the_same_plan_has_the_same_accidents() {
    let plan = FaultPlan {
        cut: 0.1,
        split: 0.2,
        tamper: 0.1,
        delay: 0.2,
        merge: 0.2,
        ..FaultPlan::default()
    };
    assert_eq!(all(&plan), all(&plan));
    let other = FaultPlan {
        seed: 1,
        ..plan.clone()
    };
    assert_ne!(all(&plan), all(&other));
}

#[test]
fn each_kind_does_what_it_says_about_as_often_as_it_says() {
    let whole = b"0123456789abcdef";
    let one = |plan: FaultPlan, does: &dyn Fn(&Passage) -> bool| {
        let n = all(&plan).iter().filter(|p| does(p)).count();
        assert!((60..140).contains(&n), "{n} of 500 by {plan:?}");
    };
    let calm = FaultPlan::default;
    let joined =
        |p: &Passage| -> Vec<u8> { p.pieces.iter().flat_map(|(_, b)| b.to_vec()).collect() };
    one(FaultPlan { cut: 0.2, ..calm() }, &|p| {
        p.cut && whole.starts_with(&joined(p))
    });
    one(
        FaultPlan {
            split: 0.2,
            ..calm()
        },
        &|p| p.pieces.len() == 2 && joined(p) == whole && p.pieces[0].0 <= p.pieces[1].0,
    );
    one(
        FaultPlan {
            merge: 0.2,
            ..calm()
        },
        &|p| p.merge,
    );
    one(
        FaultPlan {
            delay: 0.2,
            ..calm()
        },
        &|p| p.pieces[0].0 > Duration::ZERO,
    );
    one(
        FaultPlan {
            tamper: 0.2,
            ..calm()
        },
        &|p| {
            let turned: u32 = joined(p)
                .iter()
                .zip(whole)
                .map(|(a, b)| (a ^ b).count_ones())
                .sum();
            turned == 1
        },
    );
}

#[test]
fn seeds_bring_every_kind_and_never_all() {
    let plans: Vec<FaultPlan> = (0..200).map(FaultPlan::from_seed).collect();
    let kinds: [fn(&FaultPlan) -> bool; 17] = [
        |p| p.cut > 0.0,
        |p| p.delay > 0.0,
        |p| p.split > 0.0,
        |p| p.merge > 0.0,
        |p| p.tamper > 0.0,
        |p| p.reorder > 0.0,
        |p| p.duplicate > 0.0,
        |p| p.lost_answer > 0.0,
        |p| p.lost_update > 0.0,
        |p| p.wrong_salt > 0.0,
        |p| p.flood > 0.0,
        |p| p.trouble > 0.0,
        |p| p.restart > 0.0,
        |p| p.amnesia > 0.0,
        |p| p.skew != 0,
        |p| p.suspend > 0.0,
        |p| p.store_failure > 0.0,
    ];
    for kind in kinds {
        let n = plans.iter().filter(|p| kind(p)).count();
        assert!((60..140).contains(&n), "{n} of 200");
    }
    assert_eq!(
        plans[3].calmed(),
        FaultPlan {
            seed: 3,
            skew: plans[3].skew,
            ..FaultPlan::default()
        }
    );
}
