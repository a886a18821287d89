//! The example that embeds the engine without any runtime, on a real socket.

#[path = "../../../core/examples/bare_socket.rs"]
#[allow(dead_code, reason = "its main function is for the command line")]
mod bare_socket;

use std::net::TcpListener;

use telewire_sandbox::Sandbox;

#[test]
fn the_example_makes_a_key_and_gets_an_answer() {
    let sandbox = Sandbox::start().unwrap();
    let answer = bare_socket::ask(
        sandbox.address(),
        &sandbox.public_key_pem(),
        sandbox.api_id(),
        &sandbox.api_hash(),
    );
    assert_eq!(answer.unwrap().this_dc, 2);
}

#[test]
fn the_example_says_why_nobody_answers() {
    let sandbox = Sandbox::start().unwrap();
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let answer = bare_socket::ask(unused, &sandbox.public_key_pem(), 1, "hash");
    let text = answer.unwrap_err().to_string();
    assert!(text.contains(&unused.to_string()), "{text}");
}
