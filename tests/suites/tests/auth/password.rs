//! Accounts with a password.

use super::*;

use telewire_core::client::Start;

#[test]
fn the_password_is_asked_for_after_the_code_and_proven() {
    // parity: M-auth.sign_in.password, M-auth.sign_in.raises
    run(1, async |sim, _| {
        let (client, next) = enter(sim, ALAN).await;
        assert!(matches!(next, SignIn::PasswordNeeded { hint } if hint == HINT));
        assert!(!client.is_user_authorized().await.unwrap());
        let error = client.check_password("Bombe").await.unwrap_err();
        assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
        let user = client.check_password(PASSWORD).await.unwrap();
        assert_eq!(name(&user), "Alan");
        assert_eq!(asked(sim, "account.getPassword"), 3);
    });
}

#[test]
fn start_takes_the_password_as_it_takes_the_rest() {
    // parity: M-auth.start.password, M-auth.start.2fa, M-auth.start.max_attempts
    use telewire_core::client::Prompt;
    let begin = || Start::new().phone(ALAN).code(CODE);
    let mut given = ["wrong", "also wrong", PASSWORD].into_iter();
    let asked_for = begin().password(move || given.next().expect("asked three times"));
    let starts = [
        begin().password(PASSWORD),
        begin().password(Prompt::future(|| async { PASSWORD })),
        asked_for,
    ];
    for start in starts {
        run(2, async |_, client| {
            assert_eq!(name(&client.start(start).await.unwrap()), "Alan");
        });
    }
    // A value is tried once, a question so often, and then the refusal is the error.
    run(3, async |sim, client| {
        let error = client.start(begin().password("wrong")).await.unwrap_err();
        assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
        assert_eq!(asked(sim, "auth.checkPassword"), 1);
        let start = begin().password(|| "wrong").max_attempts(2);
        let error = client.start(start).await.unwrap_err();
        assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
        assert_eq!(asked(sim, "auth.checkPassword"), 3);
        let error = client.start(begin()).await.unwrap_err();
        assert!(
            matches!(error, Error::Misuse(_)) && error.to_string().contains(HINT),
            "{error}"
        );
    });
}

#[test]
fn a_lost_password_is_replaced_by_mail() {
    run(4, async |sim, _| {
        let (client, _) = enter(sim, ALAN).await;
        let error = client.request_password_recovery().await.unwrap_err();
        assert!(error.is("PASSWORD_RECOVERY_NA"), "{error}");
        client.check_password(PASSWORD).await.unwrap();
        let edit = Edit2fa::new()
            .current(PASSWORD)
            .email("alan@example.org", |_| MAILED);
        assert!(client.edit_2fa(edit).await.unwrap());

        let (other, _) = enter(sim, ALAN).await;
        let error = other.recover_password(MAILED).await.unwrap_err();
        assert!(error.is("PASSWORD_RECOVERY_EXPIRED"), "{error}");
        let pattern = other.request_password_recovery().await.unwrap();
        assert_eq!(pattern, "a***@example.org");
        let error = other.recover_password("1").await.unwrap_err();
        assert!(error.is("CODE_INVALID"), "{error}");
        assert_eq!(name(&other.recover_password(MAILED).await.unwrap()), "Alan");
        // It is gone.
        let (_, next) = enter(sim, ALAN).await;
        assert!(matches!(next, SignIn::Done(_)));
        let error = other.request_password_recovery().await.unwrap_err();
        assert!(error.is("PASSWORD_EMPTY"), "{error}");
    });
}
