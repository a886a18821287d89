//! A driver whose commands come in an awkward order.

use std::pin::pin;
use std::task::Waker;

use super::*;
use crate::client::Client;
use crate::client::testing::Files;
use crate::session::MemorySession;

#[test]
fn whoever_disconnects_is_answered_although_somebody_connects_at_once() {
    let (client, driver) = Client::with_driver(
        Files::default(),
        MemorySession::new(),
        Config::new(1, "hash"),
    );
    let mut cx = Context::from_waker(Waker::noop());
    let mut driver = pin!(driver);
    let mut leave = pin!(client.disconnect());
    let mut connect = pin!(client.connect());
    // Both commands are there before the driver looks.
    assert!(leave.as_mut().poll(&mut cx).is_pending());
    assert!(connect.as_mut().poll(&mut cx).is_pending());
    for _ in 0..4 {
        assert!(driver.as_mut().poll(&mut cx).is_pending());
    }
    assert!(connect.as_mut().poll(&mut cx).is_pending());
    assert!(leave.as_mut().poll(&mut cx).is_ready());
}
