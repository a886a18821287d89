//! Raw requests: everything that the schema knows, beside what the friendly methods offer.

use std::time::Duration;

use futures::future::BoxFuture;
use telewire_schema::codec::{Name, NameKind};
use telewire_schema::{Request, Serialize, Writer};

use crate::client::Client;
use crate::client::entity_like::EntityLike;
use crate::dc::DcId;
use crate::engine::{self, Target, Value};
use crate::error::Error;
use crate::peers::harvest;

/// How a raw request travels; the default is what [`Client::invoke`] does.
///
/// ```
/// use std::time::Duration;
/// use telewire_core::client::InvokeOptions;
///
/// let options = InvokeOptions::new().timeout(Duration::from_secs(5)).repeatable();
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct InvokeOptions {
    dc: Option<DcId>,
    timeout: Option<Duration>,
    flood_sleep_threshold: Option<Duration>,
    repeatable: bool,
}

impl InvokeOptions {
    /// To the account's own data centre, with no deadline but the engine's retries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends it to another data centre, as the account that is signed in.
    pub fn dc(mut self, dc: DcId) -> Self {
        self.dc = Some(dc);
        self
    }

    /// Gives up with [`Error::Deadline`] after that long.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sleeps through flood waits up to that long, whatever
    /// [`flood_sleep_threshold`](Client::flood_sleep_threshold) says; longer ones are returned.
    pub fn flood_sleep_threshold(mut self, threshold: Duration) -> Self {
        self.flood_sleep_threshold = Some(threshold);
        self
    }

    /// Sets the threshold unless there is one.
    pub(super) fn or_flood_sleep_threshold(mut self, threshold: Duration) -> Self {
        self.flood_sleep_threshold.get_or_insert(threshold);
        self
    }

    /// It does no harm if the request runs twice, so it may be sent again when its fate is unknown.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

impl Client {
    /// Sends any request of the [schema](https://core.telegram.org/methods) and returns its result.
    ///
    /// Wherever the request takes an `InputPeer`, `InputUser` or `InputChannel`, at any depth, whatever friendly methods take
    /// may stand: `"me"`, a username, a phone number, a marked id, a user or chat. What is not known is looked up first. A
    /// `random_id` of 0 is drawn, as is each one that a list of them lacks, and a `chat_id` loses its mark. Users and chats in
    /// the result are remembered.
    ///
    /// # Errors
    /// Whatever the server answers ([`Error::Rpc`]), and all that can go wrong on the way there.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::functions;
    ///
    /// client.invoke(&functions::messages::SendMessage::new("me", "Hello", 0)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn invoke<R: Request + Sync>(&self, request: &R) -> Result<R::Result, Error> {
        self.invoke_with(request, InvokeOptions::new()).await
    }

    /// [`Client::invoke`] with a say in how the request travels.
    ///
    /// # Errors
    /// As [`Client::invoke`], and [`Error::Deadline`] when the timeout was too short.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::{client::InvokeOptions, dc::DcId, functions};
    ///
    /// let options = InvokeOptions::new().dc(DcId(4));
    /// let nearest = client.invoke_with(&functions::help::GetNearestDc, options).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn invoke_with<R: Request + Sync>(
        &self,
        request: &R,
        options: InvokeOptions,
    ) -> Result<R::Result, Error> {
        let prepared = self.prepare(request, &options).await?;
        let answer = self.send(prepared).await?;
        self.receive::<R>(answer)
    }

    /// Turns a request into bytes, with peers in place of the names in it.
    pub(super) async fn prepare<R: Request + Sync>(
        &self,
        request: &R,
        options: &InvokeOptions,
    ) -> Result<engine::Request, Error> {
        let mut w = Writer::new();
        request.serialize(&mut w);
        if !w.is_complete() {
            let mut peers = Vec::with_capacity(w.names().len());
            for name in w.names() {
                peers.push(self.named(name).await?);
            }
            w.fill(&peers, || self.random_id());
        }
        if let Some(what) = w.misuse() {
            return Err(Error::misuse(format!("{} cannot be sent: {what}", R::NAME)));
        }
        Ok(engine::Request {
            name: R::NAME,
            head: w.into_vec(),
            tail: None,
            dc: options.dc.map_or(Target::Home, Target::Of),
            after: None,
            deadline: options.timeout.map(|timeout| self.now().mono + timeout),
            repeatable: options.repeatable || only_reads(R::NAME),
            cancel: is_large(R::NAME),
            flood_sleep_threshold: options.flood_sleep_threshold,
            takeout: None,
        })
    }

    /// The bytes of the peer that a name in a request stands for. Boxed, since looking it up takes requests in turn.
    fn named<'a>(&'a self, name: &'a Name) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        let like = EntityLike::from(&*name.name);
        Box::pin(async move {
            Ok(match name.kind {
                NameKind::Peer => self.get_input_entity(like).await?.to_bytes(),
                NameKind::User => self.get_input_user(like).await?.to_bytes(),
                NameKind::Channel => self.get_input_channel(like).await?.to_bytes(),
            })
        })
    }

    /// Decodes an answer and remembers the peers in it.
    pub(super) fn receive<R: Request>(&self, answer: Value) -> Result<R::Result, Error> {
        let result: R::Result = answer.decode().map_err(|error| Error::Decode {
            request: R::NAME,
            error: error.into(),
        })?;
        self.remember(harvest(&result));
        Ok(result)
    }
}

