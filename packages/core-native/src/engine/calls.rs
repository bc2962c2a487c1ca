//! Every call on an engine, written once: [`Engine`] asks for how its shards are come by, which is all that differs between
//! one that a thread has to itself and one that threads share.
#![forbid(unsafe_code)]

use crate::clock::Given;
use crate::engine::policy::Policy;
use crate::engine::policy_changes::CallLimit;
use crate::engine::shard::{Answer, Counts, Shard};
use crate::engine::shared::Frame;
use crate::engine::shared::places::Newcomer;
use crate::engine::snapshot::{Damage, Snapshot};
use crate::engine::units::Units;

/// What a call does with its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Takes them if they fit.
    Check,
    /// Only tells.
    Peek,
    /// Takes them to be settled.
    Reserve,
}

/// A call that is not just a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'call> {
    /// What it takes.
    pub units: Units<'call>,
    /// Limits of its own, one per policy.
    pub limits: Option<&'call [CallLimit]>,
}

/// All shards of an engine, held at one time.
pub struct Whole<'held> {
    /// By their numbers.
    pub shards: Vec<&'held mut Shard>,
    /// The most keys that they hold together.
    pub max_keys: usize,
    /// Of the fingerprints that name keys.
    pub seed: [u64; 2],
    /// Where it is set, keys are named by this one from here on: the shards hold what a snapshot has said.
    pub restored_seed: Option<[u64; 2]>,
}

/// The number of the shard that holds an id, of a power of two of them. The top bits of an id are the tables' tags and shares;
/// its low ones are free.
#[inline]
#[must_use]
#[allow(clippy::cast_possible_truncation)] // masked
pub fn number_of(id: u64, shards: usize) -> usize {
    id as usize & (shards - 1)
}

/// Shards, and what is asked of them. The first six say how they are come by; the others follow from those.
pub trait Engine {
    /// Its time.
    fn frame(&self) -> &Frame;

    /// Takes the cost if it fits: the call that all others are rare beside.
    fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool;

    /// Takes the cost from each key in turn: 1 where it was allowed.
    fn take_many(&self, keys: &[&[u16]], cost: u64, given_ms: Option<i64>) -> Vec<u8>;

