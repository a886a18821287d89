//! What tests may change about the machinery: switch one mechanism off, to show that its absence is noticed, and have
//! the invariants checked in optimised builds as well.

/// A mechanism that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// What the server sends is not acknowledged.
    Acks,
    /// Updates that are missing are not fetched.
    GapRepair,
    /// A message of the server that comes twice is processed twice.
    Dedupe,
    /// A request that the server says it has not received is not sent again.
    Resend,
    /// The salt that the server names is not taken.
    SaltUpdate,
    /// The server is not asked what became of requests whose connection was lost.
    StateRequest,
}

impl Broken {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Acks,
        Self::GapRepair,
        Self::Dedupe,
        Self::Resend,
        Self::SaltUpdate,
        Self::StateRequest,
    ];
}

/// How an engine differs from one that is used: not at all, unless the feature `internals` is on and a test says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Testing {
    #[cfg(feature = "internals")]
    broken: Option<Broken>,
    #[cfg(feature = "internals")]
    watched: bool,
}

#[cfg(feature = "internals")]
impl Testing {
    /// One mechanism is switched off.
    #[must_use]
    pub fn broken(mut self, mechanism: Option<Broken>) -> Self {
        self.broken = mechanism;
        self
    }

    /// What has to hold is checked after every step, as it is in debug builds.
    #[must_use]
    pub fn watched(mut self) -> Self {
        self.watched = true;
        self
    }
}

#[cfg_attr(
    not(feature = "internals"),
    allow(
        clippy::unused_self,
        clippy::trivially_copy_pass_by_ref,
        reason = "there is nothing to look at"
    )
)]
impl Testing {
    pub(crate) fn lacks(&self, mechanism: Broken) -> bool {
        #[cfg(feature = "internals")]
        return self.broken == Some(mechanism);
        #[cfg(not(feature = "internals"))]
        {
            let _ = mechanism;
            false
        }
    }

    pub(crate) fn is_watched(&self) -> bool {
        #[cfg(feature = "internals")]
        return self.watched || cfg!(debug_assertions);
        #[cfg(not(feature = "internals"))]
        cfg!(debug_assertions)
    }
}
