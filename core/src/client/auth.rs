//! Signing in and out, step by step. [`Client::start`] does all of it in one call.

#[cfg(test)]
mod tests;

use std::time::Duration;

use telewire_schema::{functions, types};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::client::handle::lock;
use crate::crypto::srp;
use crate::error::{Error, ProtocolError};
use crate::peers::harvest;
use crate::session::SelfUser;
use crate::text::parse_phone;

/// So often a login code is asked for while the server answers `AUTH_RESTART`.
const SEND_CODE_TRIES: u32 = 3;
/// How long to wait in between.
const RESTART_DELAY: Duration = Duration::from_secs(1);

/// How far signing in has come; see [`Client::sign_in`].
#[derive(Clone, Debug)]
pub enum SignIn {
    /// Signed in, as this user.
    Done(Box<types::UserData>),
    /// The account has a password: go on with [`Client::check_password`].
    PasswordNeeded {
        /// The hint that its owner wrote, empty if there is none.
        hint: String,
    },
    /// Nobody has this phone number yet: go on with [`Client::sign_up`].
    SignUpRequired {
        /// What a new user agrees to by signing up.
        terms: Option<Box<types::help::TermsOfService>>,
    },
}

impl Client {
    /// Has a login code sent to the owner of a phone number, by
    /// [`auth.sendCode`](https://core.telegram.org/method/auth.sendCode). Asked for a second time, for the same number, it
    /// has the code sent in the next way, such as by SMS ([`Client::resend_code`]).
    ///
    /// # Errors
    /// `PHONE_NUMBER_INVALID`, `PHONE_NUMBER_BANNED`, `PHONE_NUMBER_FLOOD`, `API_ID_INVALID`.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let sent = client.send_code_request("+34 600 123 456").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_code_request(&self, phone: &str) -> Result<types::auth::SentCode, Error> {
        let phone = digits(phone)?;
        let known = lock(&self.state().login).hashes.contains_key(&phone);
        if known {
            match self.resend_code(&phone).await {
                // There is no other way to send it, or the code is too old: begin anew.
                Err(error)
                    if error.is("SEND_CODE_UNAVAILABLE") || error.is("PHONE_CODE_EXPIRED") => {}
                result => return result,
            }
        }
        let (api_id, api_hash) = self.application();
        let request = functions::auth::SendCode::new(
            phone.as_str(),
            api_id,
            api_hash,
            types::CodeSettings::new(),
        );
        let mut restarts = 1..SEND_CODE_TRIES;
        let sent = loop {
            match self.invoke(&request).await {
                Err(error) if error.is("AUTH_RESTART") && restarts.next().is_some() => {
                    self.sleep(RESTART_DELAY).await;
                }
                result => break result?,
            }
        };
        self.code_sent(phone, &sent).await?;
        Ok(sent)
    }

    /// Has the code that was asked for sent again in the next way the server offers, by
    /// [`auth.resendCode`](https://core.telegram.org/method/auth.resendCode).
    ///
    /// # Errors
    /// `SEND_CODE_UNAVAILABLE` when there is no other way; [`Error::Misuse`] when no code was asked for before.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.send_code_request("+34600123456").await?;
    /// client.resend_code("+34600123456").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resend_code(&self, phone: &str) -> Result<types::auth::SentCode, Error> {
        let phone = digits(phone)?;
        let request = functions::auth::ResendCode::new(phone.as_str(), self.code_hash(&phone)?);
        let sent = self.invoke(&request).await?;
        self.code_sent(phone, &sent).await?;
        Ok(sent)
    }

    /// Answers with the code that arrived, by [`auth.signIn`](https://core.telegram.org/method/auth.signIn).
    ///
    /// # Errors
    /// `PHONE_CODE_INVALID` for a wrong code, `PHONE_CODE_EXPIRED` for an old one; [`Error::Misuse`] when no code was asked
    /// for, or an empty one is given.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::SignIn;
    ///
    /// client.send_code_request("+34600123456").await?;
    /// match client.sign_in("+34600123456", "12345").await? {
    ///     SignIn::Done(user) => println!("signed in as {}", user.id),
    ///     SignIn::PasswordNeeded { hint } => println!("the password, please ({hint})"),
    ///     SignIn::SignUpRequired { .. } => println!("this number is new here"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_in(&self, phone: &str, code: &str) -> Result<SignIn, Error> {
        let phone = digits(phone)?;
        if code.trim().is_empty() {
            return Err(Error::misuse(
                "the code is empty; enter the digits that Telegram sent",
            ));
        }
        let request = functions::auth::SignIn::new(phone.as_str(), self.code_hash(&phone)?)
            .phone_code(code.trim());
        match self.invoke(&request).await {
            Ok(authorization) => {
                lock(&self.state().login).phone = Some(phone);
                self.authorized_as(authorization).await
            }
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => {
                let password = self.invoke(&functions::account::GetPassword).await?;
                Ok(SignIn::PasswordNeeded {
                    hint: password.hint.unwrap_or_default(),
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Answers with the account's password ([two-step verification](https://core.telegram.org/api/srp)), after
    /// [`Client::sign_in`] asked for it. The password itself never leaves this process. Takes some tenths of a second of
    /// computing.
    ///
    /// # Errors
    /// `PASSWORD_HASH_INVALID` for a wrong password.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let user = client.check_password("correct horse battery staple").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn check_password(&self, password: &str) -> Result<types::UserData, Error> {
        // The challenge may have been replaced in between; the second one is fresh for certain.
        let mut answer = self.password_answer(password).await?;
        let mut result = self
            .invoke(&functions::auth::CheckPassword::new(answer))
            .await;
        if matches!(&result, Err(error) if error.is("SRP_ID_INVALID")) {
            answer = self.password_answer(password).await?;
            result = self
                .invoke(&functions::auth::CheckPassword::new(answer))
                .await;
        }
        self.finished(result?).await
    }

    /// Makes an account for the phone number whose code was confirmed last, and accepts the terms of service that came
    /// with it; by [`auth.signUp`](https://core.telegram.org/method/auth.signUp). The last name may be empty.
    ///
    /// # Errors
    /// `FIRSTNAME_INVALID`, `LASTNAME_INVALID`; [`Error::Misuse`] when [`Client::sign_in`] did not ask for it.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let user = client.sign_up("Ada", "Lovelace").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_up(
        &self,
        first_name: &str,
        last_name: &str,
    ) -> Result<types::UserData, Error> {
        let phone = lock(&self.state().login).phone.clone();
        let phone = phone
            .ok_or_else(|| Error::misuse("no code was confirmed; call sign_in() with one first"))?;
        let hash = self.code_hash(&phone)?;
        let request = functions::auth::SignUp::new(phone, hash, first_name, last_name);
        let user = self.finished(self.invoke(&request).await?).await?;
        let terms = lock(&self.state().login).terms.take();
        if let Some(terms) = terms {
            self.invoke(&functions::help::AcceptTermsOfService::new(terms.id))
                .await?;
        }
        Ok(user)
    }

    /// Signs in as a bot with the token from [@BotFather](https://t.me/BotFather), by
    /// [`auth.importBotAuthorization`](https://core.telegram.org/method/auth.importBotAuthorization).
    ///
    /// # Errors
    /// `ACCESS_TOKEN_INVALID`, `ACCESS_TOKEN_EXPIRED`.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let bot = client.sign_in_bot("123456:ABC-DEF").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_in_bot(&self, token: &str) -> Result<types::UserData, Error> {
        let (api_id, api_hash) = self.application();
        let request =
            functions::auth::ImportBotAuthorization::new(0, api_id, api_hash, token.trim());
        self.finished(self.invoke(&request).await?).await
    }

    /// Signs out, by [`auth.logOut`](https://core.telegram.org/method/auth.logOut): the server forgets this session, what
    /// was kept of it is deleted, and the client disconnects. Returns false, with nothing changed, if the server refuses.
    ///
    /// # Errors
    /// When the server cannot be reached, or the session cannot be deleted.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.log_out().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn log_out(&self) -> Result<bool, Error> {
        match self.invoke(&functions::auth::LogOut).await {
            Ok(_) => {}
            Err(Error::Rpc { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        self.state().set_authorized(false);
        *lock(&self.state().login) = super::state::Login::default();
        self.set_self_user(None).await?;
        self.delete_session().await?;
        self.disconnect().await;
        Ok(true)
    }

    fn application(&self) -> (i32, &str) {
        (self.config().api_id, &self.config().api_hash)
    }

    fn code_hash(&self, phone: &str) -> Result<String, Error> {
        let hash = lock(&self.state().login).hashes.get(phone).cloned();
        hash.ok_or_else(|| {
            Error::misuse("no code was asked for this phone number; call send_code_request() first")
        })
    }

    async fn code_sent(&self, phone: String, sent: &types::auth::SentCode) -> Result<(), Error> {
        let hash = match sent {
            types::auth::SentCode::SentCode(code) => &code.phone_code_hash,
            types::auth::SentCode::PaymentRequired(code) => &code.phone_code_hash,
            types::auth::SentCode::Success(success) => {
                self.authorized_as(success.authorization.clone()).await?;
                return Ok(());
            }
        };
        let mut login = lock(&self.state().login);
        login.hashes.insert(phone.clone(), hash.clone());
        login.phone = Some(phone);
        Ok(())
    }

    /// The answer to the account's password challenge, computed off the executor.
    async fn password_answer(&self, password: &str) -> Result<types::InputCheckPasswordSrp, Error> {
        let challenge = self.invoke(&functions::account::GetPassword).await?;
        let (Some(algorithm), Some(srp_b), Some(srp_id)) =
            (challenge.current_algo, challenge.srp_b, challenge.srp_id)
        else {
            return Err(Error::misuse(
                "this account has no password; sign in without one",
            ));
        };
        let types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algorithm) =
            algorithm
        else {
            return Err(Error::misuse(
                "the server checks this password in a way that is too new for this version; update it",
            ));
        };
        let algorithm = srp::Algorithm {
            salt1: algorithm.salt1.to_vec(),
            salt2: algorithm.salt2.to_vec(),
            g: algorithm.g,
            p: algorithm.p.to_vec(),
        };
        let password = Zeroizing::new(password.as_bytes().to_vec());
        let mut rng = self.rng();
        let answer = self
            .unblock(move || algorithm.answer(&srp_b, &password, &mut rng))
            .await?;
        let answer = answer.map_err(|_| {
            ProtocolError::new("its parameters for the password check are not sound")
        })?;
        Ok(
            types::InputCheckPasswordSrpData::new(srp_id, answer.a.to_vec(), answer.m1.to_vec())
                .into(),
        )
    }

    /// The user out of an authorization that can be nothing else.
    async fn finished(
        &self,
        authorization: types::auth::Authorization,
    ) -> Result<types::UserData, Error> {
        match self.authorized_as(authorization).await? {
            SignIn::Done(user) => Ok(*user),
            _ => Err(ProtocolError::new("it wants a sign-up from an account that exists").into()),
        }
    }

    /// Remembers who has signed in.
    async fn authorized_as(
        &self,
        authorization: types::auth::Authorization,
    ) -> Result<SignIn, Error> {
        let authorization = match authorization {
            types::auth::Authorization::Authorization(authorization) => authorization,
            types::auth::Authorization::SignUpRequired(wanted) => {
                lock(&self.state().login)
                    .terms
                    .clone_from(&wanted.terms_of_service);
                return Ok(SignIn::SignUpRequired {
                    terms: wanted.terms_of_service.map(Box::new),
                });
            }
        };
        let types::User::User(user) = authorization.user else {
            return Err(ProtocolError::new("it signed in nobody").into());
        };
        self.remember(harvest(&*user));
        let own = SelfUser {
            id: user.id,
            access_hash: user.access_hash.unwrap_or_default(),
            bot: user.bot,
        };
        self.set_self_user(Some(own)).await?;
        self.state().set_authorized(true);
        let mut login = lock(&self.state().login);
        login.hashes.clear();
        Ok(SignIn::Done(user))
    }
}

/// The digits of a phone number.
pub(super) fn digits(phone: &str) -> Result<String, Error> {
    parse_phone(phone).ok_or_else(|| {
        Error::misuse(
            "this is not a phone number; write it in international form, such as +34 600 123 456",
        )
    })
}