    /// Asks the shard of a key, with the key's id. `newcomer`: what the call is to a key that is not held.
    fn with_shard<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64) -> R,
    ) -> R;

    /// Asks one shard after the other until one has an answer.
    fn find_map<R>(&self, ask: impl FnMut(&mut Shard) -> Option<R>) -> Option<R>;

    /// Asks all shards at one time.
    fn with_all<R>(&self, ask: impl FnOnce(&mut Whole) -> R) -> R;

    /// Asks the shard of a key, with the key's id and the time.
    fn with_key<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64, u64) -> R,
    ) -> R {
        let now = self.frame().exactly(given_ms);
        self.with_shard(key, given_ms, newcomer, |shard, id| ask(shard, id, now.0))
    }

    /// Takes the cost if it fits, and tells how the key stands.
    fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_key(key, given_ms, comes, |shard, id, now_ms| {
            let outcome = shard.take(id, cost, &Given(now_ms));
            shard.answer(outcome, cost.into(), None, now_ms)
        })
    }

    /// Takes the cost if it fits, and notes it as open to be settled under the number that is answered.
    fn reserve(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> (Answer, u64) {
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_key(key, given_ms, comes, |shard, id, now_ms| {
            let (outcome, number) = shard.reserve(id, cost.into(), None, &Given(now_ms));
            (shard.answer(outcome, cost.into(), None, now_ms), number)
        })
    }

    /// Takes, peeks or reserves by units that may differ by policy, and by limits that may be the call's own.
    fn call(&self, kind: Kind, key: &[u16], call: Call, given_ms: Option<i64>) -> (Answer, u64) {
        let newcomer = |shard: &Shard| match shard.comes(call.units) {
            Newcomer::Comes if kind == Kind::Peek => Newcomer::Foreseen,
            newcomer => newcomer,
        };
        self.with_key(key, given_ms, newcomer, |shard, id, now_ms| {
            let policy_set = shard.policy_set_of(call.limits, now_ms);
            let (now, by) = (Given(now_ms), policy_set.as_ref());
            let (outcome, number) = match kind {
                Kind::Peek => return (shard.peek(id, call.units, by, now_ms), 0),
                Kind::Check => (shard.take_by(id, call.units, by, &now), 0),
                Kind::Reserve => shard.reserve(id, call.units, by, &now),
            };
            (shard.answer(outcome, call.units, by, now_ms), number)
        })
    }

    /// Settles what was reserved by a call: `actual` in the place of its units.
    fn settle(&self, key: &[u16], number: u64, call: Call, actual: Units, given_ms: Option<i64>) {
        let newcomer = |shard: &Shard| {
            let takes = actual.exceeds(call.units, shard.policies_len());
            if takes { Newcomer::Comes } else { Newcomer::None }
        };
        self.with_key(key, given_ms, newcomer, |shard, id, now_ms| {
            let policy_set = shard.policy_set_of(call.limits, now_ms);
            shard.settle(id, number, (call.units, actual), policy_set.as_ref(), now_ms);
        });
    }

    /// What `check` would decide now, and how the key stands without it.
    fn peek(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let foreseen = |_: &Shard| Newcomer::Foreseen;
        self.with_key(key, given_ms, foreseen, |shard, id, now_ms| shard.peek(id, cost.into(), None, now_ms))
    }

    /// Forgets the key; whether it had live state.
    fn reset(&self, key: &[u16], given_ms: Option<i64>) -> bool {
        self.with_key(key, given_ms, |_| Newcomer::None, Shard::reset)
    }

    /// Blocks the key for that long at least; whether there was room to hold it.
    fn block(&self, key: &[u16], ms: u64, given_ms: Option<i64>) -> bool {
        self.with_key(key, given_ms, |_| Newcomer::Comes, |shard, id, now_ms| shard.block(id, ms, now_ms))
    }

    /// The engine's own time, as a reading that calls could hand in.
    fn now_ms(&self) -> u64 {
        self.frame().own_reading_ms()
    }

    /// Asks each shard, one after the other.
    fn each(&self, mut ask: impl FnMut(&mut Shard)) {
        self.find_map(|shard| {
            ask(shard);
            None::<()>
        });
    }

    /// Forgets all keys.
    fn clear(&self) {
        self.each(Shard::clear);
    }

    /// Drops all that has expired and answers how many entries went.
    fn cleanup_expired(&self, given_ms: Option<i64>) -> usize {
        let now = self.frame().exactly(given_ms);
        let mut dropped = 0;
        self.each(|shard| dropped += shard.cleanup_expired(now.0));
        dropped
    }

    /// Entries held, evictions, and what came of all calls.
    fn stats(&self) -> (usize, u64, Counts) {
        let (mut active_keys, mut evictions) = (0, 0);
        let mut counts = Counts { denied: vec![0; self.policies().len()], ..Counts::default() };
        self.each(|shard| {
            active_keys += shard.len();
            evictions += shard.evictions();
            counts.add(&shard.counts);
        });
        (active_keys, evictions, counts)
    }

    /// The policies that decide.
    fn policies(&self) -> Vec<Policy> {
        self.find_map(|shard| Some(shard.policies())).unwrap_or_default()
    }

    /// Decides by other policies from here on, for all threads at once.
    fn update(&self, policies: &[Policy], given_ms: Option<i64>) {
        self.with_all(|whole| {
            // Not before the shards are held: another thread may have taken from one while this one waited for it.
            let now = self.frame().exactly(given_ms);
            whole.shards.iter_mut().for_each(|shard| shard.update(policies, now.0));
        });
    }

    /// All that is live, as bytes.
    fn snapshot(&self, given_ms: Option<i64>) -> Vec<u8> {
        let snapshot = self.with_all(|Whole { shards, seed, .. }| {
            let now = self.frame().exactly(given_ms);
            Snapshot {
                policies: shards.first().map(|shard| shard.policies()).unwrap_or_default(),
                keeps: shards.iter().any(|shard| shard.keeps()),
                seed: *seed,
                entries: shards.iter_mut().flat_map(|shard| shard.kept(now.0)).collect(),
            }
        });
        snapshot.to_bytes()
    }

    /// Holds what bytes say, in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be; nothing changes then.
    fn restore(&self, bytes: &[u8], given_ms: Option<i64>) -> Result<(), Damage> {
        self.with_all(|Whole { shards, max_keys, restored_seed, .. }| {
            let now = self.frame().exactly(given_ms);
            let Some(first) = shards.first() else { return Ok(()) };
            let snapshot = Snapshot::from_bytes(bytes, &first.policies(), first.state_words())?;
            if snapshot.entries.len() > *max_keys {
                return Err(Damage::TooMany { keys: snapshot.entries.len(), most: *max_keys });
            }
            let mut parts = vec![Vec::new(); shards.len()];
            for kept in &snapshot.entries {
                if let Some(part) = parts.get_mut(number_of(kept.id, shards.len())) {
                    part.push(kept);
                }
            }
            let restored = shards.iter().zip(&parts).map(|(shard, part)| shard.restored(part, now.0));
            let restored = restored.collect::<Result<Vec<_>, _>>()?;
            shards.iter_mut().zip(restored).for_each(|(shard, entries)| shard.replace(entries, snapshot.keeps));
            *restored_seed = Some(snapshot.seed);
            Ok(())
        })
    }
}