/// Whether a request changes nothing, so that it may run twice.
fn only_reads(name: &str) -> bool {
    let method = name.rsplit('.').next().unwrap_or(name);
    // A bot hears of its button being pressed.
    let heard = method == "getBotCallbackAnswer";
    !heard
        && ["get", "search", "resolve"]
            .iter()
            .any(|prefix| method.starts_with(prefix))
}

/// Whether the answer is worth stopping when nobody waits for it any more: lists of messages, chats or people with all
/// that belongs to them, and files. Differences are left alone, since what they bring counts in any case.
fn is_large(name: &str) -> bool {
    matches!(
        name,
        "channels.getAdminLog"
            | "channels.getMessages"
            | "channels.getParticipants"
            | "contacts.getContacts"
            | "messages.getDialogs"
            | "messages.getHistory"
            | "messages.getMessages"
            | "messages.getReplies"
            | "messages.getSavedDialogs"
            | "messages.getSavedHistory"
            | "messages.getScheduledHistory"
            | "messages.search"
            | "messages.searchGlobal"
            | "upload.getFile"
    )
}

#[cfg(test)]
mod tests {
    use telewire_schema::{Identifiable, functions, types};

    use super::*;
    use crate::client::testing::Stage;
    use crate::engine::Request as Outgoing;
    use crate::peers::PeerRecord;

    /// What a raw request looks like when it goes out.
    fn outgoing<R: Request + Sync>(
        request: &R,
        known: Option<PeerRecord>,
    ) -> Result<Outgoing, Error> {
        let mut stage = Stage::new();
        stage.client.remember(known.into_iter().collect());
        stage.run(
            |client| async move { client.prepare(request, &InvokeOptions::new()).await },
            |_| unreachable!("nothing is to be asked"),
        )
    }

    #[test]
    fn names_in_raw_requests_are_replaced_by_peers() {
        let id = crate::peers::PeerId::User(5);
        let bot = PeerRecord {
            id,
            access_hash: 6,
            usernames: vec!["the_bot".into()],
            phone: None,
            name: "Bot".into(),
            bot: true,
        };
        let named = functions::messages::StartBot::new(
            types::InputUser::Named("@The_Bot".into()),
            types::InputPeer::Named("me".into()),
            1,
            "x",
        );
        let plain = functions::messages::StartBot::new(
            types::InputUserData::new(5, 6),
            types::InputPeer::Self_,
            1,
            "x",
        );
        assert_eq!(
            outgoing(&named, Some(bot.clone())).unwrap().head,
            plain.to_bytes()
        );
        let wrong = functions::channels::GetChannels::new(vec![types::InputChannel::Named(
            "the_bot".into(),
        )]);
        let error = outgoing(&wrong, Some(bot)).unwrap_err();
        assert!(error.to_string().contains("not a channel"), "{error}");
    }

