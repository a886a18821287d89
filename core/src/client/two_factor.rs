//! Two-step verification: setting, changing and removing the password, and its recovery e-mail.

mod password;
#[cfg(test)]
mod tests;

use std::fmt;

use futures::future::BoxFuture;
use telewire_schema::{functions, types};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::client::prompt::{Answer, Ask};
use crate::error::Error;

/// What is to become of the account's password; see [`Client::edit_2fa`].
///
/// ```
/// use telewire_core::client::Edit2fa;
///
/// # fn read_line(prompt: &str) -> String { String::new() }
/// let set = Edit2fa::new().new_password("bombe").hint("a machine");
/// let change = Edit2fa::new().current("bombe").new_password("colossus");
/// let with_mail = Edit2fa::new()
///     .new_password("bombe")
///     .email("alan@example.org", |length| read_line(&format!("{length} digits: ")));
/// let remove = Edit2fa::new().current("bombe");
/// ```
///
/// An e-mail address needs somebody to ask for the code that is sent to it:
///
/// ```compile_fail
/// let edit = telewire_core::client::Edit2fa::new().new_password("bombe").email("alan@example.org");
/// ```
#[must_use]
#[derive(Default)]
pub struct Edit2fa {
    change: Change,
    ask_code: Option<EmailCode>,
}

/// What the server is told of it.
#[derive(Default)]
struct Change {
    current: Option<Zeroizing<String>>,
    new: Option<Zeroizing<String>>,
    hint: String,
    email: Option<String>,
}

impl Edit2fa {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The password that the account has. Ignored if it has none. On its own it removes the password.
    pub fn current(mut self, password: impl Into<Answer>) -> Self {
        self.change.current = Some(password.into().into_inner());
        self
    }

    /// The password that it is to have.
    pub fn new_password(mut self, password: impl Into<Answer>) -> Self {
        self.change.new = Some(password.into().into_inner());
        self
    }

    /// What helps its owner to remember the new password. Empty by default.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.change.hint = hint.into();
        self
    }

    /// An address by which a lost password can be replaced, and who is asked for the code that Telegram sends there; the
    /// question gets the length of the code. With the current password and no new one, only the address changes.
    pub fn email(mut self, address: impl Into<String>, ask_code: impl Into<EmailCode>) -> Self {
        self.change.email = Some(address.into());
        self.ask_code = Some(ask_code.into());
        self
    }
}

// It holds secrets.
impl fmt::Debug for Edit2fa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit2fa(***)")
    }
}

/// How to ask for the code that was sent to an e-mail address: a function of the code's length that returns a text or a
/// number, and may block. [`EmailCode::future`] takes one that returns a future.
pub struct EmailCode(Ask<usize>);

impl EmailCode {
    /// Asks by a future.
    ///
    /// ```
    /// use telewire_core::client::{Edit2fa, EmailCode};
    ///
    /// let ask = EmailCode::future(|_length| async { "123456" });
    /// let edit = Edit2fa::new().new_password("bombe").email("alan@example.org", ask);
    /// ```
    pub fn future<F, T>(mut ask: F) -> Self
    where
        F: FnMut(usize) -> T + Send + 'static,
        T: Future<Output: Into<Answer>> + Send + 'static,
    {
        Self(Ask::Future(Box::new(move |length| {
            let asked = ask(length);
            let answer: BoxFuture<'static, Answer> = Box::pin(async move { asked.await.into() });
            answer
        })))
    }
}

impl fmt::Debug for EmailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailCode(***)")
    }
}

impl<F, T> From<F> for EmailCode
where
    F: FnMut(usize) -> T + Send + 'static,
    T: Into<Answer>,
{
    fn from(mut ask: F) -> Self {
        Self(Ask::Blocking(Some(Box::new(move |length| {
            Ok(ask(length).into())
        }))))
    }
}

/// So long a code by mail is taken to be where the server does not say it.
const CODE_LENGTH: usize = 6;

