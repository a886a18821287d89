//! What users read when something is wrong, and whether it tells them what to do.
//!
//! The texts about session files (a missing folder, a session in use by another process) are pinned in
//! `core/sqlite/tests/errors.rs`, beside the code that writes them; here they come through a client.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use telewire_blocking::{Builder, Client, Error, Network, SignIn, Upload};
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::session::DcOption;
use telewire_sandbox::Sandbox;

fn builder(sandbox: &Sandbox) -> Builder {
    Client::builder(sandbox.api_id(), sandbox.api_hash()).network(sandbox.network())
}

fn signed_in(sandbox: &Sandbox) -> Client {
    let client = builder(sandbox).connect().unwrap();
    let user = sandbox
        .users()
        .into_iter()
        .find(|u| u.password.is_none())
        .unwrap();
    client.send_code_request(&user.phone).unwrap();
    let signed_in = client.sign_in(&user.phone, sandbox.code()).unwrap();
    assert!(matches!(signed_in, SignIn::Done(_)), "{signed_in:?}");
    client
}

#[track_caller]
fn text(result: Result<impl Sized, Error>) -> String {
    match result {
        Ok(_) => panic!("it has worked"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn wrong_code() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).connect().unwrap();
    let phone = &sandbox.users()[0].phone;
    client.send_code_request(phone).unwrap();
    assert_eq!(
        text(client.sign_in(phone, "99999")),
        "PHONE_CODE_INVALID (400) (caused by auth.signIn): the code is wrong; enter the newest one that Telegram has sent"
    );
}

#[test]
fn wrong_password() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).connect().unwrap();
    let user = sandbox
        .users()
        .into_iter()
        .find(|u| u.password.is_some())
        .unwrap();
    client.send_code_request(&user.phone).unwrap();
    let asked = client.sign_in(&user.phone, sandbox.code()).unwrap();
    assert!(matches!(asked, SignIn::PasswordNeeded { .. }), "{asked:?}");
    assert_eq!(
        text(client.check_password("enigma")),
        "PASSWORD_HASH_INVALID (400) (caused by auth.checkPassword): the password is wrong; try again, capital letters count"
    );
    client
        .check_password(user.password.as_deref().unwrap())
        .unwrap();
}

#[test]
fn missing_session_folder() {
    let sandbox = Sandbox::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere").join("account");
    let shown = folder.path().display().to_string();
    assert_eq!(
        text(builder(&sandbox).session_file(path)).replace(&shown, "HERE"),
        "the folder HERE/nowhere does not exist; create it or choose another session path"
    );
}

#[test]
fn session_in_use() {
    let sandbox = Sandbox::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account");
    let _first = builder(&sandbox).session_file(&path).unwrap();
    let shown = folder.path().display().to_string();
    let pid = std::process::id().to_string();
    assert_eq!(
        text(builder(&sandbox).session_file(&path))
            .replace(&shown, "HERE")
            .replace(&pid, "PID"),
        "session HERE/account.session is in use by another client of this process (PID); disconnect that one first, or use another session file"
    );
}

#[test]
fn unreachable_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refused = TcpStream::connect(("127.0.0.1", port))
        .unwrap_err()
        .to_string();
    let network = Network::Custom {
        default_dc: DcId(2),
        dcs: vec![DcOption::new(DcId(2), [127, 0, 0, 1].into(), port)],
        keys: RsaKeys::production(),
    };
    let builder = Client::builder(1, "hash")
        .network(network)
        .connection_retries(1)
        .retry_delay(Duration::from_millis(1));
    assert_eq!(
        text(builder.connect())
            .replace(&port.to_string(), "PORT")
            .replace(&refused, "REFUSED"),
        "Telegram cannot be reached (127.0.0.1:PORT: REFUSED); check the network connection, the proxy and the firewall"
    );
}

#[test]
fn unknown_username() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    assert_eq!(
        text(client.send_message("@nobody_is_called_so", "Hello")),
        "nobody has the username @nobody_is_called_so (asked contacts.resolveUsername); check the spelling, or pass an id or a peer if it was changed"
    );
}

#[test]
fn oversize_part() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let upload = Upload::bytes(vec![0; 10_000]).part_size(1024 * 1024);
    assert_eq!(
        text(client.upload_file(upload)),
        "a part of 1048576 bytes cannot be uploaded: parts are 1, 2, 4, 8, 16, 32, 64, 128, 256 or 512 KiB; pass one of these to part_size(), or leave it out and a fitting size is chosen"
    );
}
