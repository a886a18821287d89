//! Signing in and out, and passwords.

use std::time::Duration;

use serde_json::{Value, json};
use telewire_tokio::{Client, Edit2fa, SignIn, functions};

use crate::{Failure, Heard, text};

/// Does it, if it is such a command.
pub(crate) async fn run(
    client: &Client,
    heard: &Heard,
    command: &Value,
) -> Option<Result<Value, Failure>> {
    Some(match text(&command["do"]) {
        "send_code" => sent(client, command).await,
        "sign_in" => {
            let done = client
                .sign_in(text(&command["phone"]), text(&command["code"]))
                .await;
            done.map(|done| outcome(&done)).map_err(Into::into)
        }
        "sign_up" => {
            let names = (text(&command["first"]), text(&command["last"]));
            let me = client.sign_up(names.0, names.1).await;
            me.map(|me| json!(me.id)).map_err(Into::into)
        }
        "password" => {
            let me = client.check_password(text(&command["password"])).await;
            me.map(|me| json!(me.id)).map_err(Into::into)
        }
        "edit_2fa" => edit_2fa(client, command).await,
        "qr" => qr(client, heard).await,
        "accept" => accept(client, command).await,
        "me" => client
            .get_me()
            .await
            .map(|me| json!([me.id, me.first_name, me.last_name, me.phone]))
            .map_err(Into::into),
        "session" => client
            .session_string()
            .await
            .map(|s| json!(s.as_str()))
            .map_err(Into::into),
        "log_out" => client.log_out().await.map(Value::from).map_err(Into::into),
        _ => return None,
    })
}

async fn sent(client: &Client, command: &Value) -> Result<Value, Failure> {
    client.send_code_request(text(&command["phone"])).await?;
    Ok(Value::Null)
}

fn outcome(done: &SignIn) -> Value {
    match done {
        SignIn::Done(me) => json!({ "done": me.id }),
        SignIn::PasswordNeeded { hint } => json!({ "password": hint }),
        SignIn::SignUpRequired { terms } => {
            json!({ "sign_up": terms.as_ref().map(|terms| &terms.text) })
        }
    }
}

async fn edit_2fa(client: &Client, command: &Value) -> Result<Value, Failure> {
    let mut edit = Edit2fa::new();
    if let Some(password) = command["current"].as_str() {
        edit = edit.current(password);
    }
    if let Some(password) = command["new"].as_str() {
        edit = edit.new_password(password);
    }
    if let Some(hint) = command["hint"].as_str() {
        edit = edit.hint(hint);
    }
    Ok(client.edit_2fa(edit).await?.into())
}

/// Shows a QR code, and notes as `signed_in` who was let in by it.
async fn qr(client: &Client, heard: &Heard) -> Result<Value, Failure> {
    let mut login = client.qr_login().await?;
    let url = login.url();
    let heard = heard.clone();
    tokio::spawn(async move {
        let done = login.wait(Duration::from_secs(30)).await;
        heard.note(match done {
            Ok(Some(done)) => json!({ "signed_in": outcome(&done) }),
            Ok(None) => json!({ "signed_in": "too late" }),
            Err(error) => json!({ "signed_in": error.to_string() }),
        });
    });
    Ok(json!(url))
}

/// Lets somebody in who shows a QR code, given its token.
async fn accept(client: &Client, command: &Value) -> Result<Value, Failure> {
    let token: Vec<u8> = serde_json::from_value(command["token"].clone())?;
    client
        .invoke(&functions::auth::AcceptLoginToken::new(token))
        .await?;
    Ok(Value::Null)
}
