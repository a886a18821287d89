//! What holds for the client as a whole.

use super::*;
use crate::events::{NewMessage, Raw};

fn assert_send<T: Send>(_: &T) {}

/// Never run: it is checked by compiling.
#[allow(dead_code, reason = "the compiler is the test")]
fn every_future_is_send(client: &Client, message: &crate::objects::Message) {
    assert_send(&client.connect());
    assert_send(&client.start(Start::new().phone("1").code(|| "2").password(String::new)));
    assert_send(&client.send_code_request("1"));
    assert_send(&client.sign_in("1", "2"));
    assert_send(&client.check_password("1"));
    assert_send(&client.sign_up("1", "2"));
    assert_send(&client.sign_in_bot("1"));
    assert_send(&client.log_out());
    assert_send(&client.get_me());
    assert_send(&client.is_user_authorized());
    assert_send(&client.get_entity("me"));
    assert_send(&client.get_input_entity(1));
    assert_send(&client.invoke(&telewire_schema::functions::help::GetConfig));
    assert_send(&client.send_message(message, "x"));
    assert_send(&client.iter_messages("me"));
    assert_send(&client.iter_messages("me").collect());
    assert_send(&client.get_messages_by_id("me", &[1]));
    assert_send(&client.iter_dialogs().next());
    assert_send(&client.run_until_disconnected());
    assert_send(&message.reply("x"));
    client.on(Raw::new(), |event| async move { drop(event) });
    client.on(NewMessage::new(), |event| async move {
        event.reply("x").await.map(drop)
    });
}
