//! What one limiter in JavaScript holds: the engine, alone or shared, and a tally of its own.
#![forbid(unsafe_code)]

use crate::engine::{Answer, Engine};
use crate::tally::{Sums, Tally};
use std::sync::Arc;

/// Used by one thread only, the one of the limiter's JavaScript.
pub struct Handle {
    engine: Arc<Engine>,
    tally: Arc<Tally>,
}

/// A call sweeps a little each so many: all shards have had their turn after 8,192 calls.
const CALLS_PER_SWEEP: u64 = 64;

impl Handle {
    /// Holds the engine until it is dropped.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        let tally = engine.tallies.open();
        Self { engine, tally }
    }

    /// Takes the cost if it fits.
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let allowed = self.engine.take(key, cost, given_ms);
        self.count(allowed, given_ms);
        allowed
    }

    /// Takes the cost if it fits, and tells how the key stands.
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let answer = self.engine.check(key, cost, given_ms);
        self.count(answer.allowed, given_ms);
        answer
    }

    /// The engine, for calls that are not counted.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What all handles of the engine have counted.
    #[must_use]
    pub fn sums(&self) -> Sums {
        self.engine.tallies.sums()
    }

    fn count(&self, allowed: bool, given_ms: Option<i64>) {
        if self.tally.count(allowed).is_multiple_of(CALLS_PER_SWEEP) {
            self.engine.sweep_a_little(given_ms);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.engine.tallies.close(&self.tally);
    }
}
