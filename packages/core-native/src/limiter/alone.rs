//! An engine that one thread has to itself: one shard without a lock, and the last key that was asked for.
#![forbid(unsafe_code)]

use super::last_key::LastKey;
use crate::clock::Now;
use crate::engine::calls::{Engine, Whole};
use crate::engine::shard::Shard;
use crate::engine::shared::places::{Newcomer, Places};
use crate::engine::shared::{Frame, Spec};
use crate::fingerprint::Fingerprint;
use std::cell::RefCell;

/// What one thread has to itself.
pub struct Alone {
    frame: Frame,
    max_keys: usize,
    own: RefCell<Own>,
}

/// What calls change.
struct Own {
    fingerprint: Fingerprint,
    shard: Shard,
    last_key: LastKey,
}

impl Alone {
    /// Empty, from now on.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new(spec: &Spec) -> Result<Self, getrandom::Error> {
        let own = Own {
            fingerprint: Fingerprint::seeded()?,
            shard: spec.shard(0, 1, Places::Own(spec.max_keys)),
            last_key: LastKey::default(),
        };
        Ok(Self { frame: Frame::new(spec), max_keys: spec.max_keys, own: RefCell::new(own) })
    }

    /// What it takes of memory.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.own.borrow().shard.bytes()
    }
}

impl Engine for Alone {
    #[inline]
    fn frame(&self) -> &Frame {
        &self.frame
    }

    #[inline]
    fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let own = &mut *self.own.borrow_mut();
        match given_ms {
            None => own.take(key, cost, self.frame.own()),
            Some(ms) => own.take(key, cost, &self.frame.given(ms)),
        }
    }

    fn take_many(&self, keys: &[&[u16]], cost: u64, given_ms: Option<i64>) -> Vec<u8> {
        let Own { fingerprint, shard, .. } = &mut *self.own.borrow_mut();
        let ids: Vec<_> = keys.iter().map(|key| fingerprint.of(key)).collect();
        shard.take_many(&ids, cost, &self.frame.exactly(given_ms))
    }

    #[inline]
    fn with_shard<R>(
        &self,
        key: &[u16],
        _: Option<i64>,
        _: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64) -> R,
    ) -> R {
        let Own { fingerprint, shard, last_key } = &mut *self.own.borrow_mut();
        let id = last_key.id(key, fingerprint);
        ask(shard, id)
    }

    fn find_map<R>(&self, mut ask: impl FnMut(&mut Shard) -> Option<R>) -> Option<R> {
        ask(&mut self.own.borrow_mut().shard)
    }

    fn with_all<R>(&self, ask: impl FnOnce(&mut Whole) -> R) -> R {
        let Own { fingerprint, shard, last_key } = &mut *self.own.borrow_mut();
        let seed = fingerprint.seed;
        let mut whole = Whole { shards: vec![shard], max_keys: self.max_keys, seed, restored_seed: None };
        let answer = ask(&mut whole);
        if let Some(seed) = whole.restored_seed {
            *fingerprint = Fingerprint { seed };
            *last_key = LastKey::default();
        }
        answer
    }
}

impl Own {
    #[inline]
    fn take(&mut self, key: &[u16], cost: u64, clock: &impl Now) -> bool {
        let Self { fingerprint, shard, last_key } = self;
        let id = last_key.id(key, fingerprint);
        if let Some(binding) = last_key.denies(cost, shard.forgotten(), clock) {
            shard.reclaim_some(clock.rough_ms());
            shard.count_denial(binding);
            return false;
        }
        let outcome = shard.take(id, cost, clock);
        if let (false, Some(slot)) = (outcome.allowed, outcome.slot) {
            let (until_ms, binding) = shard.denied_until(slot, cost, clock.exact_ms());
            last_key.deny(cost, until_ms, binding, shard.forgotten());
        }
        outcome.allowed
    }
}
