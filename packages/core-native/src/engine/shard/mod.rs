//! Decides on entries, for one thread at a time, and counts what came of it.
//!
//! Reads side by side with `core-ts/src/engine/map-engine.ts`.
#![forbid(unsafe_code)]

mod answers;
mod changes;
mod counts;
mod holds;

pub use counts::Counts;

use crate::clock::Now;
use crate::engine::entries::{Entries, LOOKS_PER_CALL};
use crate::engine::policy::Policy;
use crate::engine::policy_changes::CallLimit;
use crate::engine::policy_set::{PolicySet, Taken};
use crate::engine::rows::Rows;
use crate::engine::shared::places::{Hint, Newcomer, Places};
use crate::engine::units::Units;
use crate::memory::slab::Slot;

/// As many entries as the nearest memory surely holds.
const TOUCHED_TOGETHER: usize = 64;

/// What is held of all keys, and what came of their calls.
pub struct Shard {
    entries: Entries,
    admits_when_full: bool,
    reservations: Numbers,
    settled: u64,
    /// What came of the calls.
    pub counts: Counts,
}

/// Numbers that no other shard of the same engine gives: a restored key may be in another shard than it was.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// The last one that was given.
    pub last: u64,
    /// How many shards there are.
    pub step: u64,
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the cost was taken.
    pub allowed: bool,
    /// The key's entry, where it has one.
    pub slot: Option<Slot>,
    /// Whether there was no room for it.
    pub full: bool,
}

/// A decision, but for what JavaScript knows itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the cost was taken, or would be.
    pub allowed: bool,
    /// The policy that binds a denial.
    pub binding: usize,
    /// One per policy.
    pub rows: Rows,
}

impl Shard {
    /// Empty, at time 0.
    #[must_use]
    pub fn new(policies: &[Policy], places: Places, admits_when_full: bool, reservations: Numbers) -> Self {
        Self {
            entries: Entries::new(policies, places),
            admits_when_full,
            reservations,
            settled: 0,
            counts: Counts { denied: vec![0; policies.len()], ..Counts::default() },
        }
    }

    /// Whether a new key needs another one to go.
    #[must_use]
    pub fn is_full(&mut self) -> bool {
        let held = self.entries.len();
        !self.entries.places().any(held)
    }

    /// Whether a key is held.
    #[must_use]
    pub fn holds(&self, id: u64) -> bool {
        self.entries.find(id).is_some()
    }

    /// What taking the cost is to a key that is not held.
    #[must_use]
    pub fn comes(&self, cost: Units) -> Newcomer {
        let comes = !cost.is_none() && self.entries.policy_set.can_ever_fit(cost);
        if comes { Newcomer::Comes } else { Newcomer::None }
    }

    /// How many policies decide.
    #[must_use]
    pub fn policies_len(&self) -> usize {
        self.entries.policy_set.len()
    }

    /// What would go first to make room.
    pub fn hint(&mut self) -> Option<Hint> {
        self.entries.hint()
    }

    /// Lets that go, and gives its place out of hand, if it ranks no higher than was said; whether one went.
    pub fn let_one_go(&mut self, said: Hint, now_ms: u64) -> bool {
        self.entries.let_one_go(said, now_ms)
    }

    /// The room that there is.
    pub fn places(&mut self) -> &mut Places {
        self.entries.places()
    }

    /// Takes the cost if it fits.
    #[inline]
    pub fn take(&mut self, id: u64, cost: u64, clock: &impl Now) -> Outcome {
        let rough_ms = clock.rough_ms();
        self.entries.reclaim_some(LOOKS_PER_CALL, rough_ms);
        let Some(slot) = self.entries.find(id) else {
            return self.take_first(id, cost.into(), None, clock);
        };
        let allowed = self.entries.take_roughly(slot, cost, rough_ms, clock);
        match allowed {
            Some(true) => self.counts.allowed += 1,
            Some(false) => self.count_denial(0),
            None => return self.take_held(slot, cost.into(), None, clock.exact_ms()),
        }
        Outcome { allowed: allowed == Some(true), slot: Some(slot), full: false }
    }

    /// Takes units that may differ by policy, by limits that may be the call's own.
    pub fn take_by(&mut self, id: u64, cost: Units, by: Option<&PolicySet>, now: &impl Now) -> Outcome {
        self.entries.reclaim_some(LOOKS_PER_CALL, now.exact_ms());
        self.settled += 1;
        match self.entries.find_for(id, by, now.exact_ms()) {
            Some(slot) => self.take_held(slot, cost, by, now.exact_ms()),
            None => self.take_first(id, cost, by, now),
        }
    }

