//! Signing in with one call.

use std::fmt;

use futures::future::BoxFuture;
use telewire_schema::types;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::client::auth::{SignIn, digits};
use crate::error::Error;

/// What [`Client::start`] needs to know, as values or as functions that ask somebody.
///
/// ```no_run
/// # fn read_line(prompt: &str) -> String { String::new() }
/// use telewire_core::client::Start;
///
/// let start = Start::new()
///     .phone("+34 600 123 456")
///     .code(|| read_line("Code: "))
///     .password(|| read_line("Password: "));
/// ```
#[must_use]
pub struct Start {
    phone: Option<Prompt>,
    code: Option<Prompt>,
    password: Option<Prompt>,
    bot_token: Option<Prompt>,
    notify: Option<Notify>,
    force_sms: bool,
    first_name: String,
    last_name: String,
    max_attempts: u32,
}

type Notify = Box<dyn FnMut(&str) + Send>;

impl Start {
    /// Nothing yet: either a phone or a bot token has to follow.
    pub fn new() -> Self {
        Self {
            phone: None,
            code: None,
            password: None,
            bot_token: None,
            notify: None,
            force_sms: false,
            first_name: "New User".into(),
            last_name: String::new(),
            max_attempts: 3,
        }
    }

    /// The phone number, or a function that asks for it. A bot token is taken as well.
    pub fn phone(mut self, phone: impl Into<Prompt>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// A function that asks for the code which Telegram has sent.
    pub fn code(mut self, code: impl Into<Prompt>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The password of two-step verification, or a function that asks for it. Used only if the account has one.
    pub fn password(mut self, password: impl Into<Prompt>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The token of a bot, from [@BotFather](https://t.me/BotFather), instead of a phone.
    pub fn bot_token(mut self, token: impl Into<Prompt>) -> Self {
        self.bot_token = Some(token.into());
        self
    }

    /// Hears what the user should know between two attempts: why a code or password was refused, the terms of service.
    pub fn notify(mut self, notify: impl FnMut(&str) + Send + 'static) -> Self {
        self.notify = Some(Box::new(notify));
        self
    }

    /// Asks for the code by SMS even if the user has Telegram open elsewhere, where the server still allows it.
    pub fn force_sms(mut self) -> Self {
        self.force_sms = true;
        self
    }

    /// The first name, if the phone number is new. `New User` by default.
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.first_name = name.into();
        self
    }

    /// The last name, if the phone number is new. Empty by default.
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.last_name = name.into();
        self
    }

    /// How often a code, and then a password, may be wrong. 3 by default.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    fn tell(&mut self, text: &str) {
        if let Some(notify) = &mut self.notify {
            notify(text);
        }
    }
}

impl Default for Start {
    fn default() -> Self {
        Self::new()
    }
}

// It holds secrets.
impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("max_attempts", &self.max_attempts)
            .finish_non_exhaustive()
    }
}

/// A value, or how to ask somebody for it.
///
/// Made from a text, or from a function that returns one; such a function may block, since it is run apart from the
/// executor. [`Prompt::future`] takes a function that returns a future.
pub struct Prompt(Source);

enum Source {
    Value(Zeroizing<String>),
    Blocking(Option<Box<dyn FnMut() -> String + Send>>),
    Future(Box<dyn FnMut() -> BoxFuture<'static, String> + Send>),
}

impl Prompt {
    /// Asks by a future, such as the next line of an asynchronous reader.
    pub fn future<F, T>(mut ask: F) -> Self
    where
        F: FnMut() -> T + Send + 'static,
        T: Future<Output = String> + Send + 'static,
    {
        Self(Source::Future(Box::new(move || Box::pin(ask()))))
    }

    /// Whether asking again may give another answer.
    fn asks(&self) -> bool {
        !matches!(self.0, Source::Value(_))
    }

    async fn get(&mut self, client: &Client) -> Result<Zeroizing<String>, Error> {
        match &mut self.0 {
            Source::Value(value) => Ok(value.clone()),
            Source::Future(ask) => Ok(Zeroizing::new(ask().await)),
            Source::Blocking(ask) => {
                let lost = || {
                    Error::misuse("a question for sign-in was given up before; build a new Start")
                };
                let mut taken = ask.take().ok_or_else(lost)?;
                let (answer, back) = client
                    .unblock(move || (Zeroizing::new(taken()), taken))
                    .await?;
                *ask = Some(back);
                Ok(answer)
            }
        }
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prompt(***)")
    }
}

impl From<&str> for Prompt {
    fn from(value: &str) -> Self {
        Self(Source::Value(Zeroizing::new(value.into())))
    }
}

impl From<String> for Prompt {
    fn from(value: String) -> Self {
        Self(Source::Value(Zeroizing::new(value)))
    }
}

impl<F, T> From<F> for Prompt
where
    F: FnMut() -> T + Send + 'static,
    T: Into<String>,
{
    fn from(mut ask: F) -> Self {
        Self(Source::Blocking(Some(Box::new(move || ask().into()))))
    }
}

impl Client {
    /// Connects if need be, and signs in unless somebody is signed in already: with a phone number, the code that Telegram
    /// sends, and the password if the account has one; or with a bot token. A phone number that is new is signed up.
    /// Returns the user. What somebody is asked for may be wrong [`Start::max_attempts`] times.
    ///
    /// # Errors
    /// The server's last answer when all attempts were used, e.g. `PHONE_CODE_INVALID`; [`Error::Misuse`] when something
    /// that turns out to be needed was not given.
    ///
    /// ```no_run
    /// # fn read_line(prompt: &str) -> String { String::new() }
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Start;
    ///
    /// let ask_phone = || read_line("Phone: ");
    /// let me = client.start(Start::new().phone(ask_phone).code(|| read_line("Code: "))).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start(&self, mut start: Start) -> Result<types::UserData, Error> {
        check(&start)?;
        if !self.is_connected() {
            self.connect().await?;
        }
        if let Some(me) = self.whoever_is_here().await? {
            return Ok(me);
        }
        if let Some(token) = &mut start.bot_token {
            let token = token.get(self).await?;
            return self.sign_in_bot(&token).await;
        }
        let phone = match self.ask_phone(&mut start).await? {
            Identity::Phone(phone) => phone,
            Identity::Bot(token) => return self.sign_in_bot(&token).await,
        };
        let sent = self.send_code_request(&phone).await?;
        if matches!(sent, types::auth::SentCode::Success(_)) {
            return self.get_me().await;
        }
        if start.force_sms {
            // Another way may be offered only later; the first code is good as well.
            if let Err(error) = self.resend_code(&phone).await {
                start.tell(&format!("The code could not be sent by SMS: {error}"));
            }
        }
        match self.try_codes(&mut start, &phone).await? {
            SignIn::Done(user) => Ok(*user),
            SignIn::PasswordNeeded { hint } => self.try_passwords(&mut start, &hint).await,
            SignIn::SignUpRequired { terms } => {
                if let Some(terms) = terms {
                    let text = self.parse_mode().unparse(&terms.text, &terms.entities);
                    start.tell(&text);
                }
                self.sign_up(&start.first_name, &start.last_name).await
            }
        }
    }

