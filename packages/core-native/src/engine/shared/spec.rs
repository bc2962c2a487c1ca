//! What an engine is made of, and its time.
#![forbid(unsafe_code)]

use crate::clock::{Given, Now, OwnClock, START_MS};
use crate::engine::policy::Policy;
use crate::engine::shard::{Numbers, Shard};
use crate::engine::shared::places::Places;

/// What an engine is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// All policies, in the order given.
    pub policies: Vec<Policy>,
    /// The most entries that are held.
    pub max_keys: usize,
    /// Whether a new key is admitted where nothing can go.
    pub admits_when_full: bool,
    /// The clock's reading at the start, where each call hands its time in.
    pub given_origin_ms: Option<i64>,
}

impl Spec {
    /// A shard, one of so many.
    #[must_use]
    pub fn shard(&self, number: usize, shards: usize, places: Places) -> Shard {
        let numbers = Numbers { last: number as u64, step: shards as u64 };
        Shard::new(&self.policies, places, self.admits_when_full, numbers)
    }
}

/// The time of one engine.
pub struct Frame {
    clock: OwnClock,
    given_origin_ms: i64,
}

impl Frame {
    /// From now on.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        Self { clock: OwnClock::start(), given_origin_ms: spec.given_origin_ms.unwrap_or(0) }
    }

    /// The engine's own clock.
    #[must_use]
    pub fn own(&self) -> &OwnClock {
        &self.clock
    }

    /// What the own clock says, as a reading that could be handed in.
    #[must_use]
    pub fn own_reading_ms(&self) -> u64 {
        self.clock.exact_ms() - START_MS
    }

    /// A reading before the origin can come from another thread's clock only; no time has passed then.
    #[must_use]
    pub fn given(&self, ms: i64) -> Given {
        Given(START_MS + u64::try_from(ms.saturating_sub(self.given_origin_ms)).unwrap_or(0))
    }

    /// The time, to the millisecond.
    #[must_use]
    pub fn exactly(&self, given_ms: Option<i64>) -> Given {
        given_ms.map_or_else(|| Given(self.clock.exact_ms()), |ms| self.given(ms))
    }
}
