//! What becomes of entries where the limits of a call, other policies, a snapshot or a reservation change what was
//! decided.
//!
//! Reads side by side with `core-ts/src/engine/policy-set.ts`.
#![forbid(unsafe_code)]

use crate::clock::START_MS;
use crate::engine::policy::{MOST_UNITS, Policy};
use crate::engine::policy_set::PolicySet;
use crate::engine::reservations::{Mark, Reservations};
use crate::engine::units::Units;

/// What of a policy a call may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimit {
    /// Units per window.
    pub limit: u64,
    /// The most units that can be taken at once.
    pub burst: u64,
}

impl PolicySet {
    /// What decides a call that comes with limits of its own, and keys are held for it from here on.
    #[must_use]
    pub fn of_call(&mut self, limits: &[CallLimit], now_ms: u64) -> Self {
        self.keep_from(now_ms);
        let mut by = self.clone();
        by.kept_from_ms = u64::MAX;
        for (policy, &CallLimit { limit, burst }) in by.policies.iter_mut().zip(limits) {
            *policy = policy.with_limit(limit, burst);
        }
        by
    }

    /// Whether keys are held for calls with limits of their own.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.kept_from_ms < u64::MAX
    }

    /// Holds keys for such calls, where they are taken from then on.
    pub fn keep_from(&mut self, now_ms: u64) {
        self.kept_from_ms = self.kept_from_ms.min(now_ms);
    }

    /// As another one does.
    pub fn keep_as(&mut self, other: &Self) {
        self.keep_from(other.kept_from_ms);
    }

    /// Forgets what is over by these limits: others may look at it differently, and it may be reclaimed at any time.
    pub fn drop_expired(&self, entry: &mut [u64], now_ms: u64) {
        for policy in &self.policies {
            if policy.is_fresh(entry, self.kept_from_ms, now_ms)
                && let Some(words) = policy.words(entry)
            {
                words.fill(0);
            }
        }
    }

    /// Before more is taken: tells the newest reservation how little was owed meanwhile. Where not all of it will be
    /// counted, nothing comes back of any: without what they took, more of this would have been counted.
    pub fn before_taking(&self, entry: &mut [u64], reservations: &mut Reservations, units: Units, now_ms: u64) {
        for (index, policy) in self.policies.iter().enumerate() {
            let Some(state) = policy.state(entry) else { continue };
            reservations.lower_newest(index, state.owed(&policy.terms, now_ms));
            if !state.has_room_for(&policy.terms, units.of(index), now_ms) {
                reservations.spend(index);
            }
        }
    }

    /// Notes what has just been taken as open to be given back. Answers which one falls out for it, if one does.
    pub fn reserve(&self, entry: &mut [u64], reservations: &mut Reservations, number: u64, now_ms: u64) -> Option<u64> {
        let marks = self
            .policies
            .iter()
            .map(|policy| policy.state(entry).map_or_else(Mark::spent, |state| state.mark(&policy.terms, now_ms)));
        reservations.open(number, marks.collect())
    }

    /// Forgets a reservation, and gives back so many of its units as far as they still count.
    pub fn settle(&self, entry: &mut [u64], reservations: &mut Reservations, number: u64, units: Units, now_ms: u64) {
        let Some(place) = reservations.find(number) else { return };
        for (index, policy) in self.policies.iter().enumerate() {
            let units = units.of(index);
            let Some(mut state) = policy.state(entry).filter(|_| units > 0) else { continue };
            let mark = reservations.since(place, index);
            let given = state.refund(&policy.terms, &mark, units, now_ms);
            if given > 0 {
                reservations.give(place, index, given);
            }
        }
        reservations.remove(place);
    }

    /// Makes an entry of other policies one of these, in words whose states are all zero. What can't be read of it counts
    /// as used up.
    pub fn change(&self, entry: &mut [u64], from: &Self, old: &mut [u64], now_ms: u64) {
        for (policy, was) in self.policies.iter().zip(&from.policies) {
            let Some(mut state) = policy.state(entry) else { continue };
            let old = was.state(old);
            if !old.is_some_and(|old| old.change(&was.terms, &mut state, &policy.terms, now_ms)) {
                state.add(&policy.terms, MOST_UNITS, now_ms);
            }
        }
    }

    /// The same for what is reserved, before the entry is changed.
    pub fn change_reservations(&self, from: &Self, old: &mut [u64], reservations: &mut Reservations, now_ms: u64) {
        reservations.change(|index, mark| {
            let (Some(policy), Some(was)) = (self.policies.get(index), from.policies.get(index)) else { return *mark };
            let old = was.state(old);
            old.map_or_else(Mark::spent, |old| old.change_mark(&was.terms, mark, &policy.terms, now_ms))
        });
    }

    /// An entry's states with times as ages, and none of those that are over.
    #[must_use]
    pub fn aged(&self, entry: &mut [u64], now_ms: u64) -> Vec<u64> {
        let aged = self.policies.iter().flat_map(|policy| {
            if policy.is_fresh(entry, self.kept_from_ms, now_ms) {
                return vec![0; policy.end - policy.start];
            }
            let age_ms = policy.state(entry).map_or(0, |mut state| state.age_ms(&policy.terms, now_ms));
            // Where they can't be read there are too few, and the bytes are refused for it.
            let mut words = policy.words(entry).map_or_else(Vec::new, |words| words.to_vec());
            if let Some(time) = words.first_mut() {
                *time = age_ms;
            }
            words
        });
        aged.collect()
    }

    /// Writes states with ages into an entry; whether they can have come about.
    pub fn restore(&self, entry: &mut [u64], aged: &[u64], now_ms: u64) -> bool {
        let states = self.policies.first().and_then(|policy| entry.get_mut(policy.start..));
        match states {
            Some(states) if states.len() == aged.len() => states.copy_from_slice(aged),
            _ => return false,
        }
        self.policies.iter().all(|policy| {
            let Some(time) = policy.words(entry).and_then(<[u64]>::first_mut) else { return false };
            if *time > START_MS {
                return false;
            }
            *time = now_ms.saturating_sub(*time);
            policy.state(entry).is_some_and(|state| state.is_sound(&policy.terms, now_ms))
        })
    }

    /// How many words of an entry are states.
    #[must_use]
    pub fn state_words(&self) -> usize {
        self.words() - self.policies.first().map_or(0, |policy| policy.start)
    }

    /// The policies, in the order given.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.policies.iter().map(|policy| policy.terms.policy).collect()
    }
}
