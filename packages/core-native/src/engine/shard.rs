//! Decides on entries, for one thread at a time, and counts what came of it.
//!
//! Reads side by side with `core-ts/src/engine/map-engine.ts`.
#![forbid(unsafe_code)]

use crate::clock::Now;
use crate::engine::entries::{Entries, LOOKS_PER_CALL};
use crate::engine::places::{Hint, Newcomer, Places};
use crate::engine::policy::Policy;
use crate::engine::policy_changes::CallLimit;
use crate::engine::policy_set::{PolicySet, Taken};
use crate::engine::reservations::MOST_OPEN;
use crate::engine::rows::{Row, Rows};
use crate::engine::snapshot::{Damage, Kept};
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

/// Numbers that no other part of the same engine gives: a restored key may be in another part than it was.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// The last one that was given.
    pub last: u64,
    /// How many parts there are.
    pub step: u64,
}

/// What came of the calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that were allowed.
    pub allowed: u64,
    /// Calls that were denied.
    pub blocked: u64,
    /// Calls of new keys that found no room.
    pub rejected_full: u64,
    /// Denials by the policy that bound.
    pub denied: Vec<u64>,
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

    /// Lets that go, and gives its place out of hand; whether one went.
    pub fn let_one_go(&mut self, now_ms: u64) -> bool {
        self.entries.let_one_go(now_ms)
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

    /// Decides by other policies from here on.
    pub fn update(&mut self, policies: &[Policy], now_ms: u64) {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        self.entries.change(policies, now_ms);
    }

    /// Whether keys are held for calls with limits of their own.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.entries.policy_set.keeps()
    }

    /// All that is live.
    pub fn kept(&mut self, now_ms: u64) -> Vec<Kept> {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        self.entries.kept(now_ms)
    }

    /// How many words of a key a snapshot has.
    #[must_use]
    pub fn state_words(&self) -> usize {
        self.entries.policy_set.state_words()
    }

    /// What there would be with these in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be.
    pub fn restored(&self, entries: &[&Kept], now_ms: u64) -> Result<Entries, Damage> {
        self.entries.restored(entries, now_ms)
    }

    /// Holds these from here on.
    pub fn replace(&mut self, entries: Entries, keeps: bool) {
        self.entries.replace(entries);
        if keeps {
            self.entries.policy_set.keep_from(0);
        }
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.entries.policy_set.policies()
    }

    /// Moves where what was known of a key's denial may be over.
    #[inline]
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.entries.forgotten + self.settled
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

    /// What a key never seen would hold.
    fn nobody(&self) -> Vec<u64> {
        vec![0; self.entries.policy_set.words()]
    }
}
