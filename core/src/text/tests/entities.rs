//! Ranges in UTF-16 units.

use super::*;

#[test]
fn inner_texts_count_in_utf16() {
    let text = "a😀b";
    assert_eq!(
        inner_texts(
            text,
            &[bold(0, 1), bold(1, 2), bold(3, 1), bold(2, 1), bold(9, 9)]
        ),
        ["a", "😀", "b", "😀", ""]
    );
}

#[test]
fn trimming_moves_shrinks_and_drops_entities() {
    let mut entities = vec![bold(0, 2), bold(2, 3), italic(5, 1), code(6, 2)];
    assert_eq!(
        trim("  abc 😀 ".trim_end_matches('😀'), &mut entities),
        "abc 😀"
    );
    assert_eq!(entities, [bold(0, 3), italic(3, 1), code(4, 2)]);
}
