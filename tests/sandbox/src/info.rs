//! What a client has to know of a sandbox before it can connect.

use serde_json::json;
use telewire_core::exchange::PublicKey;

use crate::keys::{fingerprint, rsa};
use crate::server::Server;
use crate::world::SERVICE;

/// Somebody with a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The identifier.
    pub id: i64,
    /// Digits, without a plus sign.
    pub phone: String,
    /// First and last name.
    pub name: String,
    /// The public name.
    pub username: Option<String>,
    /// The password of two-step verification, for those who began with one.
    pub password: Option<String>,
}

/// A bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// The identifier.
    pub id: i64,
    /// The public name.
    pub username: String,
    /// What it signs in with.
    pub token: String,
}

impl Server {
    /// The RSA key that clients have to know.
    pub fn public_key(&self) -> PublicKey {
        rsa().public().clone()
    }

    /// The same key, as PKCS#1 in PEM.
    pub fn public_key_pem(&self) -> String {
        rsa().public().to_pem()
    }

    /// The same key's fingerprint, 16 hexadecimal digits of which the first is not 0.
    pub fn fingerprint(&self) -> String {
        fingerprint(rsa())
    }

    /// The accounts with a phone, ready-made ones and those that signed up.
    pub fn users(&self) -> Vec<User> {
        let people = self.world.accounts.values().filter(|a| a.id != SERVICE);
        let user = |a: &crate::world::Account| {
            Some(User {
                id: a.id,
                phone: a.phone.clone()?,
                name: format!("{} {}", a.first_name, a.last_name)
                    .trim()
                    .to_owned(),
                username: a.username.clone(),
                password: crate::world::seeded_password(a.phone.as_deref())
                    .filter(|_| a.password.is_some()),
            })
        };
        people.filter_map(user).collect()
    }

    /// The bots.
    pub fn bots(&self) -> Vec<Bot> {
        let bot = |a: &crate::world::Account| {
            Some(Bot {
                id: a.id,
                username: a.username.clone()?,
                token: a.bot.as_ref()?.token.clone(),
            })
        };
        self.world.accounts.values().filter_map(bot).collect()
    }

    /// Where clients find this server; it goes into `help.getConfig`.
    pub fn set_address(&mut self, host: &str, port: u16) {
        self.address = Some((host.to_owned(), port));
    }

    /// Where clients find the link for transfers, if there is one.
    pub fn set_media_address(&mut self, host: &str, port: u16) {
        self.media_address = Some((host.to_owned(), port));
    }

    /// The line that the binary prints.
    pub fn json(&self) -> String {
        let (host, port) = self
            .address
            .clone()
            .unwrap_or_else(|| ("127.0.0.1".into(), 0));
        let users: Vec<_> = self
            .users()
            .into_iter()
            .map(|u| json!({"phone": u.phone, "name": u.name, "password": u.password}))
            .collect();
        let bots: Vec<_> = self
            .bots()
            .into_iter()
            .map(|b| json!({"username": b.username, "token": b.token}))
            .collect();
        json!({
            "dcs": [{"id": self.options.dc, "host": host, "port": port}],
            "public_key_pem": self.public_key_pem(),
            "fingerprint": self.fingerprint(),
            "api_id": self.options.api_id,
            "api_hash": self.options.api_hash,
            "code": self.options.code,
            "users": users,
            "bots": bots,
        })
        .to_string()
    }
}
