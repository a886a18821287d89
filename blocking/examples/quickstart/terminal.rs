//! Telling whoever sits in front of the screen.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU32, Ordering};

/// How wide the bar of a transfer is.
const BAR: u64 = 30;

/// Begins a chapter of the story.
pub(crate) fn chapter(title: &str) {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    println!("\n{}. {title}", NUMBER.fetch_add(1, Ordering::Relaxed));
}

/// At most `width` characters of `text`.
pub(crate) fn short(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width - 1).collect();
    cut.push('…');
    cut
}

/// Draws the progress of a transfer: in place on a terminal, only its end elsewhere.
pub(crate) fn bar(name: &'static str) -> impl FnMut(u64, Option<u64>) + Send + 'static {
    let live = io::stdout().is_terminal();
    move |done, total| {
        let total = total.unwrap_or(done).max(1);
        let end = done >= total;
        if !live && !end {
            return;
        }
        let full = (BAR * done / total) as usize;
        let rest = BAR as usize - full;
        print!(
            "{}{name:>6} [{}{}] {:>3} %",
            if live { "\r" } else { "" },
            "=".repeat(full),
            " ".repeat(rest),
            100 * done / total
        );
        if end {
            println!();
        }
        let _ = io::stdout().flush();
    }
}