    /// What decides a call that comes with limits of its own.
    #[must_use]
    pub fn policy_set_of(&mut self, limits: Option<&[CallLimit]>, now_ms: u64) -> Option<PolicySet> {
        limits.map(|limits| self.entries.policy_set.of_call(limits, now_ms))
    }

    /// Takes the cost from each in turn: 1 where it was allowed.
    pub fn take_many(&mut self, ids: &[u64], cost: u64, clock: &impl Now) -> Vec<u8> {
        let mut allowed = Vec::with_capacity(ids.len());
        for some in ids.chunks(TOUCHED_TOGETHER) {
            self.entries.touch(some);
            allowed.extend(some.iter().map(|&id| u8::from(self.take(id, cost, clock).allowed)));
        }
        allowed
    }

    #[inline(never)]
    fn take_held(&mut self, slot: Slot, cost: Units, by: Option<&PolicySet>, now_ms: u64) -> Outcome {
        let taken = match cost.is_none() {
            true if self.entries.fits(slot, cost, by, now_ms) => Taken::Stays,
            true => Taken::Denied,
            false => self.entries.take(slot, cost, by, now_ms),
        };
        match taken {
            Taken::Denied => {
                self.deny(slot, cost, by, now_ms);
                return Outcome { allowed: false, slot: Some(slot), full: false };
            }
            Taken::Stays => {}
            Taken::Moves(standing) => self.entries.place_as(slot, standing, now_ms),
        }
        self.counts.allowed += 1;
        Outcome { allowed: true, slot: Some(slot), full: false }
    }

    /// Counts a denial by the policy that binds, and starts the block that it asks for.
    fn deny(&mut self, slot: Slot, cost: Units, by: Option<&PolicySet>, now_ms: u64) {
        let (policy_set, entry) = self.entries.ask(slot, by);
        let (binding, _) = if policy_set.len() == 1 { (0, None) } else { policy_set.binding(entry, cost, now_ms) };
        self.count_denial(binding);
        if self.entries.block_left_ms(slot, now_ms) > 0 {
            return;
        }
        let (policy_set, entry) = self.entries.ask(slot, by);
        let asked_ms = policy_set.block_asked_ms(entry, cost, now_ms);
        if asked_ms > 0 {
            self.entries.block(slot, now_ms + asked_ms);
            self.entries.place(slot, by, now_ms);
        }
    }

    /// Counts a call that was denied by a policy.
    pub fn count_denial(&mut self, binding: usize) {
        self.counts.blocked += 1;
        if let Some(denied) = self.counts.denied.get_mut(binding) {
            *denied += 1;
        }
    }

    fn take_first(&mut self, id: u64, cost: Units, by: Option<&PolicySet>, clock: &impl Now) -> Outcome {
        let policy_set = by.unwrap_or(&self.entries.policy_set);
        if !policy_set.can_ever_fit(cost) {
            let (binding, _) = policy_set.binding(&mut self.nobody(), cost, 0);
            self.count_denial(binding);
            return Outcome { allowed: false, slot: None, full: false };
        }
        if cost.is_none() {
            self.counts.allowed += 1;
            return Outcome { allowed: true, slot: None, full: false };
        }
        let now_ms = clock.exact_ms();
        let Some(slot) = self.entries.enter(id, now_ms) else {
            self.counts.rejected_full += 1;
            let allowed = self.admits_when_full;
            *(if allowed { &mut self.counts.allowed } else { &mut self.counts.blocked }) += 1;
            return Outcome { allowed, slot: None, full: true };
        };
        let allowed = self.entries.take(slot, cost, by, now_ms) != Taken::Denied;
        self.entries.append(slot, by, now_ms);
        if allowed {
            self.counts.allowed += 1;
        } else {
            self.count_denial(0); // an entry that can't be read
        }
        Outcome { allowed, slot: Some(slot), full: false }
    }

    /// Moves where what was known of a key's denial may be over.
    #[inline]
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.entries.forgotten + self.settled
    }

    /// Forgets all keys; the counts stay.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Drops all that has expired and answers how many entries went.
    pub fn cleanup_expired(&mut self, now_ms: u64) -> usize {
        let held = self.entries.len();
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        self.entries.drop_expired(now_ms);
        held - self.entries.len()
    }

    /// Looks again at a few entries whose time has come.
    #[inline]
    pub fn reclaim_some(&mut self, now_ms: u64) {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
    }

    /// Live entries that were forgotten to make room.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.entries.evictions
    }

    /// Entries held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether anything is live at that time after the last one that is known to have passed, or by that clock.
    pub fn has_live(&mut self, now: impl FnOnce(u64) -> u64) -> bool {
        let now_ms = now(self.entries.passed_ms());
        self.entries.has_live(now_ms)
    }

    /// What is allocated for them.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.entries.bytes
    }
}
