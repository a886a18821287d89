//! Data centres: which there are, where clients find them, and who lives in which.
//!
//! One [`Server`] is all of them. They share the world; each has its own RSA key, its own authorization keys and
//! sessions, and its own addresses. See [working with different data centres](https://core.telegram.org/api/datacenter).

use telewire_core::exchange::PublicKey;
use telewire_core::time::Now;
use telewire_core::transport::Mode;
use telewire_schema::types;

use crate::fault::{Answer, Fault};
use crate::keys::{Key, fingerprint, rsa};
use crate::server::Server;

/// Which data centre a connection leads to, and through which of its doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entrance {
    /// The data centre's number.
    pub dc: i32,
    /// The door for transfers, where several connections of one key may be open and no updates come.
    pub media: bool,
}

impl Entrance {
    /// The door for everything.
    pub const fn main(dc: i32) -> Self {
        Self { dc, media: false }
    }

    /// The door for transfers.
    pub const fn media(dc: i32) -> Self {
        Self { dc, media: true }
    }
}

/// What connections through an entrance have to look like; others are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disguise {
    /// Anything that clients can do.
    #[default]
    None,
    /// [Obfuscated](https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation): `tcpo_only`.
    Obfuscated,
    /// Obfuscated with this secret.
    Secret([u8; 16]),
}

impl Disguise {
    pub(crate) fn permits(self, mode: Option<Mode>) -> bool {
        self == Self::None || matches!(mode, Some(Mode::Obfuscated(_)))
    }
}

/// A data centre, as clients have to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dc {
    /// Its number.
    pub id: i32,
    /// Host and port over IPv4.
    pub address: Option<(String, u16)>,
    /// The same for transfers.
    pub media_address: Option<(String, u16)>,
    /// Host and port over IPv6, where the machine has it.
    pub ipv6: Option<(String, u16)>,
    /// The same for transfers.
    pub media_ipv6: Option<(String, u16)>,
    /// Its RSA key, as PKCS#1 in PEM.
    pub public_key_pem: String,
    /// That key's fingerprint, 16 hexadecimal digits of which the first is not 0.
    pub fingerprint: String,
}

/// An address of an entrance.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    entrance: Entrance,
    host: String,
    port: u16,
}

impl Door {
    fn is_ipv6(&self) -> bool {
        self.host.contains(':')
    }

    fn option(&self, disguise: Disguise) -> types::DcOption {
        let Entrance { dc, media } = self.entrance;
        let mut option = types::DcOption::new(dc, self.host.as_str(), i32::from(self.port))
            .ipv6(self.is_ipv6())
            .media_only(media)
            .this_port_only(true)
            .tcpo_only(disguise != Disguise::None);
        if let Disguise::Secret(secret) = disguise {
            option.secret = Some(secret.to_vec().into());
        }
        option
    }
}

impl Server {
    /// The data centres, the default one first.
    pub fn dcs(&self) -> Vec<Dc> {
        let find = |entrance: Entrance, v6: bool| {
            let mut doors = self.doors.iter();
            let door = doors.find(|d| d.entrance == entrance && d.is_ipv6() == v6)?;
            Some((door.host.clone(), door.port))
        };
        let dc = |id: i32| Dc {
            id,
            address: find(Entrance::main(id), false),
            media_address: find(Entrance::media(id), false),
            ipv6: find(Entrance::main(id), true),
            media_ipv6: find(Entrance::media(id), true),
            public_key_pem: rsa(id).public().to_pem(),
            fingerprint: fingerprint(rsa(id)),
        };
        self.options.all_dcs().into_iter().map(dc).collect()
    }

