//! Setting, changing and removing the password.

use super::*;

use std::sync::{Arc, Mutex};

use telewire_core::client::EmailCode;

/// Whether that password, or none, signs Ada in.
async fn signs_in(sim: &Sim, password: Option<&str>) -> bool {
    let (client, next) = enter(sim, ADA).await;
    match (next, password) {
        (SignIn::Done(_), None) => true,
        (SignIn::PasswordNeeded { .. }, Some(password)) => {
            client.check_password(password).await.is_ok()
        }
        _ => false,
    }
}

#[test]
fn a_password_is_set_changed_and_removed() {
    // parity: M-auth.edit_2fa, M-auth.edit_2fa.remove, M-auth.edit_2fa.salt, M-auth.edit_2fa.ignored
    run(1, async |sim, _| {
        let client = signed_in(sim, ADA).await;
        // A current password does not matter where there is none. The salt is checked by the server.
        let set = Edit2fa::new()
            .current("whatever")
            .new_password("one")
            .hint("first");
        assert!(client.edit_2fa(set).await.unwrap());
        let (_, next) = enter(sim, ADA).await;
        assert!(matches!(next, SignIn::PasswordNeeded { hint } if hint == "first"));
        assert!(signs_in(sim, Some("one")).await);

        let change = |current: &str| Edit2fa::new().current(current).new_password("two");
        let error = client.edit_2fa(change("wrong")).await.unwrap_err();
        assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
        assert!(client.edit_2fa(change("one")).await.unwrap());
        assert!(!signs_in(sim, Some("one")).await && signs_in(sim, Some("two")).await);

        let error = client
            .edit_2fa(Edit2fa::new().current("one"))
            .await
            .unwrap_err();
        assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
        assert!(
            client
                .edit_2fa(Edit2fa::new().current("two"))
                .await
                .unwrap()
        );
        assert!(signs_in(sim, None).await);
    });
}

#[test]
fn neither_password_does_nothing() {
    // parity: M-auth.edit_2fa.none
    run(2, async |sim, _| {
        let client = signed_in(sim, ADA).await;
        assert!(!client.edit_2fa(Edit2fa::new().hint("x")).await.unwrap());
        assert_eq!(asked(sim, "account.getPassword"), 0);
    });
}

#[test]
fn an_address_has_to_be_confirmed_first() {
    // parity: M-auth.edit_2fa.email, M-auth.edit_2fa.email_code
    run(3, async |sim, _| {
        let client = signed_in(sim, ADA).await;
        let lengths: Arc<Mutex<Vec<usize>>> = Arc::default();
        let seen = lengths.clone();
        let set = |address: &str, code: &'static str| {
            let seen = seen.clone();
            Edit2fa::new()
                .new_password("one")
                .email(address, move |length| {
                    seen.lock().unwrap().push(length);
                    code
                })
        };
        let error = client.edit_2fa(set("nowhere", MAILED)).await.unwrap_err();
        assert!(error.is("EMAIL_INVALID"), "{error}");
        let error = client
            .edit_2fa(set("ada@example.org", "1"))
            .await
            .unwrap_err();
        assert!(error.is("CODE_INVALID"), "{error}");
        assert!(signs_in(sim, None).await, "not before it is confirmed");
        assert!(client.resend_password_email().await.unwrap());
        assert!(client.confirm_password_email(MAILED).await.unwrap());
        assert!(signs_in(sim, Some("one")).await);
        assert_eq!(*lengths.lock().unwrap(), [6]);
        let error = client.confirm_password_email(MAILED).await.unwrap_err();
        assert!(error.is("EMAIL_HASH_EXPIRED"), "{error}");
    });
}

#[test]
fn a_change_that_waits_for_a_mail_can_be_given_up() {
    run(4, async |sim, _| {
        let client = signed_in(sim, ADA).await;
        let asking = EmailCode::future(|_| async { "1" });
        let set = Edit2fa::new()
            .new_password("one")
            .email("ada@example.org", asking);
        client.edit_2fa(set).await.unwrap_err();
        assert!(client.cancel_password_email().await.unwrap());
        for refused in [
            client.confirm_password_email(MAILED).await,
            client.resend_password_email().await,
            client.cancel_password_email().await,
        ] {
            assert!(refused.unwrap_err().is("EMAIL_HASH_EXPIRED"));
        }
        assert!(signs_in(sim, None).await);
    });
}

#[test]
fn an_address_alone_leaves_the_password() {
    run(5, async |sim, _| {
        let (client, _) = enter(sim, ALAN).await;
        client.check_password(PASSWORD).await.unwrap();
        let error = client
            .edit_2fa(Edit2fa::new().new_password("x"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::Misuse(_)),
            "the current one is wanted: {error}"
        );
        let edit = Edit2fa::new()
            .current(PASSWORD)
            .email("alan@example.org", |_| MAILED);
        assert!(client.edit_2fa(edit).await.unwrap());
        let (other, next) = enter(sim, ALAN).await;
        assert!(matches!(next, SignIn::PasswordNeeded { hint } if hint == HINT));
        other.check_password(PASSWORD).await.unwrap();
    });
}
