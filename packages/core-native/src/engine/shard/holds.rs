//! What is held of a key beside what it has used: reservations and blocks.
#![forbid(unsafe_code)]

use super::{Outcome, Shard};
use crate::clock::Now;
use crate::engine::entries::LOOKS_PER_CALL;
use crate::engine::policy_set::PolicySet;
use crate::engine::reservations::MOST_OPEN;
use crate::engine::units::Units;

impl Shard {
    /// Takes the cost if it fits, and notes it as open to be settled under the number that is answered; 0: nothing
    /// was taken.
    pub fn reserve(&mut self, id: u64, cost: Units, by: Option<&PolicySet>, now: &impl Now) -> (Outcome, u64) {
        let outcome = self.take_by(id, cost, by, now);
        let Outcome { allowed: true, slot: Some(slot), .. } = outcome else { return (outcome, 0) };
        if cost.is_none() {
            return (outcome, 0);
        }
        self.reservations.last += self.reservations.step;
        let most = MOST_OPEN / usize::try_from(self.reservations.step).unwrap_or(1);
        self.entries.reserve(slot, self.reservations.last, most, by, now.exact_ms());
        (outcome, self.reservations.last)
    }

    /// Gives back what was not used of an estimate, as far as it still counts, or takes what was used beyond it.
    pub fn settle(
        &mut self,
        id: u64,
        number: u64,
        (estimate, actual): (Units, Units),
        by: Option<&PolicySet>,
        now_ms: u64,
    ) {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        let policies = self.entries.policy_set.len();
        let (less, more) = (estimate.beyond(actual, policies), actual.beyond(estimate, policies));
        let (less, more) = (Units::Each(&less), Units::Each(&more));
        let held = self.entries.find_for(id, by, now_ms);
        if let Some(slot) = held {
            self.entries.settle(slot, number, less, by, now_ms);
        }
        if let Some(slot) = held {
            if !more.is_none() {
                self.entries.add(slot, more, by, now_ms);
            }
            if self.entries.is_fresh(slot, now_ms) {
                self.entries.remove(slot);
            } else {
                self.entries.place(slot, by, now_ms);
            }
        } else if !more.is_none() {
            match self.entries.enter(id, now_ms) {
                Some(slot) => {
                    self.entries.add(slot, more, by, now_ms);
                    self.entries.append(slot, by, now_ms);
                }
                None => self.counts.rejected_full += 1,
            }
        }
        self.settled += 1;
    }

    /// Blocks the key for that long at least; whether there was room to hold it.
    pub fn block(&mut self, id: u64, ms: u64, now_ms: u64) -> bool {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        let (slot, is_new) = match self.entries.find(id) {
            Some(slot) => (slot, false),
            None => match self.entries.enter(id, now_ms) {
                Some(slot) => (slot, true),
                None => return false,
            },
        };
        self.entries.block(slot, now_ms + ms);
        if is_new {
            self.entries.append(slot, None, now_ms);
        } else {
            self.entries.place(slot, None, now_ms);
        }
        true
    }

    /// Forgets the key; whether it had live state.
    pub fn reset(&mut self, id: u64, now_ms: u64) -> bool {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        let Some(slot) = self.entries.find(id) else { return false };
        let live = !self.entries.is_fresh(slot, now_ms);
        self.entries.remove(slot);
        live
    }
}
