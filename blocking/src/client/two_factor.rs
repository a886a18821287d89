//! Two-step verification: setting, changing and removing the password, and its recovery e-mail.

use telewire_core::client::{Answer, Edit2fa};
use telewire_core::{Error, types};

use crate::client::Client;

impl Client {
    /// Sets, changes or removes the password of the account: a new password sets it, together with the current one it
    /// changes it, and the current one alone removes it. Returns false, without any request, if neither is given.
    ///
    /// # Errors
    /// `PASSWORD_HASH_INVALID` for a wrong current password, `CODE_INVALID` for a wrong code
    /// ([`Client::confirm_password_email`] gives another), `EMAIL_INVALID`; [`Error::Misuse`] when the account has a password
    /// and the current one is not given.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Edit2fa;
    ///
    /// client.edit_2fa(Edit2fa::new().new_password("bombe").hint("a machine"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn edit_2fa(&self, edit: Edit2fa) -> Result<bool, Error> {
        self.wait(self.as_async().edit_2fa(edit))
    }

    /// Confirms the recovery e-mail by the code that was sent to it.
    ///
    /// # Errors
    /// `CODE_INVALID` for a wrong code, `EMAIL_HASH_EXPIRED` when none is waited for any more.
    pub fn confirm_password_email(&self, code: impl Into<Answer>) -> Result<bool, Error> {
        self.wait(self.as_async().confirm_password_email(code))
    }

    /// Has the code for the recovery e-mail sent again.
    ///
    /// # Errors
    /// `EMAIL_HASH_EXPIRED` when none is waited for.
    pub fn resend_password_email(&self) -> Result<bool, Error> {
        self.wait(self.as_async().resend_password_email())
    }

    /// Gives up a change that waits for the code of its e-mail.
    ///
    /// # Errors
    /// `EMAIL_HASH_EXPIRED` when nothing waits.
    pub fn cancel_password_email(&self) -> Result<bool, Error> {
        self.wait(self.as_async().cancel_password_email())
    }

    /// Has a code sent to the recovery e-mail of an account whose password is lost. Returns the address with most of it
    /// hidden. [`Client::recover_password`] comes next.
    ///
    /// # Errors
    /// `PASSWORD_RECOVERY_NA` if the account has no such address, `PASSWORD_EMPTY` if it has no password.
    pub fn request_password_recovery(&self) -> Result<String, Error> {
        self.wait(self.as_async().request_password_recovery())
    }

    /// Removes the password by the code that was sent to the recovery e-mail, and signs in where the password was asked
    /// for.
    ///
    /// # Errors
    /// `CODE_INVALID` for a wrong code, `PASSWORD_RECOVERY_EXPIRED` for an old one.
    pub fn recover_password(&self, code: impl Into<Answer>) -> Result<types::UserData, Error> {
        self.wait(self.as_async().recover_password(code))
    }
}