impl Client {
    /// Sets, changes or removes the password of the account, by
    /// [`account.updatePasswordSettings`](https://core.telegram.org/method/account.updatePasswordSettings): a new password
    /// sets it, together with the current one it changes it, and the current one alone removes it. Returns false, without
    /// any request, if neither is given.
    ///
    /// With an e-mail address, the change takes effect once its code was confirmed. Takes some tenths of a second of
    /// computing, done apart from the executor.
    ///
    /// # Errors
    /// `PASSWORD_HASH_INVALID` for a wrong current password, `CODE_INVALID` for a wrong code
    /// ([`Client::confirm_password_email`] gives another), `EMAIL_INVALID`; [`Error::Misuse`] when the account has a password
    /// and the current one is not given.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Edit2fa;
    ///
    /// client.edit_2fa(Edit2fa::new().new_password("bombe").hint("a machine")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn edit_2fa(&self, edit: Edit2fa) -> Result<bool, Error> {
        let Edit2fa { change, ask_code } = edit;
        if change.current.is_none() && change.new.is_none() {
            return Ok(false);
        }
        let changed = match self.change_password(&change).await {
            // The challenge was replaced by somebody else's in between.
            Err(error) if error.is("SRP_ID_INVALID") => self.change_password(&change).await,
            result => result,
        };
        match (changed, ask_code) {
            (Err(error), Some(mut ask))
                if error.is("EMAIL_UNCONFIRMED_X") || error.is("EMAIL_UNCONFIRMED") =>
            {
                let length = error.rpc().and_then(|e| usize::try_from(e.value()?).ok());
                let code = ask.0.get(self, length.unwrap_or(CODE_LENGTH)).await?;
                self.confirm_password_email(code).await
            }
            (result, _) => result,
        }
    }

    /// Confirms the recovery e-mail by the code that was sent to it, by
    /// [`account.confirmPasswordEmail`](https://core.telegram.org/method/account.confirmPasswordEmail).
    ///
    /// # Errors
    /// `CODE_INVALID` for a wrong code, `EMAIL_HASH_EXPIRED` when none is waited for any more.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.confirm_password_email("123456").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn confirm_password_email(&self, code: impl Into<Answer>) -> Result<bool, Error> {
        let code = code.into().into_inner();
        let request = functions::account::ConfirmPasswordEmail::new(code.trim());
        self.invoke(&request).await
    }

    /// Has the code for the recovery e-mail sent again, by
    /// [`account.resendPasswordEmail`](https://core.telegram.org/method/account.resendPasswordEmail).
    ///
    /// # Errors
    /// `EMAIL_HASH_EXPIRED` when none is waited for.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.resend_password_email().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resend_password_email(&self) -> Result<bool, Error> {
        self.invoke(&functions::account::ResendPasswordEmail).await
    }

    /// Gives up a change that waits for the code of its e-mail, by
    /// [`account.cancelPasswordEmail`](https://core.telegram.org/method/account.cancelPasswordEmail).
    ///
    /// # Errors
    /// `EMAIL_HASH_EXPIRED` when nothing waits.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.cancel_password_email().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn cancel_password_email(&self) -> Result<bool, Error> {
        self.invoke(&functions::account::CancelPasswordEmail).await
    }

    /// Has a code sent to the recovery e-mail of an account whose password is lost, by
    /// [`auth.requestPasswordRecovery`](https://core.telegram.org/method/auth.requestPasswordRecovery). Returns the address
    /// with most of it hidden. [`Client::recover_password`] comes next.
    ///
    /// # Errors
    /// `PASSWORD_RECOVERY_NA` if the account has no such address, `PASSWORD_EMPTY` if it has no password.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// println!("the code was sent to {}", client.request_password_recovery().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request_password_recovery(&self) -> Result<String, Error> {
        let sent = self
            .invoke(&functions::auth::RequestPasswordRecovery)
            .await?;
        Ok(sent.email_pattern)
    }

    /// Removes the password by the code that was sent to the recovery e-mail, and signs in where the password was asked
    /// for; by [`auth.recoverPassword`](https://core.telegram.org/method/auth.recoverPassword).
    ///
    /// # Errors
    /// `CODE_INVALID` for a wrong code, `PASSWORD_RECOVERY_EXPIRED` for an old one.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let user = client.recover_password("123456").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recover_password(
        &self,
        code: impl Into<Answer>,
    ) -> Result<types::UserData, Error> {
        let code = code.into().into_inner();
        let request = functions::auth::RecoverPassword::new(code.trim());
        self.finished(self.invoke(&request).await?).await
    }
}
