//! Signing in and out, step by step. [`Client::start`] does all of it in one call.

use telewire_core::client::{CodeRequest, LoginCode, Phone, SignIn};
use telewire_core::{Error, types};

use crate::client::Client;

impl Client {
    /// Has a login code sent to the owner of a phone number. Asked for a second time, for the same number, it has the code
    /// sent in the next way, such as by SMS ([`Client::resend_code`]).
    ///
    /// # Errors
    /// `PHONE_NUMBER_INVALID`, `PHONE_NUMBER_BANNED`, `PHONE_NUMBER_FLOOD`, `API_ID_INVALID`.
    pub fn send_code_request(
        &self,
        request: impl Into<CodeRequest>,
    ) -> Result<types::auth::SentCode, Error> {
        self.wait(self.as_async().send_code_request(request))
    }

    /// Has the code that was asked for sent again in the next way the server offers.
    ///
    /// # Errors
    /// `SEND_CODE_UNAVAILABLE` when there is no other way; [`Error::Misuse`] when no code was asked for before.
    pub fn resend_code(&self, phone: impl Into<Phone>) -> Result<types::auth::SentCode, Error> {
        self.wait(self.as_async().resend_code(phone))
    }

    /// Takes back the code that was asked for: it signs nobody in any more.
    ///
    /// # Errors
    /// `PHONE_CODE_EXPIRED` when it was too old in any case; [`Error::Misuse`] when no code was asked for before.
    pub fn cancel_code(&self, phone: impl Into<Phone>) -> Result<bool, Error> {
        self.wait(self.as_async().cancel_code(phone))
    }

    /// Answers with the code that arrived. Does nothing but return the user if somebody is signed in already.
    ///
    /// # Errors
    /// `PHONE_CODE_INVALID` for a wrong code, `PHONE_CODE_EXPIRED` for an old one; [`Error::Misuse`] when no code was asked
    /// for, or an empty one is given.
    pub fn sign_in(
        &self,
        phone: impl Into<Phone>,
        code: impl Into<LoginCode>,
    ) -> Result<SignIn, Error> {
        self.wait(self.as_async().sign_in(phone, code))
    }

    /// Answers with the account's password, after [`Client::sign_in`] asked for it. The password itself never leaves this
    /// process.
    ///
    /// # Errors
    /// `PASSWORD_HASH_INVALID` for a wrong password.
    pub fn check_password(&self, password: &str) -> Result<types::UserData, Error> {
        self.wait(self.as_async().check_password(password))
    }

    /// Makes a new account, after [`Client::sign_in`] said that the number has none.
    ///
    /// # Errors
    /// `FIRSTNAME_INVALID`; [`Error::Misuse`] when [`Client::sign_in`] was not called before.
    pub fn sign_up(&self, first_name: &str, last_name: &str) -> Result<types::UserData, Error> {
        self.wait(self.as_async().sign_up(first_name, last_name))
    }

    /// Signs in as a bot, with the token that `@BotFather` gave out.
    ///
    /// # Errors
    /// `ACCESS_TOKEN_INVALID`, `ACCESS_TOKEN_EXPIRED`.
    pub fn sign_in_bot(&self, token: &str) -> Result<types::UserData, Error> {
        self.wait(self.as_async().sign_in_bot(token))
    }

    /// Signs out, deletes the session and disconnects. Returns false, with nothing changed, if the server refuses.
    ///
    /// # Errors
    /// When the server cannot be reached, does not look at it because of a flood or trouble of its own, or the session cannot
    /// be deleted. It may be tried again then.
    pub fn log_out(&self) -> Result<bool, Error> {
        self.wait(self.as_async().log_out())
    }
}
