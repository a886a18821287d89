//! The steps of [`Client::start`].

use telewire_schema::types;
use telewire_schema::types::auth::SentCode;
use zeroize::Zeroizing;

use super::Start;
use crate::client::Client;
use crate::client::auth::sent::{Way, test_code};
use crate::client::auth::{LoginCode, SignIn, digits};
use crate::error::Error;
use crate::objects::DisplayName as _;

/// A function that gives no phone number so often has nobody behind it.
const PHONE_TRIES: u32 = 100;

impl Client {
    /// Connects if need be, and signs in unless somebody is signed in already: with a phone number, the code that Telegram
    /// sends, and the password if the account has one; or with a bot token. A phone number that is new is signed up.
    /// Returns the user. What somebody is asked for may be wrong [`Start::max_attempts`] times.
    ///
    /// # Errors
    /// The server's last answer when all attempts were used, e.g. `PHONE_CODE_INVALID`; [`Error::Misuse`] when something
    /// that turns out to be needed was not given, and nobody can be asked.
    ///
    /// ```no_run
    /// # fn read_line(prompt: &str) -> String { String::new() }
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Start;
    ///
    /// // Asks on the terminal.
    /// let me = client.start(Start::new()).await?;
    ///
    /// // Asks in its own way.
    /// let ask_phone = || read_line("Phone: ");
    /// let me = client.start(Start::new().phone(ask_phone).code(|| read_line("Code: "))).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start(&self, mut start: Start) -> Result<types::UserData, Error> {
        start.check(self.console().is_some())?;
        if !self.is_connected() {
            self.connect().await?;
        }
        if let Some(me) = self.whoever_is_here().await? {
            return Ok(me);
        }
        if let Some(token) = &mut start.bot_token {
            let token = token.get(self).await?;
            return self.give_token(&token).await;
        }
        let phone = match self.ask_phone(&mut start).await? {
            Identity::Phone(phone) => phone,
            Identity::Bot(token) => return self.give_token(&token).await,
        };
        let user = self.start_with(&mut start, &phone).await?;
        if let Some(console) = self.console() {
            console.announce(&format!("Signed in as {}.", user.display_name()));
        }
        Ok(user)
    }

    async fn start_with(&self, start: &mut Start, phone: &str) -> Result<types::UserData, Error> {
        let mut sent = self.send_code_request(phone).await?;
        if start.force_sms && matches!(sent, SentCode::SentCode(_)) {
            // Another way may be offered only later; the first code is good as well.
            match self.resend_code(phone).await {
                Ok(again) => sent = again,
                Err(error) => {
                    start.tell(self, &format!("The code could not be sent by SMS: {error}"));
                }
            }
        }
        self.try_codes(start, phone, sent).await
    }

    async fn ask_phone(&self, start: &mut Start) -> Result<Identity, Error> {
        let mut silent = 0;
        for _ in 0..PHONE_TRIES {
            let (answer, asks) = match &mut start.phone {
                Some(prompt) => (prompt.get(self).await?, prompt.asks()),
                None => (
                    self.ask_at_console("Phone number or bot token: ").await?,
                    true,
                ),
            };
            if answer.contains(':') {
                return Ok(Identity::Bot(answer));
            }
            match digits(&answer) {
                Ok(phone) => return Ok(Identity::Phone(phone)),
                Err(error) if !asks => return Err(error),
                Err(error) => start.tell(self, &error.to_string()),
            }
            silent = if answer.trim().is_empty() {
                silent + 1
            } else {
                0
            };
            if silent >= start.max_attempts.max(1) {
                break;
            }
        }
        Err(Error::misuse(
            "no phone number was entered; give one to Start::phone, in international form",
        ))
    }

    /// Takes codes until one is right, which includes what then turns out to be needed.
    async fn try_codes(
        &self,
        start: &mut Start,
        phone: &str,
        mut sent: SentCode,
    ) -> Result<types::UserData, Error> {
        let mut refused = Error::misuse("no code was entered");
        let mut again: Option<LoginCode> = None;
        for attempt in 0..start.max_attempts.max(1) {
            if let SentCode::Success(_) = sent {
                return self.get_me().await;
            }
            let (code, asks) = match again.take() {
                Some(code) => (code, true),
                None => self.ask_code(start, phone, &sent, attempt).await?,
            };
            match self.give_code(phone.to_owned(), code.clone()).await {
                Ok(SignIn::Done(user)) => return Ok(*user),
                Ok(SignIn::PasswordNeeded { hint }) => {
                    return self.try_passwords(start, &hint).await;
                }
                Ok(SignIn::SignUpRequired { terms }) => match self.join(start, terms).await {
                    // Somebody was quicker, so the number is there to be signed in.
                    Err(error) if error.is("PHONE_NUMBER_OCCUPIED") => {
                        again = Some(code);
                        refused = error;
                    }
                    result => return result,
                },
                Err(error) if is_bad_code(&error, &code) && asks => {
                    start.tell(self, &error.to_string());
                    if error.is("PHONE_CODE_EXPIRED") {
                        sent = self.send_code_request(phone).await?;
                    }
                    refused = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    /// The next code to try, and whether there may be others.
    async fn ask_code(
        &self,
        start: &mut Start,
        phone: &str,
        sent: &SentCode,
        attempt: u32,
    ) -> Result<(LoginCode, bool), Error> {
        let way = Way::of(sent).ok_or_else(no_way)?;
        if let Some(prompt) = &mut start.code {
            let asks = prompt.asks();
            return Ok((prompt.get(self).await?.into(), asks));
        }
        if let Some(known) = test_code(phone, way.length)
            && attempt == 0
        {
            return Ok((known.into(), self.console().is_some()));
        }
        let length = way
            .length
            .map_or(String::new(), |n| format!("{n} digits, "));
        let question = format!("Code ({length}{}): ", way.place);
        let asked = self.ask_console(question, false).await?;
        Ok((asked.ok_or_else(|| needs_code(&way))?.into(), true))
    }

    async fn join(
        &self,
        start: &mut Start,
        terms: Option<Box<types::help::TermsOfService>>,
    ) -> Result<types::UserData, Error> {
        if let Some(terms) = terms {
            let text = self.parse_mode().unparse(&terms.text, &terms.entities);
            start.tell(self, &text);
        }
        self.give_name(&start.first_name, &start.last_name).await
    }

    async fn try_passwords(&self, start: &mut Start, hint: &str) -> Result<types::UserData, Error> {
        let hint = if hint.is_empty() {
            String::new()
        } else {
            format!(" (its hint is “{hint}”)")
        };
        let mut refused = Error::misuse("no password was entered");
        for _ in 0..start.max_attempts.max(1) {
            let (password, asks) = match &mut start.password {
                Some(prompt) => (prompt.get(self).await?, prompt.asks()),
                None => {
                    let question = format!("Password{hint}: ");
                    let asked = self.ask_console(question, true).await?;
                    (asked.ok_or_else(|| needs_password(&hint))?, true)
                }
            };
            match self.give_password(&password).await {
                Ok(user) => return Ok(user),
                Err(error) if error.is("PASSWORD_HASH_INVALID") && asks => {
                    start.tell(self, &error.to_string());
                    refused = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    async fn ask_at_console(&self, question: &str) -> Result<Zeroizing<String>, Error> {
        let asked = self.ask_console(question.to_owned(), false).await?;
        asked.ok_or_else(|| {
            Error::misuse("nobody can be asked for a phone number; add Start::phone")
        })
    }
}

enum Identity {
    Phone(String),
    Bot(Zeroizing<String>),
}

fn no_way() -> Error {
    Error::misuse(
        "Telegram wants this number to be signed in with its own app first (it asks for an e-mail address or a payment); do that, and come back",
    )
}

fn needs_code(way: &Way) -> Error {
    Error::misuse(format!(
        "Telegram has sent a login code {}, and nobody can be asked for it; add Start::code",
        way.place
    ))
}

fn needs_password(hint: &str) -> Error {
    Error::misuse(format!(
        "this account has a password{hint}; add Start::password"
    ))
}

/// Whether another code may help.
fn is_bad_code(error: &Error, code: &LoginCode) -> bool {
    const NAMES: [&str; 7] = [
        "CODE_EMPTY",
        "CODE_INVALID",
        "EMAIL_VERIFY_EXPIRED",
        "PHONE_CODE_EMPTY",
        "PHONE_CODE_EXPIRED",
        "PHONE_CODE_HASH_EMPTY",
        "PHONE_CODE_INVALID",
    ];
    code.is_empty() || NAMES.iter().any(|name| error.is(name))
}
