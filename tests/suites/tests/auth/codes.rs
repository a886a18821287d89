//! Codes: asked for, resent, cancelled, expired, wrong and right.

use super::*;
use telewire_core::client::{CodeRequest, LoginCode};
use telewire_core::types::auth::{SentCode, SentCodeType};
use telewire_sandbox::{Fault, Trouble};

fn kind(sent: &SentCode) -> &SentCodeType {
    match sent {
        SentCode::SentCode(sent) => &sent.type_,
        other => panic!("{other:?}"),
    }
}

#[test]
fn wrong_codes_are_refused_until_the_right_one_comes() {
    // parity: M-auth.sign_in, M-auth.sign_in.code, M-auth.sign_in.raises
    run(1, async |_, client| {
        client.send_code_request(ADA).await.unwrap();
        for wrong in [LoginCode::from(WRONG), LoginCode::from(33333)] {
            let error = client.sign_in(ADA, wrong).await.unwrap_err();
            assert!(error.is("PHONE_CODE_INVALID"), "{error}");
        }
        let SignIn::Done(user) = client.sign_in(9996620001, 22222).await.unwrap() else {
            panic!("neither a password nor a name is asked for")
        };
        assert_eq!(name(&user), "Ada");
        assert!(client.is_user_authorized().await.unwrap());
    });
}

#[test]
fn the_phone_is_taken_as_people_write_it() {
    // parity: M-auth.sign_in.phone
    run(2, async |sim, client| {
        client.send_code_request("+999 66-2 (0001)").await.unwrap();
        client.sign_in("99966 20001", CODE).await.unwrap();
        assert_eq!(name(&client.get_me().await.unwrap()), "Ada");
        assert_eq!(asked(sim, "auth.sendCode"), 1);
    });
}

// rule: signin.resend
#[test]
fn asking_again_has_the_code_sent_in_the_next_way() {
    // parity: M-auth.send_code_request.repeat
    run(3, async |sim, client| {
        let first = client.send_code_request(ADA).await.unwrap();
        assert!(matches!(kind(&first), SentCodeType::Sms(_)));
        pass(sim, Duration::from_secs(61)).await;
        let second = client.send_code_request(ADA).await.unwrap();
        assert!(matches!(kind(&second), SentCodeType::Call(_)));
        assert_eq!(asked(sim, "auth.sendCode"), 1);
        assert_eq!(asked(sim, "auth.resendCode"), 1);
        // A third way there is not, so it begins anew.
        let third = client.send_code_request(ADA).await.unwrap();
        assert!(matches!(kind(&third), SentCodeType::Sms(_)));
        assert_eq!(asked(sim, "auth.sendCode"), 2);
        client.sign_in(ADA, CODE).await.unwrap();
    });
}

// rule: signin.resend
#[test]
fn force_sms_waits_until_the_server_allows_it() {
    // parity: M-auth.send_code_request
    run(4, async |sim, client| {
        let begun = sim.now().mono;
        let request = CodeRequest::new(ADA).force_sms();
        let sent = client.send_code_request(request).await.unwrap();
        assert!(matches!(kind(&sent), SentCodeType::Call(_)));
        let waited = sim.now().mono.since(begun);
        assert!(waited >= Duration::from_secs(60), "{waited:?}");
        client.sign_in(ADA, CODE).await.unwrap();
    });
}

#[test]
fn a_device_that_is_signed_in_gets_the_code() {
    run(5, async |sim, client| {
        let first = signed_in(sim, ADA).await;
        let sent = client.send_code_request(ADA).await.unwrap();
        assert!(matches!(kind(&sent), SentCodeType::App(_)));
        let me = first.get_me().await.unwrap().id;
        let told = sim.server(|server, _| server.texts(me, 777_000));
        assert!(told.last().unwrap().contains(CODE), "{told:?}");
    });
}

#[test]
fn a_cancelled_code_signs_nobody_in() {
    run(6, async |sim, client| {
        let SentCode::SentCode(sent) = client.send_code_request(ADA).await.unwrap() else {
            panic!("a code is sent")
        };
        assert!(client.cancel_code(ADA).await.unwrap());
        let old = LoginCode::from(CODE).phone_code_hash(sent.phone_code_hash);
        let error = client.sign_in(ADA, old).await.unwrap_err();
        assert!(error.is("PHONE_CODE_EXPIRED"), "{error}");
        assert_eq!(asked(sim, "auth.cancelCode"), 1);
    });
}

