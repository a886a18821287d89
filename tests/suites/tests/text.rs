//! Formatted texts through the client: parse modes, and links that become mentions.

use telewire_core::text::{Markdown, ParseMode, Style};
use telewire_core::types::{self, MessageEntity};
use telewire_core::{Client, InputMessage};
use telewire_tests::account::{run, run_pair};

/// What the server keeps of a message that is sent to oneself.
async fn sent(
    client: &Client,
    text: impl Into<InputMessage> + Send,
) -> (String, Vec<MessageEntity>) {
    let message = client.send_message("me", text).await.unwrap();
    (message.raw_text().to_owned(), message.entities().to_vec())
}

#[test]
fn texts_are_read_and_shown_in_the_clients_parse_mode() {
    run(1, async |_, client| {
        // parity: M-parse.parse_mode
        assert_eq!(client.parse_mode(), ParseMode::Markdown);
        let bold = Style::Bold.entity(0, 1);
        assert_eq!(
            sent(&client, "**a**").await,
            ("a".into(), vec![bold.clone()])
        );
        let message = client.get_messages("me", 1).await.unwrap()[0].clone();
        assert_eq!(message.text(), "**a**");

        client.set_parse_mode("HTML".parse().unwrap());
        assert_eq!(client.parse_mode(), ParseMode::Html);
        assert_eq!(message.text(), "<strong>a</strong>");
        assert_eq!(
            sent(&client, "<b>a</b>").await,
            ("a".into(), vec![bold.clone()])
        );

        let starred = ParseMode::from(Markdown::new().delimiters([("*", Style::Bold)]));
        client.set_parse_mode(starred.clone());
        assert_eq!(client.parse_mode(), starred);
        assert_eq!(message.text(), "*a*");
        assert_eq!(sent(&client, "*a*").await, ("a".into(), vec![bold.clone()]));

        // parity: M-parse.parse_mode.none
        client.set_parse_mode(ParseMode::from(None));
        assert_eq!(message.text(), "a");
        assert_eq!(sent(&client, "*a*").await, ("*a*".into(), vec![]));
        assert_eq!(
            sent(&client, InputMessage::markdown("**a**")).await,
            ("a".into(), vec![bold])
        );
    });
}

#[test]
fn links_to_people_are_sent_as_mentions_of_them() {
    run_pair(1, async |_, client, other| {
        // parity: U-parse.mention
        let you = other.get_me().await.unwrap();
        let (name, phone) = (you.username.unwrap(), you.phone.unwrap());
        // Whose id alone is known has to have been met.
        client.get_entity(name.as_str()).await.unwrap();
        for target in [
            format!("tg://user?id={}", you.id),
            format!("@{name}"),
            format!("+{phone}"),
        ] {
            let (text, entities) = sent(&client, format!("an [a](http://b) [you]({target})")).await;
            assert_eq!(text, "an a you");
            let mention = types::MessageEntityMentionName::new(5, 3, you.id);
            let link = types::MessageEntityTextUrl::new(3, 1, "http://b");
            assert_eq!(entities, [link.into(), mention.clone().into()], "{target}");
            let given = InputMessage::formatted("an a you", vec![mention.clone().into()]);
            assert_eq!(sent(&client, given).await.1, [mention.into()]);
        }
        // parity: U-parse.mention.fail
        for target in [
            "tg://user?id=987654321",
            "@nobody_has_this_name",
            "+15550000000",
        ] {
            let (text, entities) = sent(&client, format!("[you]({target})")).await;
            assert_eq!((text.as_str(), entities), ("you", vec![]), "{target}");
        }
    });
}
