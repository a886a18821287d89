//! The steps, one by one.

use super::*;
use crate::client::LoginCode;

/// Runs `f` against the server.
fn run<T, F>(server: &mut Server, f: impl FnOnce(Client) -> F) -> T
where
    F: Future<Output = T> + Send,
{
    Stage::new().run(f, |request| server.answer(request))
}

#[test]
fn a_code_is_asked_for_with_the_application_and_plain_settings() {
    // parity: M-auth.send_code_request, M-auth.send_code_request.settings, M-auth.sign_in.phone
    let expected =
        functions::auth::SendCode::new("34600123456", 1, "hash", types::CodeSettings::new());
    for phone in ["34600123456", "+34 (600) 123-456", "+34600123456"] {
        let mut server = Server::default();
        run(&mut server, |client| async move {
            let sent = client.send_code_request(phone).await.unwrap();
            assert!(matches!(sent, types::auth::SentCode::SentCode(_)));
        });
        assert_eq!(server.request("auth.sendCode"), expected.to_bytes());
    }
    let mut server = Server::default();
    run(&mut server, |client| async move {
        client.send_code_request(34600123456).await.unwrap();
        let error = client.send_code_request("someone").await.unwrap_err();
        assert!(error.to_string().contains("international form"), "{error}");
    });
    assert_eq!(server.request("auth.sendCode"), expected.to_bytes());
    assert_eq!(server.asked, ["auth.sendCode"]);
}

#[test]
fn codes_are_texts_or_numbers() {
    // parity: M-auth.sign_in, M-auth.sign_in.code, M-auth.sign_in.phone
    let expected =
        functions::auth::SignIn::new("34600123456", "hash-1").phone_code("22222".to_owned());
    for code in [
        LoginCode::from("22222"),
        LoginCode::from(String::from(" 22222 ")),
        LoginCode::from(22222),
        LoginCode::from(22222_u64),
    ] {
        let mut server = Server::default();
        run(&mut server, |client| async move {
            client.send_code_request("34600123456").await.unwrap();
            let done = client.sign_in(34600123456, code).await.unwrap();
            assert!(matches!(done, SignIn::Done(user) if *user == ada()));
        });
        assert_eq!(server.request("auth.signIn"), expected.to_bytes());
    }
}

#[test]
fn the_phone_and_the_hash_are_remembered_or_given() {
    // parity: M-auth.sign_in.code, M-auth.sign_up.code, M-auth.send_code_request.hash
    let mut server = Server::default();
    run(&mut server, |client| async move {
        let error = client.sign_in(Phone::last(), 22222).await.unwrap_err();
        assert!(error.to_string().contains("no phone number"), "{error}");
        let error = client.sign_in("34600123456", 22222).await.unwrap_err();
        assert!(error.to_string().contains("send_code_request"), "{error}");
        client.send_code_request("34600123456").await.unwrap();
        client.sign_in(Phone::last(), 22222).await.unwrap();
    });
    assert!(server.known);
    // Asked for by another client.
    let mut server = Server {
        sent: 9,
        ..Server::default()
    };
    run(&mut server, |client| async move {
        let code = LoginCode::from(22222).phone_code_hash("hash-9");
        client.sign_in("34600123456", code).await.unwrap();
    });
    assert!(server.known);
    assert!(!server.asked.contains(&"auth.sendCode"));
    // And so for signing up.
    let mut server = Server {
        sent: 9,
        new: true,
        ..Server::default()
    };
    run(&mut server, |client| async move {
        let code = LoginCode::from(22222).phone_code_hash("hash-9");
        let next = client.sign_in("34600123456", code).await.unwrap();
        assert!(matches!(next, SignIn::SignUpRequired { terms: Some(_) }));
        client.sign_up("Grace", "Hopper").await.unwrap();
    });
    let expected = functions::auth::SignUp::new("34600123456", "hash-9", "Grace", "Hopper");
    assert_eq!(server.request("auth.signUp"), expected.to_bytes());
}

#[test]
fn each_number_keeps_its_own_code() {
    // parity: M-auth.send_code_request.hash, M-auth.send_code_request.repeat
    let mut server = Server::default();
    run(&mut server, |client| async move {
        client.send_code_request("34600123456").await.unwrap();
        client.send_code_request("44111222333").await.unwrap();
        // A resent code has a new hash, which replaces the old one.
        client.send_code_request("34600123456").await.unwrap();
        client.sign_in("34600123456", 22222).await.unwrap();
    });
    let names = ["auth.sendCode", "auth.sendCode", "auth.resendCode"];
    assert_eq!(server.asked[..3], names);
    let resent = functions::auth::ResendCode::new("34600123456", "hash-1");
    assert_eq!(server.request("auth.resendCode"), resent.to_bytes());
    let given = functions::auth::SignIn::new("34600123456", "hash-3").phone_code("22222");
    assert_eq!(server.request("auth.signIn"), given.to_bytes());
}

