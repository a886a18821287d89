//! Signing in and out, step by step. [`Client::start`] does all of it in one call.

mod outcome;
pub(super) mod sent;
#[cfg(test)]
pub(super) mod tests;
mod values;

use std::time::Duration;

use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::handle::lock;
use crate::error::Error;

pub(super) use values::digits;
pub use values::{CodeRequest, LoginCode, Phone};

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
    pub async fn send_code_request(
        &self,
        request: impl Into<CodeRequest>,
    ) -> Result<types::auth::SentCode, Error> {
        let CodeRequest { phone, force_sms } = request.into();
        let phone = self.phone(phone)?;
        if self.sent_code(&phone).is_ok() {
            match self.send_again(phone.clone()).await {
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
        self.code_sent(phone.clone(), &sent).await?;
        if force_sms && !matches!(sent, types::auth::SentCode::Success(_)) {
            return self.send_again(phone).await;
        }
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
    pub async fn resend_code(
        &self,
        phone: impl Into<Phone>,
    ) -> Result<types::auth::SentCode, Error> {
        let phone = self.phone(phone.into())?;
        self.send_again(phone).await
    }

    /// Takes back the code that was asked for, by
    /// [`auth.cancelCode`](https://core.telegram.org/method/auth.cancelCode): it signs nobody in any more. The next
    /// [`Client::send_code_request`] for the number begins anew.
    ///
    /// # Errors
    /// `PHONE_CODE_EXPIRED` when it was too old in any case; [`Error::Misuse`] when no code was asked for before.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.send_code_request("+34600123456").await?;
    /// client.cancel_code("+34600123456").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn cancel_code(&self, phone: impl Into<Phone>) -> Result<bool, Error> {
        let phone = self.phone(phone.into())?;
        let hash = self.sent_code(&phone)?.hash;
        let request = functions::auth::CancelCode::new(phone.as_str(), hash);
        let cancelled = self.invoke(&request).await;
        let gone = matches!(&cancelled, Err(error) if error.is("PHONE_CODE_EXPIRED"));
        if gone || matches!(cancelled, Ok(true)) {
            lock(&self.state().login).codes.remove(&phone);
        }
        cancelled
    }

    /// Answers with the code that arrived, by [`auth.signIn`](https://core.telegram.org/method/auth.signIn). Does nothing but
    /// return the user if somebody is signed in already.
    ///
    /// The code belongs to the last [`Client::send_code_request`] for the number; [`LoginCode::phone_code_hash`] is for one
    /// that was asked for elsewhere, and [`Phone::last`] for the number that was used last.
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
    pub async fn sign_in(
        &self,
        phone: impl Into<Phone>,
        code: impl Into<LoginCode>,
    ) -> Result<SignIn, Error> {
        let (phone, code) = (self.phone(phone.into())?, code.into());
        if let Some(me) = self.whoever_is_here().await? {
            return Ok(SignIn::Done(Box::new(me)));
        }
        self.give_code(phone, code).await
    }

    /// Answers with the account's password ([two-step verification](https://core.telegram.org/api/srp)), after
    /// [`Client::sign_in`] asked for it. The password itself never leaves this process. Takes some tenths of a second of
    /// computing. Does nothing but return the user if somebody is signed in already.
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
        if let Some(me) = self.whoever_is_here().await? {
            return Ok(me);
        }
        self.give_password(password).await
    }

    /// Makes an account for the phone number whose code was confirmed last, and accepts the terms of service that came
    /// with it; by [`auth.signUp`](https://core.telegram.org/method/auth.signUp). The last name may be empty. The terms are
    /// shown on the terminal first, if the client has one; [`SignIn::SignUpRequired`] has them as well. Does nothing but
    /// return the user if somebody is signed in already.
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
        if let Some(me) = self.whoever_is_here().await? {
            return Ok(me);
        }
        let terms = lock(&self.state().login).terms.clone();
        if let (Some(terms), Some(console)) = (terms, self.console()) {
            console.tell(&self.parse_mode().unparse(&terms.text, &terms.entities));
        }
        self.give_name(first_name, last_name).await
    }

    /// Signs in as a bot with the token from [@BotFather](https://t.me/BotFather), by
    /// [`auth.importBotAuthorization`](https://core.telegram.org/method/auth.importBotAuthorization). Does nothing but
    /// return the user if somebody is signed in already.
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
        if let Some(me) = self.whoever_is_here().await? {
            return Ok(me);
        }
        self.give_token(token).await
    }

    /// Signs out, by [`auth.logOut`](https://core.telegram.org/method/auth.logOut): the server forgets this session, what
    /// was kept of it is deleted, and the client disconnects. Returns false, with nothing changed, if the server refuses, or
    /// because the session was ended elsewhere.
    ///
    /// # Errors
    /// When the server cannot be reached, does not look at it because of a flood or trouble of its own, or the session cannot
    /// be deleted. It may be tried again then.
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
            // It was not looked at, so it says nothing of the session.
            Err(error) if error.may_have_run() || error.retry_after().is_some() => {
                return Err(error);
            }
            Err(Error::Rpc { .. } | Error::AccountEnded(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
        self.state().set_authorized(false);
        *lock(&self.state().login) = super::state::Login::default();
        self.set_self_user(None).await?;
        self.delete_session().await?;
        self.disconnect().await;
        Ok(true)
    }
}

