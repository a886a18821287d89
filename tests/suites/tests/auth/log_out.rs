//! Signing out.

use super::*;

use telewire_core::session::{Session, SessionStore};
use telewire_sandbox::{Fault, Trouble};
use telewire_tests::account::client_with;
use telewire_tests::script::Shared;

#[test]
fn everything_of_the_account_is_forgotten() {
    // parity: M-auth.log_out, M-auth.log_out.cleanup
    let sim = Sim::new(1);
    sim.run(async {
        let store = Shared::default();
        let client = client_with(&sim, store.clone(), sim.config());
        client.connect().await.unwrap();
        client.send_code_request(ADA).await.unwrap();
        client.sign_in(ADA, CODE).await.unwrap();
        client.send_message("me", "x").await.unwrap();
        assert!(store.clone().load().unwrap().user.is_some());
        assert!(client.log_out().await.unwrap());
        assert!(!client.is_connected());
        let Session {
            user, keys, state, ..
        } = store.clone().load().unwrap();
        assert!(user.is_none() && keys.is_empty() && state.is_none());
        // The same client may be somebody else now.
        client.connect().await.unwrap();
        assert!(!client.is_user_authorized().await.unwrap());
        client
            .sign_in_bot(&sim.server(|s, _| s.bots()[1].token.clone()))
            .await
            .unwrap();
        assert!(client.is_bot().await.unwrap());
    });
}

#[test]
fn the_server_knows_of_it_too() {
    run(2, async |sim, other| {
        let client = signed_in(sim, ADA).await;
        other.send_code_request(ADA).await.unwrap();
        other.sign_in(ADA, CODE).await.unwrap();
        let list = telewire_core::functions::account::GetAuthorizations;
        assert_eq!(other.invoke(&list).await.unwrap().authorizations.len(), 2);
        assert!(client.log_out().await.unwrap());
        assert_eq!(other.invoke(&list).await.unwrap().authorizations.len(), 1);
    });
}

#[test]
fn a_refusal_changes_nothing() {
    // parity: M-auth.log_out
    run(3, async |sim, client| {
        client.send_code_request(ADA).await.unwrap();
        client.sign_in(ADA, CODE).await.unwrap();
        let order = |fault| {
            sim.server(|server, _| server.order("auth.logOut", 1, Trouble::Refuse(fault)));
        };
        order(Fault::new(400, "SOMETHING_WRONG"));
        assert!(!client.log_out().await.unwrap());
        // That is no answer to the question.
        order(Fault::new(420, "FLOOD_WAIT_500"));
        let error = client.log_out().await.unwrap_err();
        assert!(error.is("FLOOD_WAIT"), "{error}");
        assert!(client.is_connected());
        client.send_message("me", "still here").await.unwrap();
    });
}
