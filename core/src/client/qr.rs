//! Signing in by a QR code that another device of the account scans; see
//! [login via QR code](https://core.telegram.org/api/qr-login).

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::select;
use futures::pin_mut;
use futures::task::AtomicWaker;
use telewire_schema::types::auth::LoginToken;
use telewire_schema::{functions, types};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::client::auth::SignIn;
use crate::client::handle::Command;
use crate::client::router::Waiter;
use crate::dc::DcId;
use crate::error::{Error, ProtocolError};
use crate::time::Unix;
use crate::updates::Update;

/// How often the server may send on to another data centre before it is a circle.
const MOVES: u32 = 3;

/// A token is good for half a minute; more than this is a difference of the clocks.
const SECOND: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// A sign-in by QR code under way; see [`Client::qr_login`].
pub struct QrLogin {
    client: Client,
    token: Zeroizing<Vec<u8>>,
    expires: Unix,
    heard: Arc<Heard>,
    done: Option<SignIn>,
}

impl Client {
    /// Begins to sign in by a QR code, by
    /// [`auth.exportLoginToken`](https://core.telegram.org/method/auth.exportLoginToken): show [`QrLogin::url`] as a QR code, and
    /// have it scanned by a device on which the account is signed in (Settings, Devices, Link Desktop Device).
    ///
    /// # Errors
    /// `API_ID_INVALID`; [`Error::Transport`] when the server cannot be reached.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use std::time::Duration;
    /// use telewire_core::client::SignIn;
    ///
    /// let mut login = client.qr_login().await?;
    /// let done = loop {
    ///     println!("scan this as a QR code: {}", login.url());
    ///     if let Some(done) = login.wait(Duration::from_secs(30)).await? {
    ///         break done;
    ///     }
    /// };
    /// if let SignIn::PasswordNeeded { .. } = done {
    ///     client.check_password("correct horse battery staple").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn qr_login(&self) -> Result<QrLogin, Error> {
        let heard = Arc::new(Heard::default());
        self.add_waiter(&heard);
        let mut login = QrLogin {
            client: self.clone(),
            token: Zeroizing::default(),
            expires: Unix::default(),
            heard,
            done: None,
        };
        login.export().await?;
        Ok(login)
    }

    /// Goes on at the data centre where the account lives.
    async fn move_home(&self, dc: DcId) -> Result<(), Error> {
        self.shared()
            .ask(|reply| Command::MoveHome(dc, reply))
            .await
    }
}

impl QrLogin {
    /// What the QR code says: `tg://login?token=…`. It is a secret while it is good.
    pub fn url(&self) -> String {
        format!("tg://login?token={}", URL_SAFE_NO_PAD.encode(&*self.token))
    }

    /// Until when the code is good, by the server's clock. Usually half a minute.
    pub fn expires(&self) -> Unix {
        self.expires
    }

    /// Asks for a new code, since the old one has expired.
    ///
    /// # Errors
    /// As [`Client::qr_login`].
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let mut login = client.qr_login().await?;
    /// login.recreate().await?;
    /// println!("{}", login.url());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recreate(&mut self) -> Result<(), Error> {
        if self.done.is_none() {
            self.export().await?;
        }
        Ok(())
    }

    /// Waits until the code was scanned and accepted, but no longer than `timeout` and the code's own time. `None` when
    /// that is over: [`url`](Self::url) has a new code then, to be shown and waited for. [`SignIn::PasswordNeeded`] goes on
    /// with [`Client::check_password`].
    ///
    /// A dropped wait changes nothing; waiting again goes on with the same code.
    ///
    /// # Errors
    /// [`Error::Transport`] when the server cannot be reached any more.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let mut login = client.qr_login().await?;
    /// println!("{}", login.url());
    /// if login.wait(std::time::Duration::from_secs(30)).await?.is_none() {
    ///     println!("nobody came");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait(&mut self, timeout: Duration) -> Result<Option<SignIn>, Error> {
        if self.done.is_none() {
            self.heard_or(timeout).await;
            // When the time is up as well: the update may have been lost on the way.
            self.export().await?;
        }
        Ok(self.done.clone())
    }

    /// Waits for the token to be accepted, until it has expired or the time is up.
    async fn heard_or(&self, timeout: Duration) {
        let now = self.client.now().wall.since_epoch();
        let left = self.expires.since_epoch().saturating_sub(now);
        // The server counts in whole seconds.
        let time = (left + SECOND).clamp(SECOND, LONGEST).min(timeout);
        let (time, accepted) = (self.client.sleep(time), self.heard.wait());
        pin_mut!(time, accepted);
        select(accepted, time).await;
    }

    /// Asks where the sign-in stands: a token to be shown, or the account that has accepted one.
    async fn export(&mut self) -> Result<(), Error> {
        let (api_id, api_hash) = self.client.application();
        let request = functions::auth::ExportLoginToken::new(api_id, api_hash, Vec::new());
        let mut answer = self.client.invoke(&request).await;
        for _ in 0..MOVES {
            match answer {
                Ok(LoginToken::LoginToken(token)) => {
                    self.token = Zeroizing::new(token.token.to_vec());
                    self.expires = Unix::from_secs(token.expires.into());
                    return Ok(());
                }
                Ok(LoginToken::Success(success)) => {
                    self.done = Some(self.client.authorized_as(success.authorization).await?);
                    return Ok(());
                }
                Ok(LoginToken::MigrateTo(other)) => {
                    self.client.move_home(DcId(other.dc_id)).await?;
                    let request = functions::auth::ImportLoginToken::new(other.token);
                    answer = self.client.invoke(&request).await;
                }
                Err(error) if error.is("SESSION_PASSWORD_NEEDED") => {
                    self.done = Some(self.client.password_needed().await?);
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Err(ProtocolError::new("it sends a sign-in from one data centre to the next").into())
    }
}

// The token signs whoever has it in.
impl fmt::Debug for QrLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrLogin")
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Hears of [`updateLoginToken`](https://core.telegram.org/constructor/updateLoginToken).
#[derive(Default)]
struct Heard {
    accepted: AtomicBool,
    waker: AtomicWaker,
}

impl Heard {
    /// Waits for the next one, or one that came before.
    async fn wait(&self) {
        futures::future::poll_fn(|cx| {
            self.waker.register(cx.waker());
            if self.accepted.swap(false, Ordering::AcqRel) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}

impl Waiter for Heard {
    fn offer(&self, update: &Arc<Update>) {
        if matches!(update.raw, types::Update::LoginToken) {
            self.accepted.store(true, Ordering::Release);
            self.waker.wake();
        }
    }
}