impl Client {
    /// Sends the code that arrived, without looking first whether somebody is signed in.
    pub(super) async fn give_code(&self, phone: String, code: LoginCode) -> Result<SignIn, Error> {
        let text = code.code.trim();
        if code.is_empty() {
            return Err(Error::misuse(
                "the code is empty; enter the one that Telegram has sent",
            ));
        }
        let sent = match code.hash {
            Some(hash) => {
                let mut login = lock(&self.state().login);
                login.phone = Some(phone.clone());
                let sent = login.codes.entry(phone.clone()).or_default();
                sent.hash = hash;
                sent.clone()
            }
            None => self.sent_code(&phone)?,
        };
        let mut request = functions::auth::SignIn::new(phone.as_str(), sent.hash);
        if sent.by_email {
            request = request.email_verification(types::EmailVerificationCode::new(text));
        } else {
            request = request.phone_code(text);
        }
        match self.invoke(&request).await {
            Ok(authorization) => {
                lock(&self.state().login).phone = Some(phone);
                self.authorized_as(authorization).await
            }
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => self.password_needed().await,
            // What servers said before they had a constructor for it.
            Err(error) if error.is("PHONE_NUMBER_UNOCCUPIED") => {
                lock(&self.state().login).phone = Some(phone);
                Ok(SignIn::SignUpRequired { terms: None })
            }
            Err(error) => Err(error),
        }
    }

    /// Makes the account, without showing the terms of service.
    pub(super) async fn give_name(
        &self,
        first_name: &str,
        last_name: &str,
    ) -> Result<types::UserData, Error> {
        let phone = lock(&self.state().login).phone.clone();
        let phone = phone
            .ok_or_else(|| Error::misuse("no code was confirmed; call sign_in() with one first"))?;
        let hash = self.sent_code(&phone)?.hash;
        let request = functions::auth::SignUp::new(phone, hash, first_name, last_name);
        let answer = self.invoke(&request).await?;
        let terms = lock(&self.state().login).terms.take();
        let user = self.finished(answer).await?;
        if let Some(terms) = terms {
            self.invoke(&functions::help::AcceptTermsOfService::new(terms.id))
                .await?;
        }
        Ok(user)
    }

    pub(super) async fn give_token(&self, token: &str) -> Result<types::UserData, Error> {
        let (api_id, api_hash) = self.application();
        let request =
            functions::auth::ImportBotAuthorization::new(0, api_id, api_hash, token.trim());
        self.finished(self.invoke(&request).await?).await
    }

    /// Has a code sent again in the next way.
    async fn send_again(&self, phone: String) -> Result<types::auth::SentCode, Error> {
        let hash = self.sent_code(&phone)?.hash;
        let request = functions::auth::ResendCode::new(phone.as_str(), hash);
        let sent = self.invoke(&request).await?;
        self.code_sent(phone, &sent).await?;
        Ok(sent)
    }

    fn phone(&self, phone: Phone) -> Result<String, Error> {
        phone.digits(lock(&self.state().login).phone.as_ref())
    }
}
