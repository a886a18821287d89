//! The examples of embedding run to their end, as programs do.

#[path = "../examples/foreign_loop.rs"]
mod foreign_loop;
#[path = "../examples/local_pool.rs"]
mod local_pool;
#[path = "../examples/thread_pool.rs"]
mod thread_pool;

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
