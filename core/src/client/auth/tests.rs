//! Signing in against a server that is told what to say.

mod console;
mod instead;
mod start;
mod steps;

use telewire_schema::{Serialize, types};

use super::*;
use crate::client::testing::{Stage, refuse, value};
use crate::engine::{Request, Value};

pub(in crate::client) fn ada() -> types::UserData {
    types::UserData::new(7)
        .access_hash(8)
        .first_name("Ada")
        .last_name("Lovelace")
        .self_(true)
}

pub(in crate::client) fn signed_in() -> types::auth::Authorization {
    types::auth::AuthorizationData::new(ada()).into()
}

fn contains(request: &Request, part: &str) -> bool {
    request
        .head
        .windows(part.len())
        .any(|w| w == part.as_bytes())
}

fn terms() -> types::help::TermsOfService {
    let bold = types::MessageEntityBold::new(0, 2);
    types::help::TermsOfService::new(types::DataJson::new("tos"), "Be nice", vec![bold.into()])
}

/// Knows the code 22222, and forgets nobody.
#[derive(Default)]
struct Server {
    known: bool,
    password: bool,
    new: bool,
    /// What comes before the answers that it would give, by method, the last one first.
    first: Vec<(&'static str, i32, &'static str)>,
    /// How the code travels.
    kind: Option<types::auth::SentCodeType>,
    /// How many codes were sent; each has its own hash.
    sent: u32,
    asked: Vec<&'static str>,
    requests: Vec<Vec<u8>>,
}

impl Server {
    fn answer(&mut self, request: &Request) -> Result<Value, Error> {
        self.asked.push(request.name);
        self.requests.push(request.head.clone());
        let planned = self
            .first
            .iter()
            .rposition(|(name, ..)| *name == request.name);
        if let Some(at) = planned {
            let (_, code, error) = self.first.remove(at);
            return refuse(code, error);
        }
        match request.name {
            "users.getUsers" if self.known => value(&vec![types::User::from(ada())]),
            "users.getUsers" => refuse(401, "AUTH_KEY_UNREGISTERED"),
            "auth.sendCode" | "auth.resendCode" => {
                self.sent += 1;
                let kind = self.kind.clone();
                let kind = kind.unwrap_or_else(|| types::auth::SentCodeTypeApp::new(5).into());
                let hash = format!("hash-{}", self.sent);
                let code = types::auth::SentCodeData::new(kind, hash);
                value(&types::auth::SentCode::from(code))
            }
            "auth.cancelCode" => value(&true),
            "auth.signIn" => self.sign_in(request),
            "auth.signUp" => {
                assert!(contains(request, "Grace") && contains(request, "Hopper"));
                self.known = true;
                value(&signed_in())
            }
            "help.acceptTermsOfService" => {
                assert!(self.known && contains(request, "tos"));
                value(&true)
            }
            "auth.importBotAuthorization" if contains(request, "1:good") => {
                self.known = true;
                value(&signed_in())
            }
            "auth.importBotAuthorization" => refuse(400, "ACCESS_TOKEN_INVALID"),
            "account.getPassword" => {
                let unknown = types::PasswordKdfAlgo::Unknown;
                let secure = types::SecurePasswordKdfAlgo::Unknown;
                let mut password = types::account::Password::new(unknown, secure, vec![1]);
                password.hint = Some("a machine".into());
                value(&password)
            }
            other => panic!("{other} is not expected"),
        }
    }

    fn sign_in(&mut self, request: &Request) -> Result<Value, Error> {
        if !contains(request, &format!("hash-{}", self.sent)) {
            refuse(400, "PHONE_CODE_EXPIRED")
        } else if !contains(request, "22222") {
            refuse(400, "PHONE_CODE_INVALID")
        } else if self.password {
            refuse(401, "SESSION_PASSWORD_NEEDED")
        } else if self.new {
            let wanted = types::auth::AuthorizationSignUpRequired::new().terms_of_service(terms());
            value(&types::auth::Authorization::from(wanted))
        } else {
            self.known = true;
            value(&signed_in())
        }
    }

    /// The bytes of the first request of that name.
    fn request(&self, name: &str) -> &[u8] {
        let at = self.asked.iter().position(|asked| *asked == name).unwrap();
        &self.requests[at]
    }
}