#[test]
fn force_sms_has_the_code_sent_again_at_once() {
    // parity: M-auth.send_code_request
    let mut server = Server::default();
    run(&mut server, |client| async move {
        let request = CodeRequest::new("34600123456").force_sms();
        let sent = client.send_code_request(request).await.unwrap();
        let types::auth::SentCode::SentCode(sent) = sent else {
            panic!("{sent:?}")
        };
        assert_eq!(
            sent.phone_code_hash, "hash-2",
            "the answer is the second one"
        );
    });
    assert_eq!(server.asked, ["auth.sendCode", "auth.resendCode"]);
}

#[test]
fn a_code_that_cannot_be_sent_again_is_asked_for_anew() {
    for error in ["SEND_CODE_UNAVAILABLE", "PHONE_CODE_EXPIRED"] {
        let mut server = Server {
            first: vec![("auth.resendCode", 400, error)],
            ..Server::default()
        };
        run(&mut server, |client| async move {
            client.send_code_request("34600123456").await.unwrap();
            client.send_code_request("34600123456").await.unwrap();
        });
        let names = ["auth.sendCode", "auth.resendCode", "auth.sendCode"];
        assert_eq!(server.asked, names);
    }
}

#[test]
fn a_cancelled_code_is_forgotten() {
    let mut server = Server::default();
    run(&mut server, |client| async move {
        let error = client.cancel_code("34600123456").await.unwrap_err();
        assert!(matches!(error, Error::Misuse(_)));
        client.send_code_request("34600123456").await.unwrap();
        assert!(client.cancel_code(Phone::last()).await.unwrap());
        let error = client.sign_in("34600123456", 22222).await.unwrap_err();
        assert!(error.to_string().contains("no code was asked"), "{error}");
        client.send_code_request("34600123456").await.unwrap();
    });
    let cancel = functions::auth::CancelCode::new("34600123456", "hash-1");
    assert_eq!(server.request("auth.cancelCode"), cancel.to_bytes());
    assert_eq!(*server.asked.last().unwrap(), "auth.sendCode");
}

#[test]
fn a_server_that_restarts_is_asked_again_and_given_up_in_the_end() {
    // parity: M-auth.send_code_request.restart
    let ask = |restarts| {
        let mut server = Server {
            first: vec![("auth.sendCode", 500, "AUTH_RESTART"); restarts],
            ..Server::default()
        };
        let mut stage = Stage::new();
        let result = stage.run(
            |client| async move { client.send_code_request("34600123456").await },
            |request| server.answer(request),
        );
        (result, server.asked.len(), stage.slept)
    };
    let (result, asked, slept) = ask(2);
    assert!(result.is_ok());
    assert_eq!((asked, slept), (3, Duration::from_secs(2)));
    let (result, asked, slept) = ask(100);
    assert!(result.unwrap_err().is("AUTH_RESTART"));
    assert_eq!((asked, slept), (3, Duration::from_secs(2)));
}

#[test]
fn refusals_of_a_code_come_back_by_name() {
    // parity: M-auth.sign_in.raises
    for name in [
        "PHONE_CODE_EMPTY",
        "PHONE_CODE_EXPIRED",
        "PHONE_CODE_HASH_EMPTY",
        "PHONE_CODE_INVALID",
    ] {
        let mut server = Server {
            first: vec![("auth.signIn", 400, name)],
            ..Server::default()
        };
        run(&mut server, |client| async move {
            client.send_code_request("34600123456").await.unwrap();
            let error = client.sign_in(Phone::last(), 1).await.unwrap_err();
            assert!(error.is(name), "{error}");
            // The right one is taken afterwards.
            client.sign_in(Phone::last(), 22222).await.unwrap();
        });
    }
    let mut server = Server {
        password: true,
        ..Server::default()
    };
    run(&mut server, |client| async move {
        client.send_code_request("34600123456").await.unwrap();
        let next = client.sign_in(Phone::last(), 22222).await.unwrap();
        assert!(matches!(next, SignIn::PasswordNeeded { hint } if hint == "a machine"));
        let error = client.sign_in(Phone::last(), " ").await.unwrap_err();
        assert!(error.to_string().contains("the code is empty"), "{error}");
    });
}

