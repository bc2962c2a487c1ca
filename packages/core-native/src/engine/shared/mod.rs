//! What all limiters of one shared name have in common: what decides, the entries, the time.
#![forbid(unsafe_code)]

mod locks;
pub mod places;
mod seed;
mod spec;

pub use spec::{Frame, Spec};

use crate::clock::Now;
use crate::engine::policy::Policy;
use crate::engine::shard::{Answer, Counts, Shard};
use crate::engine::shared::places::{Budget, Newcomer};
use crate::engine::shared::seed::SharedSeed;
use crate::engine::snapshot::{Damage, Snapshot};
use crate::fingerprint::Fingerprint;
use dashmap::DashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

/// One set of entries for all threads, in shards that are locked apart. Each is made when its first key comes.
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
        Ok(Self { frame: Frame::new(&spec), seed, shards, count, budget, spec })
    }

    /// Its time.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Takes the cost if it fits.
    #[must_use]
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_shard(key, given_ms, comes, |shard, id| match given_ms {
            None => shard.take(id, cost, self.frame.own()).allowed,
            Some(ms) => shard.take(id, cost, &self.frame.given(ms)).allowed,
        })
    }

    /// Takes the cost if it fits, and tells how the key stands.
    #[must_use]
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let now = self.frame.exactly(given_ms);
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_shard(key, given_ms, comes, |shard, id| {
            let outcome = shard.take(id, cost, &now);
            shard.answer(outcome, cost.into(), None, now.0)
        })
    }

    /// Does something with the entry of one key, at the time that it is. `newcomer`: what it is to a key that is not held.
    pub fn with_key<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64, u64) -> R,
    ) -> R {
        let now = self.frame.exactly(given_ms);
        self.with_shard(key, given_ms, newcomer, |shard, id| ask(shard, id, now.0))
    }

    /// Does something with each shard, at the time that it is, and adds up what comes of it.
    pub fn sum(&self, given_ms: Option<i64>, ask: impl Fn(&mut Shard, u64) -> usize) -> usize {
        let now = self.frame.exactly(given_ms);
        self.made().map(|mut shard| ask(&mut shard, now.0)).sum()
    }

    /// Decides by other policies, for all threads at once.
    pub fn update(&self, policies: &[Policy], given_ms: Option<i64>) {
        let (shards, now) = self.lock_all(given_ms);
        for mut shard in shards {
            shard.update(policies, now.0);
        }
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.shard(0).policies()
    }

    /// All that is live.
    #[must_use]
    pub fn snapshot(&self, given_ms: Option<i64>) -> Snapshot {
        let (mut shards, now) = self.lock_all(given_ms);
        let policies = shards.first().map(|shard| shard.policies()).unwrap_or_default();
        let entries = shards.iter_mut().flat_map(|shard| shard.kept(now.0)).collect();
        let keeps = shards.iter().any(|shard| shard.keeps());
        Snapshot { keeps, policies, seed: self.seed.read().0.seed, entries }
    }

    /// Holds what bytes say, in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be; nothing changes then.
    pub fn restore(&self, bytes: &[u8], given_ms: Option<i64>) -> Result<(), Damage> {
        let (mut shards, now) = self.lock_all(given_ms);
        let Some(first) = shards.first() else { return Ok(()) };
        let snapshot = Snapshot::from_bytes(bytes, &first.policies(), first.state_words())?;
        let (keys, most) = (snapshot.entries.len(), self.spec.max_keys);
        if keys > most {
            return Err(Damage::TooMany { keys, most });
        }
        let mut restored = Vec::new();
        for (number, shard) in shards.iter().enumerate() {
            let own = snapshot.entries.iter().filter(|kept| self.number_of(kept.id) == number);
            restored.push(shard.restored(&own.collect::<Vec<_>>(), now.0)?);
        }
        shards.iter_mut().zip(restored).for_each(|(shard, entries)| shard.replace(entries, snapshot.keeps));
        if let Some(budget) = &self.budget {
            budget.reset(most - keys);
            (0..self.count).for_each(|number| budget.note_unknown(number));
        }
        // Before the locks are given back: who has named a key by the old seed sees it once it holds one.
        self.seed.write(Fingerprint { seed: snapshot.seed });
        Ok(())
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
        self.made().any(|mut shard| shard.has_live(now))
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

    /// What came of all calls.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let none = || Counts { denied: vec![0; self.spec.policies.len()], ..Counts::default() };
        self.made().map(|shard| shard.counts.clone()).reduce(|sum, own| sum.plus(&own)).unwrap_or_else(none)
    }
}

impl Counts {
    fn plus(mut self, other: &Self) -> Self {
        self.allowed += other.allowed;
        self.blocked += other.blocked;
        self.rejected_full += other.rejected_full;
        self.denied.iter_mut().zip(&other.denied).for_each(|(sum, denied)| *sum += denied);
        self
    }
}

#[cfg(test)]
mod room_tests;
#[cfg(test)]
mod tests;
