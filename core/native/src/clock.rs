//! Clocks and randomness of the operating system.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use telewire_core::rand::Seed;
use telewire_core::time::{Mono, Now, Unix};

/// Both clocks; the steady one counts from when it was started, in every copy.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// A clock whose steady time begins now.
    pub fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    /// Reads both clocks.
    pub fn now(&self) -> Now {
        Now {
            mono: self.mono(),
            wall: wall(),
        }
    }

    /// Reads the steady clock.
    pub fn mono(&self) -> Mono {
        Mono::from_origin(self.origin.elapsed())
    }

    /// The same moment in `std`'s terms, or `None` if it is later than they can tell.
    pub fn instant(&self, at: Mono) -> Option<Instant> {
        self.origin.checked_add(at.since_origin())
    }
}

/// Reads the calendar clock. A clock that stands before 1970 reads as 1970.
pub fn wall() -> Unix {
    Unix::from_epoch(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default(),
    )
}

/// 32 bytes from the operating system's generator.
///
/// # Panics
/// Panics if the operating system has no randomness to give: no key is safe without, so there is nothing to fall back on.
pub fn seed() -> Seed {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system has no randomness to give");
    Seed::new(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn moments_translate_both_ways() {
        let clock = Clock::start();
        let at = Mono::from_origin(Duration::from_secs(5));
        let instant = clock.instant(at).unwrap();
        assert_eq!(
            Some(instant),
            clock
                .instant(Mono::default())
                .map(|t| t + Duration::from_secs(5))
        );
        assert_eq!(clock.instant(Mono::from_origin(Duration::MAX)), None);
        assert!(clock.now().mono < at, "five seconds have not passed");
    }
}
