//! Numbers that nobody has yet.

use super::*;

#[test]
fn a_new_number_gets_a_name_after_its_code() {
    // parity: M-auth.sign_up, M-auth.sign_up.tos
    run(1, async |sim, client| {
        client.send_code_request("9996621111").await.unwrap();
        let error = client.sign_up("Mary", "Shelley").await.unwrap_err();
        assert!(
            error.is("PHONE_CODE_INVALID"),
            "no code was confirmed: {error}"
        );
        let next = client.sign_in(Phone::last(), CODE).await.unwrap();
        let SignIn::SignUpRequired { terms: Some(terms) } = next else {
            panic!("{next:?}")
        };
        assert!(terms.text.contains("Be kind"));
        assert_eq!(asked(sim, "help.acceptTermsOfService"), 0);
        let error = client.sign_up(" ", "").await.unwrap_err();
        assert!(error.is("FIRSTNAME_INVALID"), "{error}");
        let me = client.sign_up("Mary", "").await.unwrap();
        assert_eq!((name(&me), me.last_name.as_deref()), ("Mary", None));
        assert_eq!(asked(sim, "help.acceptTermsOfService"), 1);
        assert!(client.is_user_authorized().await.unwrap());
    });
}

#[test]
fn it_is_there_for_others_to_sign_in_to() {
    // parity: M-auth.on_login
    run(2, async |sim, client| {
        client.send_code_request("9996621111").await.unwrap();
        client.sign_in(Phone::last(), CODE).await.unwrap();
        let me = client.sign_up("Mary", "Shelley").await.unwrap();
        let (other, next) = enter(sim, "9996621111").await;
        assert!(matches!(next, SignIn::Done(user) if user.id == me.id));
        other
            .send_message("me", "from the second device")
            .await
            .unwrap();
        let last = client.get_messages("me", 1).await.unwrap();
        assert_eq!(last[0].raw_text(), "from the second device");
    });
}