#[test]
fn whoever_is_signed_in_stays() {
    // parity: M-auth.sign_in.already, M-auth.sign_up.already
    let mut server = Server {
        known: true,
        ..Server::default()
    };
    run(&mut server, |client| async move {
        let done = client.sign_in("34600123456", 1).await.unwrap();
        assert!(matches!(done, SignIn::Done(user) if *user == ada()));
        assert_eq!(client.check_password("x").await.unwrap(), ada());
        assert_eq!(client.sign_in_bot("1:bad").await.unwrap(), ada());
        assert_eq!(client.sign_up("Grace", "Hopper").await.unwrap(), ada());
    });
    assert_eq!(server.asked, ["users.getUsers"; 4]);
}

#[test]
fn a_bot_brings_its_token_and_no_flags() {
    // parity: M-auth.sign_in.bot_token
    let mut server = Server::default();
    run(&mut server, |client| async move {
        client.sign_in_bot(" 1:good\n").await.unwrap();
    });
    let expected = functions::auth::ImportBotAuthorization::new(0, 1, "hash", "1:good");
    assert_eq!(
        server.request("auth.importBotAuthorization"),
        expected.to_bytes()
    );
}

#[test]
fn after_signing_in_the_client_knows_itself() {
    // parity: M-auth.on_login
    let mut server = Server::default();
    run(&mut server, |client| async move {
        assert!(client.self_user().is_none());
        client.sign_in_bot("1:good").await.unwrap();
        assert!(client.state().authorized());
        let known = client.self_user().unwrap();
        assert_eq!((known.id, known.access_hash, known.bot), (7, 8, false));
        let own = client.get_input_entity(7_i64).await.unwrap();
        assert_eq!(own, types::InputPeerUser::new(7, 8).into());
    });
    assert_eq!(
        server.asked,
        ["users.getUsers", "auth.importBotAuthorization"]
    );
}

// rule: signin.sign_up
#[test]
fn the_terms_of_service_are_accepted_after_signing_up() {
    // parity: M-auth.sign_up, M-auth.sign_up.tos
    let mut server = Server {
        new: true,
        ..Server::default()
    };
    run(&mut server, |client| async move {
        client.send_code_request("34600123456").await.unwrap();
        let next = client.sign_in(Phone::last(), 22222).await.unwrap();
        let SignIn::SignUpRequired { terms: Some(shown) } = next else {
            panic!("{next:?}")
        };
        assert_eq!(*shown, terms());
        assert_eq!(client.sign_up("Grace", "Hopper").await.unwrap(), ada());
    });
    let end = server.asked.len() - 2;
    assert_eq!(
        server.asked[end..],
        ["auth.signUp", "help.acceptTermsOfService"]
    );
}

#[test]
fn a_code_by_mail_goes_back_as_proof_of_the_mail_box() {
    let kind = types::auth::SentCodeTypeEmailCode::new("a***@example.org", 5);
    let mut server = Server {
        kind: Some(kind.into()),
        ..Server::default()
    };
    run(&mut server, |client| async move {
        client.send_code_request("34600123456").await.unwrap();
        client.sign_in(Phone::last(), 22222).await.unwrap();
    });
    let proof = types::EmailVerificationCode::new("22222");
    let expected = functions::auth::SignIn::new("34600123456", "hash-1").email_verification(proof);
    assert_eq!(server.request("auth.signIn"), expected.to_bytes());
}

#[test]
fn logging_out_is_refused_or_forgets_the_login() {
    // parity: M-auth.log_out
    for (code, error, refused) in [
        (401, "AUTH_KEY_UNREGISTERED", true),
        (400, "SOMETHING_WRONG", true),
        (420, "FLOOD_WAIT_500", false),
        (500, "RPC_CALL_FAIL", false),
        (-503, "Timeout", false),
    ] {
        let out = Stage::new().run(
            |client| async move { client.log_out().await },
            |request| {
                assert_eq!(request.name, "auth.logOut");
                refuse(code, error)
            },
        );
        match out {
            Ok(done) => assert!(refused && !done, "{error}"),
            Err(why) => assert!(!refused && why.is(error.trim_end_matches("_500")), "{why}"),
        }
    }
    let ended = Stage::new().run(
        |client| async move { client.log_out().await },
        |_| match refuse(401, "SESSION_REVOKED") {
            Err(Error::Rpc { error, .. }) => Err(Error::AccountEnded(error)),
            other => other,
        },
    );
    assert!(!ended.unwrap());
}

#[test]
fn nothing_of_a_sign_in_is_shown() {
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        Phone::from("34600123456"),
        CodeRequest::new("34600123456"),
        LoginCode::from("98765").phone_code_hash("a-hash"),
        crate::client::Answer::from("98765"),
    );
    for secret in ["34600123456", "98765", "a-hash"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
