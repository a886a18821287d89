//! The world at the start, and how somebody new finds into it.

use telewire_schema::types;

use super::account::Secret;
use super::{Account, Bot, Channel, Draft, Group, Member, Password, PeerKey, SERVICE, World};
use crate::files::Files;
use crate::options::Options;

/// Newcomers are put into the group until it has this many members. Everybody in a group hears of everybody who comes, so
/// that many accounts would cost the square of it; Telegram's own groups end at 200.
const WELCOMING: usize = 30;

/// Somebody who is there from the start.
struct Person {
    phone: &'static str,
    first: &'static str,
    last: &'static str,
    username: Option<&'static str>,
    password: Option<&'static str>,
}

const PEOPLE: [Person; 3] = [
    Person {
        phone: "9996620001",
        first: "Ada",
        last: "Lovelace",
        username: Some("ada_lovelace"),
        password: None,
    },
    Person {
        phone: "9996620002",
        first: "Grace",
        last: "Hopper",
        username: Some("grace_hopper"),
        password: None,
    },
    Person {
        phone: "9996620003",
        first: "Alan",
        last: "Turing",
        username: None,
        password: Some("bombe"),
    },
];

/// Somebody who lives in another data centre.
const FAR_PERSON: Person = Person {
    phone: "9996640001",
    first: "Emmy",
    last: "Noether",
    username: Some("emmy_noether"),
    password: None,
};

/// A bot there.
const FAR_BOT: (&str, &str, bool) = ("faraway_bot", "Faraway", false);

/// Username, name, whether it answers by itself.
const BOTS: [(&str, &str, bool); 2] = [
    ("echo_bot", "Echo", true),
    ("telewire_bot", "Telewire", false),
];

const CHATTER: [&str; 6] = [
    "Who is in for Saturday?",
    "I am. The long way round?",
    "If the weather holds.",
    "It will. I computed it.",
    "By hand, I suppose.",
    "On the engine, of course.",
];

const NEWS: [&str; 5] = [
    "A first message went through.",
    "Updates arrive in order now, even if they do not.",
    "Files of any size, a part at a time.",
    "Somebody asked for the history of this channel. Here it is.",
    "Release notes: https://example.org/notes",
];

/// The password that a ready-made account begins with.
pub(crate) fn seeded_password(phone: Option<&str>) -> Option<String> {
    let person = PEOPLE
        .iter()
        .chain([&FAR_PERSON])
        .find(|person| Some(person.phone) == phone)?;
    person.password.map(Into::into)
}

impl World {
    /// The same people, groups and messages for the same seed.
    pub(crate) fn new(options: &Options, now: i32) -> Self {
        let mut world = Self::empty(options.seed);
        world.now = now;
        world.files = Files::new(options.seed);
        // Everything has happened some days ago.
        let day = 24 * 3600;
        let start = now - 3 * day;
        let mut service = Account::new(options.dc, SERVICE, "Telegram", "");
        service.phone = Some("42777".into());
        world.accounts.insert(SERVICE, service);
        let people: Vec<i64> = PEOPLE
            .iter()
            .map(|person| world.add_person(options.dc, person, start))
            .collect();
        for (username, name, echo) in BOTS {
            world.add_bot(options.dc, username, name, echo);
        }
        // Those far away come last, and are in no group: a client that never hears of other data centres need not care.
        let far = options.far_dc();
        world.add_person(far, &FAR_PERSON, start);
        world.add_bot(far, FAR_BOT.0, FAR_BOT.1, FAR_BOT.2);
        world.add_group("Weekend hikes", &people, start + day);
        world.add_channel("Telewire news", "telewire_news", &people, start + 2 * day);
        world.pushes.clear();
        world.due.clear();
        world
    }

    fn add_person(&mut self, dc: i32, person: &Person, seen: i32) -> i64 {
        let id = self.next_user_id();
        let mut account = Account::new(dc, id, person.first, person.last);
        account.phone = Some(person.phone.into());
        account.username = person.username.map(Into::into);
        account.seen = seen;
        account.password = person.password.map(|text| Password {
            salt1: self.bytes("salt1", id),
            salt2: self.bytes("salt2", id),
            hint: "a machine".into(),
            secret: Secret::Plain(text.into()),
            email: None,
        });
        self.accounts.insert(id, account);
        id
    }

