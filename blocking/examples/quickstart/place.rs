//! Where the story takes place: in the sandbox or on Telegram.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use telewire_blocking::{Client, Network, Start};
use telewire_sandbox::Sandbox;

/// A Telegram, and what it takes to sign in to it.
pub(crate) struct Place {
    scene: Scene,
    /// Holds the session of a story in the sandbox, and is removed with it.
    folder: tempfile::TempDir,
}

enum Scene {
    Sandbox(Box<Sandbox>),
    Production,
    TestServers,
}

impl Place {
    /// As the command line says.
    pub(crate) fn from_args() -> Result<Self, Box<dyn Error>> {
        let args: Vec<String> = env::args().skip(1).collect();
        let scene = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Scene::Sandbox(Box::new(Sandbox::start()?)),
            ["--production"] => Scene::Production,
            ["--test-dc"] => Scene::TestServers,
            _ => return Err("the only options are --production and --test-dc".into()),
        };
        Ok(Self {
            scene,
            folder: tempfile::tempdir()?,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.scene {
            Scene::Sandbox(_) => "the sandbox: a small Telegram inside of this program",
            Scene::Production => "the real Telegram",
            Scene::TestServers => "Telegram's test servers",
        }
    }

    /// A connected client on this story's session.
    pub(crate) fn client(&self) -> Result<Client, Box<dyn Error>> {
        let (api_id, api_hash) = self.application()?;
        let network = match &self.scene {
            Scene::Sandbox(sandbox) => sandbox.network(),
            Scene::Production => Network::Production,
            Scene::TestServers => Network::Test,
        };
        let builder = Client::builder(api_id, api_hash)
            .network(network)
            .session_file(self.session())?;
        Ok(builder.connect()?)
    }

    /// What signing in asks for.
    pub(crate) fn answers(&self) -> Start {
        let start = Start::new().notify(|text| println!("{text}"));
        match &self.scene {
            Scene::Sandbox(sandbox) => {
                let code = sandbox.code();
                println!(
                    "Phone: +99966 2 4242 (anybody's; the sandbox lets every phone sign up)\nCode:  {code}"
                );
                start
                    .phone("+9996624242")
                    .code(code)
                    .first_name("Mary")
                    .last_name("Newcomer")
            }
            // Phone, code and password are asked for on the terminal.
            Scene::Production | Scene::TestServers => start.first_name("Telewire"),
        }
    }

    /// Gets somebody to write to this account, and says how long to wait for it.
    pub(crate) fn invite_a_message(&self, client: &Client) -> Result<Duration, Box<dyn Error>> {
        let Scene::Sandbox(sandbox) = &self.scene else {
            println!("Write something to this account, from another one, within a minute.");
            return Ok(Duration::from_secs(60));
        };
        let me = client.get_me()?.id;
        let friend = sandbox
            .users()
            .into_iter()
            .find(|user| user.id != me)
            .ok_or("nobody else is there")?;
        println!("{} writes to you …", friend.name);
        sandbox
            .write(friend.id, me, "Is anybody there?")
            .map_err(|fault| format!("{fault:?}"))?;
        Ok(Duration::from_secs(30))
    }

    fn application(&self) -> Result<(i32, String), Box<dyn Error>> {
        if let Scene::Sandbox(sandbox) = &self.scene {
            return Ok((sandbox.api_id(), sandbox.api_hash()));
        }
        let var = |name| {
            env::var(name).map_err(|_| {
                format!("set {name} in the environment; https://my.telegram.org shows its value")
            })
        };
        let api_id = var("TELEGRAM_API_ID")?
            .parse()
            .map_err(|_| "TELEGRAM_API_ID has to be a number")?;
        Ok((api_id, var("TELEGRAM_API_HASH")?))
    }

    fn session(&self) -> PathBuf {
        match self.scene {
            Scene::Sandbox(_) => self.folder.path().join("quickstart"),
            Scene::Production => "quickstart".into(),
            Scene::TestServers => "quickstart-test".into(),
        }
    }
}
