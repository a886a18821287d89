//! Dialogs, drafts, folders and conversations, through the public API and in virtual time.

mod conversation;
mod delete;
mod drafts;
mod folders;
mod list;

use telewire_core::objects::Dialog;
use telewire_core::{Client, functions, types};
use telewire_tests::sim::Sim;

const ADA: &str = "@ada_lovelace";
const GRACE: &str = "@grace_hopper";
const NEWS: &str = "@telewire_news";
const BOT: &str = "@echo_bot";

/// How many requests of that method were run.
fn executed(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

/// Makes a channel or supergroup of the account.
async fn make_channel(client: &Client, title: &str, megagroup: bool) -> types::Channel {
    let request = functions::channels::CreateChannel::new(title, "")
        .megagroup(megagroup)
        .broadcast(!megagroup);
    let types::Updates::Updates(made) = client.invoke(&request).await.unwrap() else {
        panic!("it says nothing of the channel");
    };
    let channel = made.chats.into_iter().find_map(|chat| match chat {
        types::Chat::Channel(channel) => Some(*channel),
        _ => None,
    });
    channel.expect("the channel comes along")
}

async fn names(client: &Client) -> Vec<String> {
    let dialogs = client.get_dialogs(100).await.unwrap();
    dialogs.iter().map(Dialog::name).collect()
}

async fn dialog(client: &Client, name: &str) -> Dialog {
    let dialogs = client.get_dialogs(100).await.unwrap();
    let found = dialogs.into_iter().find(|dialog| dialog.name() == name);
    found.unwrap_or_else(|| panic!("{name} is not among the dialogs"))
}
