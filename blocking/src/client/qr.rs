//! Signing in by a QR code that another device of the account scans.

use std::time::Duration;

use telewire_core::Error;
use telewire_core::client::{self, SignIn};
use telewire_core::time::Unix;

use crate::client::Client;

/// A sign-in by QR code under way; see [`Client::qr_login`].
#[derive(Debug)]
pub struct QrLogin {
    inner: client::QrLogin,
    client: Client,
}

impl Client {
    /// Begins to sign in by a QR code: show [`QrLogin::url`] as a QR code, and have it scanned by a device on which the account
    /// is signed in (Settings, Devices, Link Desktop Device).
    ///
    /// # Errors
    /// `API_ID_INVALID`; [`Error::Transport`] when the server cannot be reached.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use std::time::Duration;
    ///
    /// let mut login = client.qr_login()?;
    /// let done = loop {
    ///     println!("scan this as a QR code: {}", login.url());
    ///     if let Some(done) = login.wait(Duration::from_secs(30))? {
    ///         break done;
    ///     }
    /// };
    /// # Ok(())
    /// # }
    /// ```
    pub fn qr_login(&self) -> Result<QrLogin, Error> {
        let inner = self.wait(self.as_async().qr_login())?;
        Ok(QrLogin {
            inner,
            client: self.clone(),
        })
    }
}

impl QrLogin {
    /// What the QR code says: `tg://login?token=…`. It is a secret while it is good.
    pub fn url(&self) -> String {
        self.inner.url()
    }

    /// Until when the code is good, by the server's clock. Usually half a minute.
    pub fn expires(&self) -> Unix {
        self.inner.expires()
    }

    /// Asks for a new code, since the old one has expired.
    ///
    /// # Errors
    /// As [`Client::qr_login`].
    pub fn recreate(&mut self) -> Result<(), Error> {
        self.client.wait(self.inner.recreate())
    }

    /// Waits until the code was scanned and accepted, but no longer than `timeout` and the code's own time. `None` when
    /// that is over: [`url`](Self::url) has a new code then, to be shown and waited for. [`SignIn::PasswordNeeded`] goes on
    /// with [`Client::check_password`].
    ///
    /// # Errors
    /// [`Error::Transport`] when the server cannot be reached any more.
    pub fn wait(&mut self, timeout: Duration) -> Result<Option<SignIn>, Error> {
        self.client.wait(self.inner.wait(timeout))
    }
}