    /// The RSA keys of all data centres, the default one's first.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        let dcs = self.options.all_dcs().into_iter();
        dcs.map(|dc| rsa(dc).public().clone()).collect()
    }

    /// Where clients find the default data centre; it goes into `help.getConfig`.
    pub fn set_address(&mut self, host: &str, port: u16) {
        self.set_address_of(Entrance::main(self.options.dc), host, port);
    }

    /// Where clients find its links for transfers, if there are any.
    pub fn set_media_address(&mut self, host: &str, port: u16) {
        self.set_address_of(Entrance::media(self.options.dc), host, port);
    }

    /// Where clients find an entrance: one address of IPv4 and one of IPv6 each.
    pub fn set_address_of(&mut self, entrance: Entrance, host: &str, port: u16) {
        let door = Door {
            entrance,
            host: host.to_owned(),
            port,
        };
        self.doors
            .retain(|d| d.entrance != entrance || d.is_ipv6() != door.is_ipv6());
        self.doors.push(door);
        self.doors.sort_by_key(|d| (d.entrance, d.is_ipv6()));
    }

    /// Has `help.getConfig` tell of addresses of one family only: IPv6 or IPv4.
    pub fn keep_family(&mut self, ipv6: bool) {
        self.doors.retain(|door| door.is_ipv6() == ipv6);
    }

    /// Has an entrance take only connections in this disguise from now on; `help.getConfig` says so.
    pub fn set_disguise(&mut self, entrance: Entrance, disguise: Disguise) {
        self.disguises.insert(entrance, disguise);
    }

    /// Has `help.getConfig` tell of one more address, whatever leads there: for the flags that clients have to obey.
    pub fn add_dc_option(&mut self, option: types::DcOption) {
        self.told_options.push(option);
    }

    /// Takes the addresses of [`add_dc_option`](Self::add_dc_option) back.
    pub fn clear_dc_options(&mut self) {
        self.told_options.clear();
    }

    /// The addresses that `help.getConfig` tells of.
    pub(crate) fn dc_options(&self) -> Vec<types::DcOption> {
        let disguise = |door: &Door| self.disguises.get(&door.entrance).copied();
        let option = |door: &Door| door.option(disguise(door).unwrap_or_default());
        let mut options: Vec<_> = self.doors.iter().map(option).collect();
        if options.is_empty() {
            let here = types::DcOption::new(self.options.dc, "127.0.0.1", 443);
            options.push(here.this_port_only(true));
        }
        options.extend(self.told_options.iter().cloned());
        options
    }

    /// Has an account live in another data centre from now on: where it lived so far it is answered `USER_MIGRATE_X`.
    /// Its files stay where they are.
    ///
    /// # Panics
    /// When there is no such account or data centre: a test's mistake.
    pub fn move_user(&mut self, now: Now, user: i64, dc: i32) {
        assert!(self.options.all_dcs().contains(&dc), "there is no DC {dc}");
        let account = self.world.accounts.get_mut(&user);
        account.expect("there is such an account").dc = dc;
        self.dirty = true;
        self.flush(now);
    }

    /// Moves all files to another data centre. `told` says whether what is sent from now on names it; where it does not,
    /// clients ask in the wrong place and get `FILE_MIGRATE_X`.
    pub fn move_files(&mut self, dc: i32, told: bool) {
        self.world.files.relocate(dc, told);
        self.dirty = true;
    }

    /// Where whoever has this phone lives, or would.
    pub(crate) fn home_of_phone(&self, phone: &str) -> i32 {
        let account = self.world.by_phone(phone);
        account.map_or_else(|| self.options.home_of(phone), |a| a.dc)
    }

    /// Ends an authorization everywhere.
    pub(crate) fn end_login(&mut self, login: i64) {
        let of_it = |k: &&mut Key| k.login == login && login != 0;
        for key in self.keys.values_mut().filter(of_it) {
            key.user = None;
        }
    }

    /// Where an account lives.
    pub fn home(&self, user: i64) -> Option<i32> {
        self.world.account(user).map(|a| a.dc)
    }

    /// The key, if it belongs to this data centre.
    pub(crate) fn key_at(&self, dc: i32, id: i64) -> Option<&Key> {
        self.keys.get(&id).filter(|k| k.dc == dc)
    }

    /// Refuses what only the home of an account answers, when it is asked elsewhere.
    pub(crate) fn check_home(&self, key: &Key, user: i64, method: &str) -> Answer<()> {
        match self.home(user) {
            Some(home) if home != key.dc && !runs_away_from_home(method) => {
                Err(Fault::migrate("USER", home))
            }
            _ => Ok(()),
        }
    }
}

/// What a data centre answers for accounts of another one.
fn runs_away_from_home(method: &str) -> bool {
    let namespace = method.split('.').next();
    let reads = [
        "upload.getFile",
        "upload.getFileHashes",
        "upload.getWebFile",
    ];
    // An account that has moved takes its authorization along from where it was.
    let moves = ["auth.exportAuthorization"];
    matches!(namespace, Some("help" | "langpack" | "stats"))
        || reads.contains(&method)
        || moves.contains(&method)
        || method.starts_with("auth.") && !FOR_HOME.contains(&method)
}

/// Methods of `auth.*` that only make sense at home.
const FOR_HOME: [&str; 2] = ["auth.acceptLoginToken", "auth.resetAuthorizations"];
