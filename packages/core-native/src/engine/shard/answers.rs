//! How a key stands: what decisions tell.
#![forbid(unsafe_code)]

use super::{Answer, Outcome, Shard};
use crate::engine::entries::LOOKS_PER_CALL;
use crate::engine::policy::Policy;
use crate::engine::policy_set::PolicySet;
use crate::engine::rows::{Row, Rows};
use crate::engine::units::Units;
use crate::memory::slab::Slot;

impl Shard {
    /// How the key stands after a call at `now_ms`.
    #[inline]
    pub fn answer(&mut self, outcome: Outcome, cost: Units, by: Option<&PolicySet>, now_ms: u64) -> Answer {
        if let Outcome { allowed: true, slot: Some(slot), .. } = outcome {
            let (policy_set, entry) = self.entries.ask(slot, by);
            return Answer { allowed: true, binding: 0, rows: policy_set.rows_after(entry, now_ms) };
        }
        let blocked_ms = outcome.slot.map_or(0, |slot| self.entries.block_left_ms(slot, now_ms));
        self.answer_blocked(outcome, cost, by, now_ms, blocked_ms)
    }

    fn answer_blocked(
        &mut self,
        outcome: Outcome,
        cost: Units,
        by: Option<&PolicySet>,
        now_ms: u64,
        blocked_ms: u64,
    ) -> Answer {
        let Outcome { allowed, slot, full } = outcome;
        if full && !allowed {
            let wait_ms = self.entries.room_due_ms().saturating_sub(now_ms).max(1);
            let row = |policy: Policy| Row {
                limit: policy.limit,
                remaining: 0,
                reset_after_ms: 0,
                retry_after_ms: Some(wait_ms),
            };
            let policies = by.unwrap_or(&self.entries.policy_set).policies();
            return Answer { allowed, binding: 0, rows: Rows::Several(policies.into_iter().map(row).collect()) };
        }
        let mut nobody = if slot.is_none() { self.nobody() } else { Vec::new() };
        let (policy_set, entry) = match slot {
            Some(slot) => self.entries.ask(slot, by),
            None => (by.unwrap_or(&self.entries.policy_set), nobody.as_mut_slice()),
        };
        let (binding, _) = if allowed { (0, None) } else { policy_set.binding(entry, cost, now_ms) };
        let rows = policy_set.rows(entry, allowed, cost, now_ms, blocked_ms);
        Answer { allowed, binding, rows }
    }

    /// What `check` would decide now, and how the key stands without it.
    pub fn peek(&mut self, id: u64, cost: Units, by: Option<&PolicySet>, now_ms: u64) -> Answer {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        let Some(slot) = self.entries.find_for(id, by, now_ms) else {
            let fits = by.unwrap_or(&self.entries.policy_set).can_ever_fit(cost);
            let full = fits && !cost.is_none() && !self.admits_when_full && !self.entries.has_room(now_ms);
            let outcome = Outcome { allowed: fits && !full, slot: None, full };
            return self.answer(outcome, cost, by, now_ms);
        };
        let blocked_ms = self.entries.block_left_ms(slot, now_ms);
        let (policy_set, entry) = self.entries.ask(slot, by);
        let allowed = blocked_ms == 0 && policy_set.fits(entry, cost, now_ms);
        let asked_ms = if allowed || blocked_ms > 0 { 0 } else { policy_set.block_asked_ms(entry, cost, now_ms) };
        let outcome = Outcome { allowed, slot: Some(slot), full: false };
        self.answer_blocked(outcome, cost, by, now_ms, blocked_ms.max(asked_ms))
    }

    /// Until when a denial that the key has just met holds at that cost, if nothing is forgotten before, and
    /// the policy that binds it.
    pub fn denied_until(&mut self, slot: Slot, cost: u64, now_ms: u64) -> (u64, usize) {
        let blocked_ms = self.entries.block_left_ms(slot, now_ms);
        let (policy_set, entry) = self.entries.ask(slot, None);
        let (binding, wait_ms) = policy_set.binding(entry, cost.into(), now_ms);
        // Which policy binds may change while a cost waits for several, so then nothing is foretold.
        let foretold_ms = if policy_set.len() > 1 { 0 } else { wait_ms.unwrap_or(0) };
        (now_ms + if blocked_ms > 0 && foretold_ms > 0 { blocked_ms } else { foretold_ms }, binding)
    }

    /// What a key never seen would hold.
    pub(super) fn nobody(&self) -> Vec<u64> {
        vec![0; self.entries.policy_set.words()]
    }
}
