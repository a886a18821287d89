//! Requests and their answers, and signing in by them.

use bytes::Bytes;
use telewire_schema::mtproto::types as mt;
use telewire_schema::{Deserialize as _, Identifiable as _, Request, Serialize, functions, types};

use super::{Bench, Client, RPC_RESULT, wrapped};

impl Client {
    /// A request, with salts and all that put right on the way.
    pub fn call<R: Request>(
        &mut self,
        bench: &mut Bench,
        request: &R,
    ) -> Result<R::Result, String> {
        self.call_bytes(bench, &request.to_bytes())
            .map(|bytes| R::Result::from_exact_bytes(&bytes).expect("a result of the right type"))
    }

    pub fn call_bytes(&mut self, bench: &mut Bench, body: &[u8]) -> Result<Bytes, String> {
        for _ in 0..3 {
            let id = self.send(bench, body, true);
            let got = self.poll(bench);
            if let Some(answer) = self.answer(&got, id) {
                return answer;
            }
            if let Some(notice) = got.iter().find(|m| m.id() == mt::BadServerSalt::ID) {
                let mt::BadMsgNotification::BadServerSalt(m) = notice.read() else {
                    unreachable!();
                };
                self.salt = m.new_server_salt;
                continue;
            }
            panic!(
                "no answer; error {:?}, closed {}, got {got:?}",
                self.error, self.closed
            );
        }
        panic!("no salt is right");
    }

    /// What a request is refused with: code and name.
    pub fn refused(&mut self, bench: &mut Bench, request: &impl Serialize) -> (i32, String) {
        let id = self.send(bench, &request.to_bytes(), true);
        let got = self.poll(bench);
        let result = got
            .iter()
            .find(|m| m.id() == RPC_RESULT && m.body[4..12] == id.to_le_bytes())
            .unwrap_or_else(|| panic!("no answer in {got:?}"));
        let error = mt::RpcError::from_bytes(&result.body.slice(12..)).expect("an error");
        (error.error_code, error.error_message)
    }

    pub fn init(&mut self, bench: &mut Bench) {
        let config = self.call_bytes(
            bench,
            &wrapped(bench, 230, &functions::help::GetConfig.to_bytes()),
        );
        types::Config::from_exact_bytes(&config.unwrap()).unwrap();
    }

    pub fn send_code(&mut self, bench: &mut Bench, phone: &str) -> Result<String, String> {
        let options = bench.server.options();
        let settings = types::CodeSettings::new();
        let ask = functions::auth::SendCode::new(
            phone,
            options.api_id,
            options.api_hash.as_str(),
            settings,
        );
        match self.call(bench, &ask)? {
            types::auth::SentCode::SentCode(sent) => Ok(sent.phone_code_hash),
            other => panic!("{other:?}"),
        }
    }

    pub fn sign_in(
        &mut self,
        bench: &mut Bench,
        phone: &str,
    ) -> Result<types::auth::Authorization, String> {
        let hash = self.send_code(bench, phone)?;
        let code = bench.server.options().code.clone();
        self.call(
            bench,
            &functions::auth::SignIn::new(phone, hash).phone_code(code),
        )
    }

    /// Signs somebody new up; the identifier.
    pub fn sign_up(&mut self, bench: &mut Bench, phone: &str, name: &str) -> i64 {
        let hash = self.send_code(bench, phone).unwrap();
        let code = bench.server.options().code.clone();
        let asked = self.call(
            bench,
            &functions::auth::SignIn::new(phone, hash.as_str()).phone_code(code),
        );
        assert!(
            matches!(asked, Ok(types::auth::Authorization::SignUpRequired(_))),
            "{asked:?}"
        );
        let signed = self
            .call(bench, &functions::auth::SignUp::new(phone, hash, name, ""))
            .unwrap();
        match signed {
            types::auth::Authorization::Authorization(a) => match a.user {
                types::User::User(u) => u.id,
                types::User::Empty(_) => panic!("nobody"),
            },
            types::auth::Authorization::SignUpRequired(_) => panic!("again"),
        }
    }
}