    async fn ask_phone(&self, start: &mut Start) -> Result<Identity, Error> {
        let Some(prompt) = &mut start.phone else {
            return Err(needs_identity());
        };
        for _ in 0..start.max_attempts.max(1) {
            let answer = prompt.get(self).await?;
            if answer.contains(':') {
                return Ok(Identity::Bot(answer));
            }
            match digits(&answer) {
                Ok(phone) => return Ok(Identity::Phone(phone)),
                Err(error) if !prompt.asks() => return Err(error),
                Err(error) => {
                    if let Some(notify) = &mut start.notify {
                        notify(&error.to_string());
                    }
                }
            }
        }
        digits("").map(Identity::Phone)
    }

    async fn try_codes(&self, start: &mut Start, phone: &str) -> Result<SignIn, Error> {
        let mut refused = Error::misuse("no code was entered");
        for _ in 0..start.max_attempts.max(1) {
            let prompt = start.code.as_mut().ok_or_else(needs_code)?;
            let asks = prompt.asks();
            let code = prompt.get(self).await?;
            match self.sign_in(phone, &code).await {
                Ok(progress) => return Ok(progress),
                Err(error) if is_bad_code(&error) && asks => {
                    start.tell(&error.to_string());
                    refused = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    async fn try_passwords(&self, start: &mut Start, hint: &str) -> Result<types::UserData, Error> {
        let mut refused = Error::misuse("no password was entered");
        for _ in 0..start.max_attempts.max(1) {
            let Some(prompt) = &mut start.password else {
                return Err(needs_password(hint));
            };
            let asks = prompt.asks();
            let password = prompt.get(self).await?;
            match self.check_password(&password).await {
                Ok(user) => return Ok(user),
                Err(error) if error.is("PASSWORD_HASH_INVALID") && asks => {
                    start.tell(&error.to_string());
                    refused = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }
}

enum Identity {
    Phone(String),
    Bot(Zeroizing<String>),
}

/// What cannot work is told before anything is sent.
fn check(start: &Start) -> Result<(), Error> {
    match (&start.phone, &start.bot_token) {
        (None, None) => Err(needs_identity()),
        (Some(phone), Some(_)) if !phone.asks() => Err(Error::misuse(
            "both a phone and a bot token were given; give the one of the account to sign in as",
        )),
        _ => Ok(()),
    }
}

fn needs_identity() -> Error {
    Error::misuse(
        "nobody is signed in here, and neither a phone nor a bot token was given; add Start::phone or Start::bot_token",
    )
}

fn needs_code() -> Error {
    Error::misuse("Telegram has sent a login code, and nobody can be asked for it; add Start::code")
}

fn needs_password(hint: &str) -> Error {
    let hint = if hint.is_empty() {
        String::new()
    } else {
        format!(" (its hint is “{hint}”)")
    };
    Error::misuse(format!(
        "this account has a password{hint}; add Start::password"
    ))
}

/// Whether another code may help.
fn is_bad_code(error: &Error) -> bool {
    let names = [
        "PHONE_CODE_EMPTY",
        "PHONE_CODE_EXPIRED",
        "PHONE_CODE_INVALID",
        "PHONE_CODE_HASH_EMPTY",
    ];
    matches!(error, Error::Misuse(_)) || names.iter().any(|name| error.is(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_told_first() {
        assert!(
            check(&Start::new())
                .unwrap_err()
                .to_string()
                .contains("Start::phone")
        );
        let both = Start::new().phone("+1").bot_token("1:a");
        assert!(check(&both).unwrap_err().to_string().contains("both"));
        assert!(check(&Start::new().phone(|| "+1").bot_token("1:a")).is_ok());
        assert!(check(&Start::new().bot_token(String::from("1:a"))).is_ok());
    }

    #[test]
    fn secrets_are_not_shown() {
        let start = Start::new().phone("+34600").password("hunter2");
        assert!(!format!("{start:?}{:?}", Prompt::from("hunter2")).contains("hunter2"));
    }
}
