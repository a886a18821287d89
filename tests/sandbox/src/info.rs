//! What a client has to know of a sandbox before it can connect.

use serde_json::json;
use telewire_core::exchange::PublicKey;

use crate::dcs::Dc;
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
    /// The data centre that the account lives in.
    pub dc: i32,
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
    /// The data centre that it lives in.
    pub dc: i32,
}

impl Server {
    /// The RSA key of the default data centre.
    pub fn public_key(&self) -> PublicKey {
        rsa(self.options.dc).public().clone()
    }

    /// The same key, as PKCS#1 in PEM.
    pub fn public_key_pem(&self) -> String {
        rsa(self.options.dc).public().to_pem()
    }

    /// The same key's fingerprint, 16 hexadecimal digits of which the first is not 0.
    pub fn fingerprint(&self) -> String {
        fingerprint(rsa(self.options.dc))
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
                dc: a.dc,
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
                dc: a.dc,
            })
        };
        self.world.accounts.values().filter_map(bot).collect()
    }

    /// The line that the binary prints.
    pub fn json(&self) -> String {
        let dcs: Vec<_> = self.dcs().into_iter().map(describe).collect();
        let users: Vec<_> = self
            .users()
            .into_iter()
            .map(|u| json!({"phone": u.phone, "name": u.name, "password": u.password, "dc": u.dc}))
            .collect();
        let bots: Vec<_> = self
            .bots()
            .into_iter()
            .map(|b| json!({"username": b.username, "token": b.token, "dc": b.dc}))
            .collect();
        json!({
            "dcs": dcs,
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

/// A data centre in the line that the binary prints.
fn describe(dc: Dc) -> serde_json::Value {
    let port = |door: &Option<(String, u16)>| door.as_ref().map(|(_, port)| *port);
    let host = |door: &Option<(String, u16)>| door.as_ref().map(|(host, _)| host.clone());
    // The one that it listens on, should there be no IPv4.
    let (main, media) = match &dc.address {
        Some(_) => (&dc.address, &dc.media_address),
        None => (&dc.ipv6, &dc.media_ipv6),
    };
    json!({
        "id": dc.id,
        "host": host(main),
        "port": port(main),
        "media_port": port(media),
        "ipv6_host": host(&dc.ipv6),
        "ipv6_port": port(&dc.ipv6),
        "ipv6_media_port": port(&dc.media_ipv6),
        "public_key_pem": dc.public_key_pem,
        "fingerprint": dc.fingerprint,
    })
}
