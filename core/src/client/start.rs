//! Signing in with one call.

mod flow;

use std::fmt;

use crate::client::Client;
use crate::client::prompt::Prompt;
use crate::error::Error;

/// What [`Client::start`] needs to know, as values or as functions that ask somebody.
///
/// What is left out is asked for on the terminal, where the client has one: the crates of the runtimes give it one unless
/// [`Builder::interactive`](crate::client::Builder::interactive) says otherwise.
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
    /// Nothing yet: everything is asked for on the terminal. Without one, either a phone or a bot token has to follow.
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

    /// The phone number, or a function that asks for it, again until what comes can be one. A bot token is taken as well.
    pub fn phone(mut self, phone: impl Into<Prompt>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// The code that Telegram has sent, or a function that asks for it. The numbers of the
    /// [test servers](https://core.telegram.org/api/auth#test-accounts), 99966XYYYY, need none.
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

    /// Hears what the user should know between two attempts: why a code or password was refused, the terms of service. The
    /// terminal tells it, if there is one, unless this is set.
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

    /// Says what the user should know.
    fn tell(&mut self, client: &Client, text: &str) {
        match (&mut self.notify, client.console()) {
            (Some(notify), _) => notify(text),
            (None, Some(console)) => console.tell(text),
            (None, None) => {}
        }
    }

    /// What cannot work is told before anything is sent.
    fn check(&self, can_ask: bool) -> Result<(), Error> {
        match (&self.phone, &self.bot_token) {
            (None, None) if !can_ask => Err(Error::misuse(
                "nobody is signed in here, and neither a phone nor a bot token was given; add Start::phone or Start::bot_token",
            )),
            (Some(phone), Some(_)) if !phone.asks() => Err(Error::misuse(
                "both a phone and a bot token were given; give the one of the account to sign in as",
            )),
            _ => Ok(()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_told_first() {
        // parity: M-auth.start.none, M-auth.start.bot_token
        let text = |start: Start| start.check(false).unwrap_err().to_string();
        assert!(text(Start::new()).contains("Start::phone"));
        assert!(text(Start::new().phone("+1").bot_token("1:a")).contains("both"));
        let both = Start::new().phone("+1").bot_token("1:a");
        assert!(
            both.check(true).is_err(),
            "whoever sits there cannot know which"
        );
        assert!(Start::new().check(true).is_ok(), "it is asked for");
        let asked = Start::new().phone(|| "+1").bot_token("1:a");
        assert!(asked.check(false).is_ok());
        let token = Start::new().bot_token(String::from("1:a"));
        assert!(token.check(false).is_ok());
    }

    #[test]
    fn secrets_are_not_shown() {
        let start = Start::new().phone("+34600").password("hunter2");
        let shown = format!("{start:?}{:?}", Prompt::from("hunter2"));
        assert!(!shown.contains("hunter2") && !shown.contains("34600"));
    }
}
