//! What a sandbox can be told before it starts.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a sandbox; [`Options::default`] is what the binary runs with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Everything random comes from it: identifiers, access hashes, keys.
    pub seed: u64,
    /// The data centre that the server says it is.
    pub dc: i32,
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
    /// How many messages and updates one difference may hold before it comes as a slice.
    pub difference_slice: usize,
    /// Above how many events a difference is "too long".
    pub difference_limit: usize,
    /// Remember the sizes of uploaded parts but not their bytes, which read as zeros; for tests that move gigabytes.
    pub discard_uploads: bool,
    /// Whether a second live connection with the same key, sending beside the first, costs the key.
    pub one_connection_a_key: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            dc: 2,
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
            difference_slice: 100,
            difference_limit: 5000,
            discard_uploads: false,
            one_connection_a_key: true,
        }
    }
}
