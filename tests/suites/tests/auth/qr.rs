//! Signing in by a QR code.

use super::*;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use telewire_core::functions::auth::AcceptLoginToken;

const LONG: Duration = Duration::from_secs(3600);

/// The account's other device scans the code.
async fn scan(device: &Client, url: &str) -> Result<(), Error> {
    let token = url.strip_prefix("tg://login?token=").unwrap();
    let token = URL_SAFE_NO_PAD.decode(token).unwrap();
    device.invoke(&AcceptLoginToken::new(token)).await.map(drop)
}

#[test]
fn another_device_accepts_the_code() {
    run(1, async |sim, client| {
        let device = signed_in(sim, ADA).await;
        let mut login = client.qr_login().await.unwrap();
        let left = login.expires().secs() - sim.now().wall.secs();
        assert!((25..=30).contains(&left), "{left}");
        let begun = sim.now().mono;
        let url = login.url();
        let accept = async {
            pass(sim, Duration::from_secs(5)).await;
            scan(&device, &url).await.unwrap();
        };
        let (done, ()) = futures::join!(login.wait(LONG), accept);
        let Some(SignIn::Done(user)) = done.unwrap() else {
            panic!("it was accepted")
        };
        assert_eq!(name(&user), "Ada");
        let took = sim.now().mono.since(begun);
        assert!(
            took < Duration::from_secs(10),
            "it was told, and did not wait: {took:?}"
        );
        assert!(client.is_user_authorized().await.unwrap());
        client.send_message("me", "from the desk").await.unwrap();
        let error = scan(&device, &url).await.unwrap_err();
        assert!(
            error.is("AUTH_TOKEN_INVALIDX"),
            "it is good for once: {error}"
        );
    });
}

#[test]
fn a_code_that_nobody_scans_gives_way_to_the_next() {
    run(2, async |sim, client| {
        let device = signed_in(sim, ADA).await;
        let mut login = client.qr_login().await.unwrap();
        let first = login.url();
        login.recreate().await.unwrap();
        assert_eq!(login.url(), first, "it is good yet");
        assert!(login.wait(Duration::from_secs(1)).await.unwrap().is_none());
        let begun = sim.now().mono;
        assert!(login.wait(LONG).await.unwrap().is_none());
        let took = sim.now().mono.since(begun);
        assert!(took <= Duration::from_secs(32), "{took:?}");
        assert_ne!(login.url(), first);
        let error = scan(&device, &first).await.unwrap_err();
        assert!(error.is("AUTH_TOKEN_EXPIRED"), "{error}");
        scan(&device, &login.url()).await.unwrap();
        let error = scan(&device, &login.url()).await.unwrap_err();
        assert!(error.is("AUTH_TOKEN_ALREADY_ACCEPTED"), "{error}");
        assert!(login.wait(LONG).await.unwrap().is_some());
    });
}

#[test]
fn a_lost_notice_is_made_up_for() {
    run(3, async |sim, client| {
        let device = signed_in(sim, ADA).await;
        let mut login = client.qr_login().await.unwrap();
        // Accepted while nobody was connected, and the server has forgotten to whom it owed the notice.
        client.disconnect().await;
        scan(&device, &login.url()).await.unwrap();
        sim.server(|server, _| server.forget_sessions());
        client.connect().await.unwrap();
        let done = login.wait(LONG).await.unwrap();
        assert!(matches!(done, Some(SignIn::Done(_))));
    });
}

#[test]
fn the_password_is_still_asked_for() {
    run(4, async |sim, client| {
        let (device, _) = enter(sim, ALAN).await;
        device.check_password(PASSWORD).await.unwrap();
        let mut login = client.qr_login().await.unwrap();
        scan(&device, &login.url()).await.unwrap();
        let next = login.wait(LONG).await.unwrap();
        assert!(matches!(next, Some(SignIn::PasswordNeeded { hint }) if hint == HINT));
        assert_eq!(
            name(&client.check_password(PASSWORD).await.unwrap()),
            "Alan"
        );
    });
}

#[test]
fn only_somebody_who_is_signed_in_accepts() {
    run(5, async |sim, client| {
        let login = client.qr_login().await.unwrap();
        let stranger = connected(sim).await;
        let error = scan(&stranger, &login.url()).await.unwrap_err();
        assert!(error.is("AUTH_KEY_UNREGISTERED"), "{error}");
        let device = signed_in(sim, ADA).await;
        let error = scan(&device, "tg://login?token=AAAA").await.unwrap_err();
        assert!(error.is("AUTH_TOKEN_INVALIDX"), "{error}");
    });
}
