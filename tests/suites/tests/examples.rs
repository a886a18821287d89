//! The examples of embedding run to their end, as programs do.

#[path = "../examples/first_steps.rs"]
mod first_steps;
#[path = "../examples/foreign_loop.rs"]
mod foreign_loop;
#[path = "../examples/local_pool.rs"]
mod local_pool;
#[path = "../examples/thread_pool.rs"]
mod thread_pool;

#[test]
fn the_first_example_of_the_readme_runs() {
    first_steps::main().unwrap();
}

#[test]
fn the_readme_shows_what_runs() {
    let example = include_str!("../examples/first_steps.rs");
    let readme = include_str!("../../../README.md");
    let (_, shown) = example
        .split_once("// The README begins here.\n")
        .expect("the first mark is there");
    let (shown, _) = shown
        .split_once("// The README ends here.\n")
        .expect("the second mark is there");
    assert!(
        readme.contains(shown.trim()),
        "the README and examples/first_steps.rs have gone different ways"
    );
    let first = readme
        .split("```rust")
        .nth(1)
        .expect("the README has examples");
    assert!(
        first.contains(shown.trim()),
        "it is not the README's first example"
    );
}

#[test]
fn engine_lives_in_a_foreign_poll_loop() {
    foreign_loop::main().unwrap();
}

#[test]
fn client_lives_on_a_single_threaded_executor() {
    local_pool::main().unwrap();
}

#[test]
fn a_hundred_accounts_share_a_thread_pool() {
    thread_pool::main().unwrap();
}
