//! Bots and their tokens.

use super::*;

fn token(sim: &Sim) -> String {
    sim.server(|server, _| server.bots()[1].token.clone())
}

#[test]
fn a_token_signs_a_bot_in() {
    // parity: M-auth.sign_in.bot_token, M-auth.on_login
    run(1, async |sim, client| {
        let error = client.sign_in_bot("1:no").await.unwrap_err();
        assert!(error.is("ACCESS_TOKEN_INVALID"), "{error}");
        assert!(!client.is_user_authorized().await.unwrap());
        let bot = client.sign_in_bot(&token(sim)).await.unwrap();
        assert!(bot.bot);
        let asks = asked(sim, "users.getUsers");
        assert!(client.is_bot().await.unwrap() && client.is_user_authorized().await.unwrap());
        assert_eq!(
            asked(sim, "users.getUsers"),
            asks,
            "it knows without asking"
        );
    });
}

#[test]
fn start_takes_a_token_wherever_it_is_given() {
    // parity: M-auth.start.bot_token, M-auth.start.phone.token
    use telewire_core::client::Start;
    let starts: [fn(String) -> Start; 3] = [
        |token| Start::new().bot_token(token),
        |token| Start::new().phone(token),
        |token| Start::new().phone(move || token.clone()),
    ];
    for start in starts {
        run(2, async |sim, client| {
            let bot = client.start(start(token(sim))).await.unwrap();
            assert_eq!(bot.username.as_deref(), Some("telewire_bot"));
        });
    }
}