    #[test]
    fn names_are_resolved_wherever_they_stand() {
        // parity: U-cast.when
        use functions::{account, messages};
        let ada = PeerRecord {
            id: crate::peers::PeerId::User(5),
            access_hash: 6,
            usernames: vec!["ada_l".into()],
            phone: Some("34600".into()),
            name: "Ada Lovelace".into(),
            bot: false,
        };
        let sent = |request: &dyn Fn(types::InputPeer) -> Vec<u8>| request(known_ada());
        fn known_ada() -> types::InputPeer {
            types::InputPeerUser::new(5, 6).into()
        }
        // In vectors, item by item, and in what wraps a peer.
        let dialogs = messages::GetPeerDialogs::new(vec![
            "@ada_l".into(),
            5.into(),
            "Ada Lovelace".into(),
            (&types::UserData::new(5).access_hash(6)).into(),
            (&types::UserData::new(5).min(true).access_hash(9)).into(),
        ]);
        let plain = |peer: types::InputPeer| {
            let dialogs = (0..5).map(|_| peer.clone().into()).collect();
            messages::GetPeerDialogs::new(dialogs).to_bytes()
        };
        assert_eq!(
            outgoing(&dialogs, Some(ada.clone())).unwrap().head,
            sent(&plain)
        );
        let notify = account::GetNotifySettings::new("t.me/ada_l");
        let plain = |peer: types::InputPeer| account::GetNotifySettings::new(peer).to_bytes();
        assert_eq!(
            outgoing(&notify, Some(ada.clone())).unwrap().head,
            sent(&plain)
        );
        // Optional ones, if they are set.
        let say = |peer: types::InputPeer, as_whom: Option<types::InputPeer>| {
            let mut say = messages::SendMessage::new(peer, "hi", 7);
            say.send_as = as_whom;
            say
        };
        let named = outgoing(&say("ada_l".into(), None), Some(ada.clone())).unwrap();
        assert_eq!(named.head, say(known_ada(), None).to_bytes());
        let named = outgoing(&say("ada_l".into(), Some("+34 600".into())), Some(ada)).unwrap();
        assert_eq!(named.head, say(known_ada(), Some(known_ada())).to_bytes());
        // Media, photos, documents and messages need nobody to look them up.
        let photo = types::PhotoData::new(1, 2, bytes::Bytes::new(), 0, vec![], 4);
        let send = messages::SendMedia::new("me", types::Photo::from(photo), "", 7);
        let known =
            types::InputMediaPhoto::new(types::InputPhotoData::new(1, 2, bytes::Bytes::new()));
        let plain = messages::SendMedia::new(types::InputPeer::Self_, known, "", 7);
        assert_eq!(outgoing(&send, None).unwrap().head, plain.to_bytes());
        let get = messages::GetMessages::new(vec![9.into()]);
        let plain = messages::GetMessages::new(vec![types::InputMessageId::new(9).into()]);
        assert_eq!(outgoing(&get, None).unwrap().head, plain.to_bytes());
    }

    #[test]
    fn a_random_id_is_drawn_when_the_request_is_sent() {
        let request = functions::messages::SendMessage::new("me", "hi", 0);
        let one = outgoing(&request, None).unwrap().head;
        let at = one.len() - 8;
        let drawn = i64::from_le_bytes(one[at..].try_into().unwrap());
        let same = functions::messages::SendMessage::new(types::InputPeer::Self_, "hi", drawn);
        assert_ne!(drawn, 0);
        assert_eq!(one, same.to_bytes());
    }

    #[test]
    fn reads_may_run_twice_and_nothing_else() {
        for name in [
            "users.getUsers",
            "messages.getHistory",
            "contacts.resolveUsername",
            "messages.search",
        ] {
            assert!(only_reads(name), "{name}");
        }
        for name in [
            "messages.sendMessage",
            "messages.getBotCallbackAnswer",
            "auth.signIn",
            "auth.checkPassword",
        ] {
            assert!(!only_reads(name), "{name}");
        }
    }

    #[test]
    fn large_reads_are_stopped_and_differences_are_not() {
        use functions::{channels, contacts, messages, updates, upload};
        for name in [
            channels::GetAdminLog::NAME,
            channels::GetMessages::NAME,
            channels::GetParticipants::NAME,
            contacts::GetContacts::NAME,
            messages::GetDialogs::NAME,
            messages::GetHistory::NAME,
            messages::GetMessages::NAME,
            messages::GetReplies::NAME,
            messages::GetSavedDialogs::NAME,
            messages::GetSavedHistory::NAME,
            messages::GetScheduledHistory::NAME,
            messages::Search::NAME,
            messages::SearchGlobal::NAME,
        ] {
            assert!(is_large(name) && only_reads(name), "{name}");
        }
        assert!(is_large(upload::GetFile::NAME));
        for name in [
            updates::GetDifference::NAME,
            updates::GetChannelDifference::NAME,
            updates::GetState::NAME,
            messages::SendMessage::NAME,
        ] {
            assert!(!is_large(name), "{name}");
        }
    }
}