#[test]
fn an_old_code_has_expired_and_a_new_one_works() {
    // parity: M-auth.sign_in.raises
    run(7, async |sim, client| {
        client.send_code_request(ADA).await.unwrap();
        pass(sim, Duration::from_secs(301)).await;
        let error = client.sign_in(ADA, CODE).await.unwrap_err();
        assert!(error.is("PHONE_CODE_EXPIRED"), "{error}");
        client.send_code_request(ADA).await.unwrap();
        client.sign_in(ADA, CODE).await.unwrap();
    });
}

#[test]
fn a_code_may_be_entered_in_a_later_run() {
    // parity: M-auth.sign_in.code
    run(8, async |_, client| {
        let SentCode::SentCode(sent) = client.send_code_request(ADA).await.unwrap() else {
            panic!("a code is sent")
        };
        // What another client of the same session would know.
        client.send_code_request("9996620002").await.unwrap();
        let error = client.sign_in("9996620009", CODE).await.unwrap_err();
        assert!(matches!(error, Error::Misuse(_)));
        let code = LoginCode::from(CODE).phone_code_hash(sent.phone_code_hash);
        client.sign_in(ADA, code).await.unwrap();
        assert_eq!(name(&client.get_me().await.unwrap()), "Ada");
    });
}

#[test]
fn people_change_their_mind_about_the_number() {
    // parity: M-auth.send_code_request.hash
    run(9, async |sim, client| {
        client.send_code_request("9996620002").await.unwrap();
        client.send_code_request(ADA).await.unwrap();
        client.sign_in("9996620002", CODE).await.unwrap();
        assert_eq!(name(&client.get_me().await.unwrap()), "Grace");
        assert_eq!(asked(sim, "auth.sendCode"), 2);
    });
}

#[test]
fn a_login_that_the_server_restarts_goes_on() {
    // parity: M-auth.send_code_request.restart
    run(10, async |sim, client| {
        let restart = || Trouble::Refuse(Fault::new(500, "AUTH_RESTART"));
        sim.server(|server, _| server.order("auth.sendCode", 2, restart()));
        client.send_code_request(ADA).await.unwrap();
        client.sign_in(ADA, CODE).await.unwrap();
    });
}

#[test]
fn refusals_of_a_number_come_back_by_name() {
    run(11, async |sim, client| {
        let error = client.send_code_request("+12").await.unwrap_err();
        assert!(error.is("PHONE_NUMBER_INVALID"), "{error}");
        for name in [
            "PHONE_NUMBER_BANNED",
            "PHONE_NUMBER_FLOOD",
            "API_ID_INVALID",
        ] {
            let refuse = Trouble::Refuse(Fault::new(400, name));
            sim.server(|server, _| server.order("auth.sendCode", 1, refuse));
            let error = client.send_code_request(ADA).await.unwrap_err();
            assert!(error.is(name), "{error}");
            assert!(error.advice().is_some(), "{name} comes with advice");
        }
    });
}

#[test]
fn whoever_is_signed_in_stays() {
    // parity: M-auth.sign_in.already, M-auth.sign_up.already
    run(12, async |sim, client| {
        client.send_code_request(ADA).await.unwrap();
        client.sign_in(ADA, CODE).await.unwrap();
        let before = asked(sim, "auth.signIn");
        let SignIn::Done(user) = client.sign_in("9996620002", WRONG).await.unwrap() else {
            panic!("somebody is signed in")
        };
        assert_eq!(name(&user), "Ada");
        assert_eq!(name(&client.sign_up("Mary", "").await.unwrap()), "Ada");
        assert_eq!(name(&client.sign_in_bot("1:x").await.unwrap()), "Ada");
        assert_eq!(asked(sim, "auth.signIn"), before);
        assert_eq!(
            asked(sim, "auth.signUp") + asked(sim, "auth.importBotAuthorization"),
            0
        );
    });
}
