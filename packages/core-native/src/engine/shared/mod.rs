//! What all limiters of one shared name have in common: what decides, the entries, the time.
#![forbid(unsafe_code)]

mod locks;
pub mod places;
mod seed;
mod spec;

pub use spec::{Frame, Spec};

use crate::clock::Now;
use crate::engine::calls::Engine;
use crate::engine::shard::Shard;
use crate::engine::shared::places::Budget;
use crate::engine::shared::seed::SharedSeed;
use crate::fingerprint::Fingerprint;
use dashmap::DashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

/// One set of entries for all threads, in shards that are locked apart. The first is made at once, each
/// other when its first key comes.
pub struct Shared {
    /// What it was made of, which whoever joins has to ask for too.
    pub spec: Spec,
    frame: Frame,
    seed: SharedSeed,
    shards: DashMap<usize, Shard, ByNumber>,
    count: usize,
    /// What the shards draw their places from; none where there is one shard.
    budget: Option<Arc<Budget>>,
}

/// Enough that two threads seldom meet.
const SHARDS: usize = 64;
/// Fewer keys are one shard: among them equals are evicted in the order in which they came, as without threads. Of more,
/// those of one shard are; between shards it is who ranks lowest, as of what each was seen to hold last.
const KEYS_FOR_SHARDS: usize = 1 << 13;

/// A map has a lock for each of its own parts, and finds them by the bits of a hash below the seven highest: of its 32 low
/// bits, where a pointer has no more. So each number of ours has a part, and a lock, to itself.
#[derive(Clone, Copy, Default)]
struct ByNumber(u64);

impl BuildHasher for ByNumber {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self::default()
    }
}

impl Hasher for ByNumber {
    fn write(&mut self, _bytes: &[u8]) {}

    fn write_usize(&mut self, number: usize) {
        self.0 = (number << (usize::BITS - 7 - SHARDS.trailing_zeros())) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Shared {
    /// Empty, from now on.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new(spec: Spec) -> Result<Self, getrandom::Error> {
        let count = if spec.max_keys < KEYS_FOR_SHARDS { 1 } else { SHARDS };
        let budget = (count > 1).then(|| Arc::new(Budget::new(spec.max_keys, count)));
        let seed = SharedSeed::new(Fingerprint::seeded()?);
        let shards = DashMap::with_hasher_and_shard_amount(ByNumber::default(), SHARDS);
        let shared = Self { frame: Frame::new(&spec), seed, shards, count, budget, spec };
        drop(shared.shard(0));
        Ok(shared)
    }

    /// Whether anything in it counts still, so long after somebody held it.
    ///
    /// Nobody reads an injected clock meanwhile: it is taken to go on as real time does.
    #[must_use]
    pub fn is_live(&self, unheld: Duration) -> bool {
        let unheld_ms = u64::try_from(unheld.as_millis()).unwrap_or(u64::MAX);
        let now = |passed_ms: u64| match self.spec.given_origin_ms {
            None => self.frame.own().exact_ms(),
            Some(_) => passed_ms.saturating_add(unheld_ms),
        };
        self.find_map(|shard| shard.has_live(now).then_some(())).is_some()
    }

    /// Whether a limiter of that spec can go on with what is counted here.
    #[must_use]
    pub fn can_go_on_as(&self, asked: &Spec) -> bool {
        let algorithms = |spec: &Spec| spec.policies.iter().map(|policy| policy.algorithm).collect::<Vec<_>>();
        algorithms(&self.spec) == algorithms(asked)
            && self.spec.given_origin_ms.is_some() == asked.given_origin_ms.is_some()
            && (self.spec.max_keys, self.spec.admits_when_full) == (asked.max_keys, asked.admits_when_full)
    }

    /// Decides by the numbers of a spec that it can go on as; all that is counted stays.
    pub fn go_on_as(&mut self, asked: Spec) {
        if self.spec.policies == asked.policies || self.policies() == asked.policies {
            return;
        }
        self.update(&asked.policies, asked.given_origin_ms);
        self.spec.policies = asked.policies;
    }
}

#[cfg(test)]
mod room_tests;
#[cfg(test)]
mod tests;
