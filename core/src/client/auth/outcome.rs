//! What the server's answers mean for the client.

use telewire_schema::{functions, types};

use super::SignIn;
use super::sent::Way;
use crate::client::Client;
use crate::client::handle::lock;
use crate::client::state::SentCode;
use crate::error::{Error, ProtocolError};
use crate::peers::harvest;
use crate::session::SelfUser;

impl Client {
    pub(in crate::client) fn application(&self) -> (i32, &str) {
        (self.config().api_id, &self.config().api_hash)
    }

    /// What is known of the code that was sent to a phone.
    pub(super) fn sent_code(&self, phone: &str) -> Result<SentCode, Error> {
        let sent = lock(&self.state().login).codes.get(phone).cloned();
        sent.ok_or_else(|| {
            Error::misuse("no code was asked for this phone number; call send_code_request() first")
        })
    }

    pub(super) async fn code_sent(
        &self,
        phone: String,
        sent: &types::auth::SentCode,
    ) -> Result<(), Error> {
        let hash = match sent {
            types::auth::SentCode::SentCode(code) => &code.phone_code_hash,
            types::auth::SentCode::PaymentRequired(code) => &code.phone_code_hash,
            types::auth::SentCode::Success(success) => {
                self.authorized_as(success.authorization.clone()).await?;
                return Ok(());
            }
        };
        let by_email = matches!(Way::of(sent), Some(Way { by_email: true, .. }));
        let mut login = lock(&self.state().login);
        let hash = hash.clone();
        login
            .codes
            .insert(phone.clone(), SentCode { hash, by_email });
        login.phone = Some(phone);
        Ok(())
    }

    /// The step after a code, or a QR code, where the account has a password.
    pub(in crate::client) async fn password_needed(&self) -> Result<SignIn, Error> {
        let password = self.invoke(&functions::account::GetPassword).await?;
        Ok(SignIn::PasswordNeeded {
            hint: password.hint.unwrap_or_default(),
        })
    }

    /// The user out of an authorization that can be nothing else.
    pub(in crate::client) async fn finished(
        &self,
        authorization: types::auth::Authorization,
    ) -> Result<types::UserData, Error> {
        match self.authorized_as(authorization).await? {
            SignIn::Done(user) => Ok(*user),
            _ => Err(ProtocolError::new("it wants a sign-up from an account that exists").into()),
        }
    }

    /// Remembers who has signed in.
    pub(in crate::client) async fn authorized_as(
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
        *lock(&self.state().login) = crate::client::state::Login::default();
        Ok(SignIn::Done(user))
    }
}
