//! How many parts may be under way at once.

/// The bytes that all parts under way may hold together: what a transfer keeps in memory.
pub const WINDOW_BYTES: u32 = 4 * 1024 * 1024;

/// No transfer has more parts than this under way.
pub const MAX_WINDOW: u32 = 16;

/// A window that grows while parts come through and shrinks when the server asks for patience.
///
/// It begins small, so that a short file costs no burst, and doubles once for every window of parts that came through
/// until it was slowed for the first time; after that it grows by one.
#[derive(Clone, Debug)]
pub struct Window {
    size: u32,
    max: u32,
    passed: u32,
    slowed: bool,
}

impl Window {
    /// A window for parts of that size, never over [`WINDOW_BYTES`] together.
    pub fn new(part_size: u32) -> Self {
        let max = WINDOW_BYTES
            .checked_div(part_size)
            .unwrap_or(1)
            .clamp(1, MAX_WINDOW);
        Self {
            size: max.min(4),
            max,
            passed: 0,
            slowed: false,
        }
    }

    /// A part came through.
    pub fn passed(&mut self) {
        self.passed = self.passed.saturating_add(1);
        if self.passed < self.size {
            return;
        }
        self.passed = 0;
        let step = if self.slowed { 1 } else { self.size };
        self.size = self.size.saturating_add(step).min(self.max);
    }

    /// The server asked to wait, or a part failed for want of capacity.
    pub fn slow_down(&mut self) {
        self.slowed = true;
        self.passed = 0;
        self.size = self.size.div_euclid(2).max(1);
    }

    /// How many parts may be under way now.
    pub fn size(&self) -> usize {
        self.size as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_byte_budget_and_no_further() {
        let mut w = Window::new(512 * 1024);
        assert_eq!(w.size(), 4);
        for _ in 0..100 {
            w.passed();
        }
        assert_eq!(w.size(), 8);
        assert!(w.size() * 512 * 1024 <= WINDOW_BYTES as usize);
        let mut small = Window::new(4096);
        for _ in 0..100 {
            small.passed();
        }
        assert_eq!(small.size(), MAX_WINDOW as usize);
    }

    #[test]
    fn halves_when_slowed_and_then_grows_by_one() {
        let mut w = Window::new(128 * 1024);
        for _ in 0..100 {
            w.passed();
        }
        assert_eq!(w.size(), 16);
        w.slow_down();
        assert_eq!(w.size(), 8);
        for _ in 0..8 {
            w.passed();
        }
        assert_eq!(w.size(), 9);
        for _ in 0..10 {
            w.slow_down();
        }
        assert_eq!(w.size(), 1, "one part is always allowed");
    }

    #[test]
    fn absurd_part_sizes_leave_one() {
        assert_eq!(Window::new(0).size(), 1);
        assert_eq!(Window::new(u32::MAX).size(), 1);
    }
}
