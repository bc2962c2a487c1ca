//! What is about a limiter as a whole: its policies, a snapshot, statistics.
#![forbid(unsafe_code)]

use super::{Alone, Limiter};
use crate::engine::last_key::LastKey;
use crate::engine::policy::Policy;
use crate::engine::shard::Counts;
use crate::engine::snapshot::{Damage, Snapshot};
use crate::fingerprint::Fingerprint;

impl Limiter {
    /// Decides by other policies from here on.
    pub fn update(&self, policies: &[Policy], given_ms: Option<i64>) {
        match self {
            Self::Alone(alone) => {
                let Alone { frame, shard, .. } = &mut *alone.borrow_mut();
                shard.update(policies, frame.exactly(given_ms).0);
            }
            Self::Shared(shared) => shared.update(policies, given_ms),
        }
    }

    /// All that is live, as bytes.
    #[must_use]
    pub fn snapshot(&self, given_ms: Option<i64>) -> Vec<u8> {
        let snapshot = match self {
            Self::Alone(alone) => {
                let Alone { frame, fingerprint, shard, .. } = &mut *alone.borrow_mut();
                let entries = shard.kept(frame.exactly(given_ms).0);
                Snapshot { policies: shard.policies(), keeps: shard.keeps(), seed: fingerprint.seed, entries }
            }
            Self::Shared(shared) => shared.snapshot(given_ms),
        };
        snapshot.to_bytes()
    }

    /// Holds what bytes say, in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be; nothing changes then.
    pub fn restore(&self, bytes: &[u8], given_ms: Option<i64>) -> Result<(), Damage> {
        match self {
            Self::Alone(alone) => {
                let Alone { frame, fingerprint, shard, last_key } = &mut *alone.borrow_mut();
                let snapshot = Snapshot::from_bytes(bytes, &shard.policies(), shard.state_words())?;
                let entries =
                    shard.restored(&snapshot.entries.iter().collect::<Vec<_>>(), frame.exactly(given_ms).0)?;
                shard.replace(entries, snapshot.keeps);
                *fingerprint = Fingerprint { seed: snapshot.seed };
                *last_key = LastKey::default();
                Ok(())
            }
            Self::Shared(shared) => shared.restore(bytes, given_ms),
        }
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        match self {
            Self::Alone(alone) => alone.borrow().shard.policies(),
            Self::Shared(shared) => shared.policies(),
        }
    }

    /// Entries held, evictions, and what came of all calls.
    #[must_use]
    pub fn stats(&self) -> (usize, u64, Counts) {
        let active_keys = self.sum(None, |shard, _| shard.len());
        let evictions = self.sum(None, |shard, _| usize::try_from(shard.evictions()).unwrap_or(usize::MAX)) as u64;
        let counts = match self {
            Self::Alone(alone) => alone.borrow().shard.counts.clone(),
            Self::Shared(shared) => shared.counts(),
        };
        (active_keys, evictions, counts)
    }
}
