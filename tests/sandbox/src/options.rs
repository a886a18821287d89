//! What a sandbox can be told before it starts.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a sandbox; [`Options::default`] is what the binary runs with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Everything random comes from it: identifiers, access hashes, keys.
    pub seed: u64,
    /// The data centre that clients begin at, and where accounts live unless something else is said.
    pub dc: i32,
    /// All data centres. The default one counts whether it is listed or not.
    pub dcs: Vec<i32>,
    /// Which of them keeps the statistics of channels; the default one if it is not there.
    pub stats_dc: i32,
    /// The application identifier that signing in has to name.
    pub api_id: i32,
    /// Its hash.
    pub api_hash: String,
    /// The code that "arrives" for every phone.
    pub code: String,
    /// The code that "arrives" in every mail box.
    pub email_code: String,
    /// Where the state is kept between runs; `None` keeps it in memory only.
    pub keep: Option<PathBuf>,
    /// How long a server salt is current; it is accepted for as long again.
    pub salt_lifetime: Duration,
    /// After how long an unacknowledged message is sent again on a link that stays up.
    pub resend_after: Duration,
    /// How long file references are good for.
    pub reference_lifetime: Duration,
    /// How long a sign-in code is good for.
    pub code_lifetime: Duration,
    /// How long a token for a QR code is good for.
    pub token_lifetime: Duration,
    /// How long after sending a message its author may still edit it.
    pub edit_time: Duration,
    /// Answers above this many bytes are sent as `gzip_packed`; `None` never packs.
    pub gzip_above: Option<usize>,
    /// Unacknowledged messages above this many bytes are announced on a new link (`msg_detailed_info`) where shorter ones
    /// are sent again.
    pub announce_above: usize,
    /// At most so many requests of one method an account may make within [`flood_window`](Self::flood_window), for the
    /// methods that write; `None` never floods.
    pub flood_limit: Option<u32>,
    /// The window that the limit counts in, and the wait that is asked for.
    pub flood_window: Duration,
    /// After so many wrong codes for a phone, or wrong passwords for an account, within
    /// [`guess_window`](Self::guess_window), further ones are refused with 406 `PHONE_PASSWORD_FLOOD`, right or not. A
    /// right one before that clears the count. `None` lets clients guess for ever.
    pub guess_limit: Option<u32>,
    /// How long a wrong guess is remembered.
    pub guess_window: Duration,
    /// At most so many transfer requests an account without premium may make within
    /// [`flood_window`](Self::flood_window) before it gets `FLOOD_PREMIUM_WAIT_X`; `None` never holds them back.
    pub transfer_limit: Option<u32>,
    /// How long a takeout waits from the first request for it.
    pub takeout_delay: Duration,
    /// From how many members on a supergroup's messages and updates bring people whom the receiver has not met as `min`.
    pub min_from: usize,
    /// How many members a channel or supergroup may have.
    pub channel_size: usize,
    /// How many messages and updates one difference may hold before it comes as a slice.
    pub difference_slice: usize,
    /// Above how many events a difference is "too long".
    pub difference_limit: usize,
    /// Remember the sizes of uploaded parts but not their bytes, which read as zeros; for tests that move gigabytes.
    pub discard_uploads: bool,
    /// Whether a second live connection with the same key, sending beside the first, costs the key.
    pub one_connection_a_key: bool,
}

impl Options {
    /// All data centres once, the default one first.
    pub fn all_dcs(&self) -> Vec<i32> {
        let mut all = vec![self.dc];
        for dc in &self.dcs {
            if !all.contains(dc) {
                all.push(*dc);
            }
        }
        all
    }

    /// Where somebody with this phone signs up: phones are 99966X…, X being the data centre, as on the
    /// [test servers](https://core.telegram.org/api/auth#test-accounts); anybody else gets the default one.
    pub fn home_of(&self, phone: &str) -> i32 {
        let digit = phone
            .strip_prefix("99966")
            .and_then(|rest| rest.chars().next());
        let named = digit.and_then(|c| c.to_digit(10)).map(u32::cast_signed);
        named
            .filter(|dc| self.all_dcs().contains(dc))
            .unwrap_or(self.dc)
    }

    /// Where the ready-made accounts live that do not live in the default data centre: the last one.
    pub(crate) fn far_dc(&self) -> i32 {
        self.all_dcs().pop().unwrap_or(self.dc)
    }

    /// Where statistics are kept.
    pub(crate) fn stats_dc(&self) -> i32 {
        Some(self.stats_dc)
            .filter(|dc| self.all_dcs().contains(dc))
            .unwrap_or(self.dc)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            dc: 2,
            dcs: vec![2, 1, 4],
            stats_dc: 1,
            api_id: 17_349,
            api_hash: "344583e45741c457fe1862106095a5eb".into(),
            code: "22222".into(),
            email_code: "654321".into(),
            keep: None,
            salt_lifetime: Duration::from_secs(30 * 60),
            resend_after: Duration::from_secs(60),
            reference_lifetime: Duration::from_secs(6 * 3600),
            code_lifetime: Duration::from_secs(5 * 60),
            token_lifetime: Duration::from_secs(30),
            edit_time: Duration::from_secs(48 * 3600),
            gzip_above: Some(1024),
            announce_above: 16 * 1024,
            flood_limit: None,
            flood_window: Duration::from_secs(10),
            guess_limit: Some(20),
            guess_window: Duration::from_secs(24 * 3600),
            transfer_limit: None,
            takeout_delay: Duration::ZERO,
            min_from: 20,
            channel_size: 200_000,
            difference_slice: 100,
            difference_limit: 5000,
            discard_uploads: false,
            one_connection_a_key: true,
        }
    }
}