    fn bytes(&self, label: &str, id: i64) -> Vec<u8> {
        [
            self.number(label, &[id, 1]).to_le_bytes(),
            self.number(label, &[id, 2]).to_le_bytes(),
        ]
        .concat()
    }

    fn add_bot(&mut self, dc: i32, username: &str, name: &str, echo: bool) {
        let id = self.next_user_id();
        let mut account = Account::new(dc, id, name, "");
        account.username = Some(username.into());
        account.about = "A bot of the sandbox".into();
        let (a, b) = (
            self.number("token", &[id, 1]),
            self.number("token", &[id, 2]),
        );
        let token = format!(
            "{id}:AA{:016x}{:016x}",
            a.cast_unsigned(),
            b.cast_unsigned()
        );
        account.bot = Some(Bot { token, echo });
        self.accounts.insert(id, account);
    }

    fn add_group(&mut self, title: &str, people: &[i64], date: i32) {
        let id = self.next_group_id();
        let creator = people[0];
        let group = Group {
            id,
            title: title.into(),
            creator,
            date,
            version: 1,
            members: people.iter().map(|user| (*user, (creator, date))).collect(),
            ..Group::default()
        };
        self.groups.insert(id, group);
        let action = types::MessageActionChatCreate::new(title, people[1..].to_vec());
        let peer = PeerKey::group(id);
        let _ = self.post(date, Draft::service(creator, peer, action.into()));
        for ((line, author), minute) in CHATTER.iter().zip(people.iter().cycle()).zip(1..) {
            let _ = self.post(date + 60 * minute, Draft::text(*author, peer, line));
        }
    }

    fn add_channel(&mut self, title: &str, username: &str, people: &[i64], date: i32) {
        let id = self.next_channel_id();
        let creator = people[0];
        let member = |inviter| Member {
            inviter,
            date,
            ..Member::default()
        };
        let channel = Channel {
            id,
            title: title.into(),
            about: "What is new in the sandbox".into(),
            username: Some(username.into()),
            broadcast: true,
            creator,
            date,
            members: people.iter().map(|user| (*user, member(creator))).collect(),
            ..Channel::default()
        };
        self.channels.insert(id, channel);
        let peer = PeerKey::channel(id);
        let created = types::MessageActionChannelCreate::new(title);
        let _ = self.post(date, Draft::service(creator, peer, created.into()));
        // More than one page of a client that asks for few at a time.
        for (n, line) in (1..=25).zip(NEWS.iter().cycle()) {
            let text = format!("#{n}: {line}");
            let mut draft = Draft::text(creator, peer, &text);
            draft.entities = crate::entities::parse(&text, Vec::new());
            let _ = self.post(date + 600 * n, draft);
        }
    }

    /// A new account, with something in its dialogs from the start.
    pub(crate) fn sign_up(&mut self, phone: &str, first: &str, last: &str, dc: i32) -> i64 {
        let now = self.now;
        let id = self.next_user_id();
        let mut account = Account::new(dc, id, first, last);
        account.phone = Some(phone.into());
        account.seen = now;
        self.accounts.insert(id, account);
        let me = PeerKey::user(id);
        let greeting = "Welcome to the Telewire sandbox. Nothing here is real, and nothing leaves this machine.\n\n\
                        Write to @echo_bot to get an answer.";
        self.notify(id, greeting);
        if let Some(channel) = self.channels.values_mut().next() {
            let member = Member {
                inviter: channel.creator,
                date: now,
                ..Member::default()
            };
            channel.members.insert(id, member);
        }
        let welcoming = |group: &&mut Group| group.members.len() < WELCOMING;
        let group = self.groups.values_mut().next().filter(welcoming);
        let group = group.map(|group| {
            group.members.insert(id, (group.creator, now));
            group.version += 1;
            (group.id, group.creator)
        });
        if let Some((group, creator)) = group {
            let peer = PeerKey::group(group);
            let added = types::MessageActionChatAddUser::new(vec![id]);
            let _ = self.post(now, Draft::service(creator, peer, added.into()));
            let _ = self.post(now, Draft::text(creator, peer, &format!("Hello {first}!")));
        }
        debug_assert!(self.account(me.0).is_some());
        id
    }

    /// A message from Telegram itself.
    pub(crate) fn notify(&mut self, to: i64, text: &str) {
        let mut draft = Draft::text(SERVICE, PeerKey::user(to), text);
        draft.entities = crate::entities::parse(text, Vec::new());
        let _ = self.post(self.now, draft);
    }
}
