//! What the server may answer instead of sending a code.

use super::*;
use types::auth::{SentCode, SentCodePaymentRequired, SentCodeSuccess};

/// Asks a server for a code that answers so, and does the rest of `f`.
fn run<T, F>(sent: impl Into<SentCode>, f: impl FnOnce(Client) -> F) -> T
where
    F: Future<Output = T> + Send,
{
    let sent = sent.into();
    let mut server = Server::default();
    Stage::new().run(f, |request| match request.name {
        "auth.sendCode" => value(&sent),
        "auth.signIn" => {
            assert!(contains(request, "hash-paid"), "the hash that was given");
            value(&signed_in())
        }
        _ => server.answer(request),
    })
}

#[test]
fn a_number_that_is_trusted_is_signed_in_without_a_code() {
    // rule: signin.sent_code_kinds
    run(SentCodeSuccess::new(signed_in()), |client| async move {
        let sent = client.send_code_request("34600123456").await.unwrap();
        assert!(matches!(sent, SentCode::Success(_)), "{sent:?}");
        assert!(client.is_user_authorized().await.unwrap());
        // No code is on its way, so there is none to enter.
        let error = client.sign_in(Phone::last(), 22222).await.unwrap_err();
        assert!(error.to_string().contains("send_code_request()"), "{error}");
    });
}

#[test]
fn a_code_that_has_to_be_paid_for_first_is_told_and_can_be_entered_later() {
    // rule: signin.sent_code_kinds
    let wanted = SentCodePaymentRequired::new(
        "product",
        "hash-paid",
        "help@example.org",
        "a code",
        7,
        "EUR",
        99,
    );
    run(wanted.clone(), |client| async move {
        let sent = client.send_code_request("34600123456").await.unwrap();
        assert_eq!(sent, SentCode::from(wanted));
        let done = client.sign_in(Phone::last(), 22222).await.unwrap();
        assert!(matches!(done, SignIn::Done(_)), "{done:?}");
    });
}
