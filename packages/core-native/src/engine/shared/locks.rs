//! Where the locks are taken: the shard of one key, or all of them.
#![forbid(unsafe_code)]

use super::places::{Budget, Hint, Newcomer, Places};
use super::{Frame, Shared};
use crate::engine::calls::{Engine, Whole, number_of};
use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::shard::Shard;
use crate::fingerprint::Fingerprint;
use dashmap::mapref::one::RefMut;
use std::sync::Arc;

/// A shard, under its lock.
pub(super) type Held<'shared> = RefMut<'shared, usize, Shard>;

impl Engine for Shared {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        self.take_by(|fingerprint| fingerprint.of(key), cost, given_ms)
    }

    fn take_many(&self, keys: &[&[u16]], cost: u64, given_ms: Option<i64>) -> Vec<u8> {
        keys.iter().map(|key| u8::from(self.take(key, cost, given_ms))).collect()
    }

    fn with_shard<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64) -> R,
    ) -> R {
        self.with_shard_by(|fingerprint| fingerprint.of(key), given_ms, newcomer, ask)
    }

    fn find_map<R>(&self, mut ask: impl FnMut(&mut Shard) -> Option<R>) -> Option<R> {
        (0..self.count).find_map(|number| ask(&mut *self.shards.get_mut(&number)?))
    }

    /// In the order of their numbers, so that two threads don't wait for each other. Those that no key has come to yet are
    /// made, so that none is made meanwhile by what was.
    fn with_all<R>(&self, ask: impl FnOnce(&mut Whole) -> R) -> R {
        let mut held: Vec<_> = (0..self.count).map(|number| self.shard(number)).collect();
        let shards = held.iter_mut().map(|shard| &mut **shard).collect();
        let seed = self.seed.read().0.seed;
        let mut whole = Whole { shards, max_keys: self.spec.max_keys, seed, restored_seed: None };
        let answer = ask(&mut whole);
        if let Some(budget) = &self.budget {
            (0..self.count).for_each(|number| budget.note_unknown(number));
        }
        if let Some(seed) = whole.restored_seed {
            if let Some(budget) = &self.budget {
                let keys: usize = whole.shards.iter().map(|shard| shard.len()).sum();
                budget.reset(whole.max_keys - keys);
            }
            // Before the locks are given back: who has named a key by the old seed sees it once it holds one.
            self.seed.write(Fingerprint { seed });
        }
        answer
    }
}

impl Shared {
    /// [`Engine::take`] of a key that is known by its id under a seed.
    #[inline]
    pub fn take_by(&self, id_of: impl Fn(&Fingerprint) -> u64, cost: u64, given_ms: Option<i64>) -> bool {
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_shard_by(id_of, given_ms, comes, |shard, id| match given_ms {
            None => shard.take(id, cost, self.frame.own()).allowed,
            Some(ms) => shard.take(id, cost, &self.frame.given(ms)).allowed,
        })
    }

    /// [`Engine::with_shard`] of a key that is known by its id under a seed. The seed may change meanwhile, so it may ask
    /// more than once.
    pub fn with_shard_by<R>(
        &self,
        id_of: impl Fn(&Fingerprint) -> u64,
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64) -> R,
    ) -> R {
        let mut is_foreseen = false;
        loop {
            let (fingerprint, epoch) = self.seed.read();
            let id = id_of(&fingerprint);
            let number = number_of(id, self.count);
            let mut shard = self.shard(number);
            if self.seed.epoch() != epoch {
                continue; // a restore came between
            }
            let Some(budget) = &self.budget else { return ask(&mut shard, id) };
            if !shard.is_full() {
                budget.note_unknown(number);
                return ask(&mut shard, id);
            }
            if !shard.holds(id) {
                let now_ms = self.frame.exactly(given_ms).0;
                match newcomer(&shard) {
                    Newcomer::Foreseen if !is_foreseen => {
                        drop(shard);
                        self.note_hints(budget, now_ms);
                        is_foreseen = true;
                        continue;
                    }
                    Newcomer::Foreseen | Newcomer::None => {}
                    Newcomer::Comes => match self.with_place(shard, number, budget, epoch, now_ms) {
                        Some(held) => shard = held,
                        None => continue,
                    },
                }
            }
            let answer = ask(&mut shard, id);
            budget.note(number, shard.hint());
            shard.places().give(0);
            return answer;
        }
    }

    /// A full shard, with the place of another one's key in hand where that one should go first. `None`: a restore came
    /// between.
    #[cold]
    fn with_place<'shared>(
        &'shared self,
        mut shard: Held<'shared>,
        number: usize,
        budget: &Budget,
        epoch: u64,
        now_ms: u64,
    ) -> Option<Held<'shared>> {
        let own = shard.hint();
        budget.note(number, own); // what is told of room reads all hints
        let own = own.map(|hint| hint.at(now_ms)).filter(|hint| hint.rank < PROTECTED_RANK);
        if elsewhere(budget, number, own, now_ms).is_none() {
            return Some(shard);
        }
        drop(shard); // nobody ever holds two, so nobody waits for another in a circle
        let drawn = self.let_one_go(budget, number, own, now_ms);
        shard = self.shard(number);
        // A restore has counted all places anew, also the one in hand.
        if drawn == Some(self.seed.epoch()) {
            shard.places().keep(1);
        }
        if self.seed.epoch() != epoch {
            shard.places().give(0);
            return None;
        }
        Some(shard)
    }

    /// Lets one entry of another shard go that should go before `own`. By what each was seen to hold last: where it holds
    /// no such entry any more, that is noted, and the next one is asked. Answers the epoch in which the place came into hand.
    fn let_one_go(&self, budget: &Budget, number: usize, own: Option<Hint>, now_ms: u64) -> Option<u64> {
        for _ in 0..=self.count {
            let (other, said) = elsewhere(budget, number, own, now_ms)?;
            let mut shard = self.shard(other);
            let goes = shard.let_one_go(said, now_ms);
            budget.note(other, shard.hint());
            if goes {
                return Some(self.seed.epoch());
            }
        }
        None
    }

    /// Notes what each shard would let go of, where that may be another than it was.
    fn note_hints(&self, budget: &Budget, now_ms: u64) {
        for (number, _) in budget.due(now_ms) {
            let mut shard = self.shard(number);
            shard.reclaim_some(now_ms);
            budget.note(number, shard.hint());
        }
    }

    pub(super) fn shard(&self, number: usize) -> Held<'_> {
        self.shards.get_mut(&number).unwrap_or_else(|| self.make(number))
    }

    #[cold]
    fn make(&self, number: usize) -> Held<'_> {
        self.shards.entry(number).or_insert_with(|| {
            let places = self.budget.as_ref().map_or(Places::Own(self.spec.max_keys), |budget| {
                budget.note_unknown(number);
                Places::Common { budget: Arc::clone(budget), spare: 0 }
            });
            self.spec.shard(number, self.count, places)
        })
    }
}

/// The shard beside a number that has what should go before `own`.
fn elsewhere(budget: &Budget, number: usize, own: Option<Hint>, now_ms: u64) -> Option<(usize, Hint)> {
    budget.first_to_go(Some(number), now_ms).filter(|&(_, other)| own.is_none_or(|own| other < own))
}
