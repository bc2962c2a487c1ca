//! The entries of all keys, for one thread at a time.
//!
//! Reads side by side with `core-ts/src/map-engine.ts`.
#![forbid(unsafe_code)]

use crate::clock::Now;
use crate::index::{ID_WORD, Index};
use crate::ledger::{Ledger, Row, keeps_rank};
use crate::order::{LINK_WORD, Order, PROTECTED_RANK};
use crate::policy::Policy;
use crate::slab::{Slab, Slot};
use std::collections::HashMap;

/// Entries whose time has come that one call looks at again.
const LOOKS_PER_CALL: u64 = 4;
/// The same where room is needed.
const LOOKS_FOR_ROOM: usize = 64;
const FIRST_STATE_WORD: usize = LINK_WORD + 1;

/// What is held of all keys, and what came of their calls.
pub struct Store {
    slab: Slab,
    index: Index,
    order: Order,
    ledger: Ledger,
    /// Until when keys are blocked, for the few that are or were.
    blocks: HashMap<Slot, u64>,
    quiet_until_ms: u64,
    max_keys: usize,
    admits_when_full: bool,
    /// What came of the calls.
    pub counts: Counts,
}

/// What came of the calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that were allowed.
    pub allowed: u64,
    /// Calls that were denied.
    pub blocked: u64,
    /// Live entries that were forgotten to make room.
    pub evictions: u64,
    /// Calls of new keys that found no room.
    pub rejected_full: u64,
    /// Denials by the policy that bound.
    pub denied: Vec<u64>,
    /// Entries that went for whatever reason: where it moves, what was known of a key may be over.
    pub forgotten: u64,
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
    pub rows: Vec<Row>,
}

impl Store {
    /// Empty, at time 0.
    #[must_use]
    pub fn new(policies: &[Policy], max_keys: usize, admits_when_full: bool) -> Self {
        let ledger = Ledger::new(policies, FIRST_STATE_WORD);
        let mut slab = Slab::new(ledger.words());
        let order = Order::new(ledger.span_ms(), &mut slab);
        Self {
            slab,
            index: Index::default(),
            order,
            ledger,
            blocks: HashMap::new(),
            quiet_until_ms: 0,
            max_keys,
            admits_when_full,
            counts: Counts { denied: vec![0; policies.len()], ..Counts::default() },
        }
    }

    /// Takes the cost if it fits.
    #[inline]
    pub fn take(&mut self, id: u64, cost: u64, clock: &impl Now) -> Outcome {
        let rough_ms = clock.rough_ms();
        if rough_ms >= self.quiet_until_ms {
            self.look_again(LOOKS_PER_CALL, rough_ms);
        }
        let Some(slot) = self.index.find(&self.slab, id) else { return self.take_first(id, cost, clock) };
        if let Some(policy) = self.ledger.lone_window()
            && self.blocks.is_empty()
            && let Some(allowed) = self.take_in_window(slot, policy, cost, rough_ms, clock)
        {
            return Outcome { allowed, slot: Some(slot), full: false };
        }
        self.take_held(slot, cost, clock.exact_ms())
    }

    /// The hot path: a window that goes on, and nothing to be placed anew. `None`: it is another case.
    #[inline]
    fn take_in_window(
        &mut self,
        slot: Slot,
        Policy { limit, window_ms, block_for_ms, .. }: Policy,
        cost: u64,
        rough_ms: u64,
        clock: &impl Now,
    ) -> Option<bool> {
        let [_, _, start_ms, used] = self.slab.get(slot) else { return None };
        let end_ms = *start_ms + window_ms;
        if *used == 0 || clock.against_from(rough_ms, end_ms) >= end_ms {
            return None;
        }
        if cost > limit.saturating_sub(*used) {
            if block_for_ms > 0 {
                return None;
            }
            self.count_denial(0);
            return Some(false);
        }
        let used_then = *used + cost;
        if !keeps_rank(Order::rank(Order::list(&self.slab, slot)), used_then, limit) {
            return None;
        }
        if let [_, _, _, used] = self.slab.get(slot) {
            *used = used_then;
        }
        self.counts.allowed += 1;
        Some(true)
    }

    fn take_held(&mut self, slot: Slot, cost: u64, now_ms: u64) -> Outcome {
        if self.block_left_ms(slot, now_ms) > 0 || !self.ledger.fits(self.slab.get(slot), cost, now_ms) {
            self.deny(slot, cost, now_ms);
            return Outcome { allowed: false, slot: Some(slot), full: false };
        }
        self.counts.allowed += 1;
        if cost > 0 {
            self.ledger.add(self.slab.get(slot), cost, now_ms);
            self.place(slot, now_ms);
        }
        Outcome { allowed: true, slot: Some(slot), full: false }
    }

    /// Counts a denial by the policy that binds, and starts the block that it asks for.
    fn deny(&mut self, slot: Slot, cost: u64, now_ms: u64) {
        let entry = self.slab.get(slot);
        let (binding, _) = if self.ledger.len() == 1 { (0, None) } else { self.ledger.binding(entry, cost, now_ms) };
        self.count_denial(binding);
        if self.block_left_ms(slot, now_ms) > 0 {
            return;
        }
        let asked_ms = self.ledger.block_asked_ms(self.slab.get(slot), cost, now_ms);
        if asked_ms > 0 {
            self.blocks.insert(slot, now_ms + asked_ms);
            self.place(slot, now_ms);
        }
    }

    /// Counts a call that was denied by a policy.
    pub fn count_denial(&mut self, binding: usize) {
        self.counts.blocked += 1;
        if let Some(denied) = self.counts.denied.get_mut(binding) {
            *denied += 1;
        }
    }

    fn take_first(&mut self, id: u64, cost: u64, clock: &impl Now) -> Outcome {
        if !self.ledger.can_ever_fit(cost) {
            let (binding, _) = self.ledger.binding(&mut self.nobody(), cost, 0);
            self.count_denial(binding);
            return Outcome { allowed: false, slot: None, full: false };
        }
        if cost == 0 {
            self.counts.allowed += 1;
            return Outcome { allowed: true, slot: None, full: false };
        }
        let now_ms = clock.exact_ms();
        let Some(slot) = self.enter(id, now_ms) else {
            self.counts.rejected_full += 1;
            let allowed = self.admits_when_full;
            *(if allowed { &mut self.counts.allowed } else { &mut self.counts.blocked }) += 1;
            return Outcome { allowed, slot: None, full: true };
        };
        self.counts.allowed += 1;
        self.ledger.add(self.slab.get(slot), cost, now_ms);
        self.append(slot, now_ms);
        Outcome { allowed: true, slot: Some(slot), full: false }
    }

    /// How the key stands after a call at `now_ms`.
    pub fn answer(&mut self, outcome: Outcome, cost: u64, now_ms: u64) -> Answer {
        let blocked_ms = outcome.slot.map_or(0, |slot| self.block_left_ms(slot, now_ms));
        self.answer_blocked(outcome, cost, now_ms, blocked_ms)
    }

    fn answer_blocked(&mut self, outcome: Outcome, cost: u64, now_ms: u64, blocked_ms: u64) -> Answer {
        let Outcome { allowed, slot, full } = outcome;
        if full && !allowed {
            let wait_ms = self.order.first_protected_due_ms(&self.slab).saturating_sub(now_ms).max(1);
            let row = Row { remaining: 0, reset_after_ms: 0, retry_after_ms: Some(wait_ms) };
            return Answer { allowed, binding: 0, rows: vec![row; self.ledger.len()] };
        }
        let mut nobody = if slot.is_none() { self.nobody() } else { Vec::new() };
        let entry = slot.map_or(nobody.as_mut_slice(), |slot| self.slab.get(slot));
        let (binding, _) = if allowed { (0, None) } else { self.ledger.binding(entry, cost, now_ms) };
        let rows = self.ledger.rows(entry, allowed, cost, now_ms, blocked_ms);
        Answer { allowed, binding, rows }
    }

    /// What `check` would decide now, and how the key stands without it.
    pub fn peek(&mut self, id: u64, cost: u64, now_ms: u64) -> Answer {
        self.look_if_time(LOOKS_PER_CALL, now_ms);
        let Some(slot) = self.index.find(&self.slab, id) else {
            let fits = self.ledger.can_ever_fit(cost);
            let full = fits && cost > 0 && !self.has_room(now_ms);
            let outcome = Outcome { allowed: fits && (!full || self.admits_when_full), slot: None, full };
            return self.answer(outcome, cost, now_ms);
        };
        let blocked_ms = self.block_left_ms(slot, now_ms);
        let entry = self.slab.get(slot);
        let allowed = blocked_ms == 0 && self.ledger.fits(entry, cost, now_ms);
        let asked_ms = if allowed || blocked_ms > 0 { 0 } else { self.ledger.block_asked_ms(entry, cost, now_ms) };
        let outcome = Outcome { allowed, slot: Some(slot), full: false };
        self.answer_blocked(outcome, cost, now_ms, blocked_ms.max(asked_ms))
    }

    /// Until when a denial that the key has just met holds at that cost, if nothing is forgotten before, and
    /// the policy that binds it.
    pub fn denied_until(&mut self, slot: Slot, cost: u64, now_ms: u64) -> (u64, usize) {
        let blocked_ms = self.block_left_ms(slot, now_ms);
        let (binding, wait_ms) = self.ledger.binding(self.slab.get(slot), cost, now_ms);
        // Which policy binds may change while a cost waits for several, so then nothing is foretold.
        let foretold_ms = if self.ledger.len() > 1 { 0 } else { wait_ms.unwrap_or(0) };
        (now_ms + if blocked_ms > 0 && foretold_ms > 0 { blocked_ms } else { foretold_ms }, binding)
    }

    /// Blocks the key for that long at least; whether there was room to hold it.
    pub fn block(&mut self, id: u64, ms: u64, now_ms: u64) -> bool {
        self.look_if_time(LOOKS_PER_CALL, now_ms);
        let (slot, is_new) = match self.index.find(&self.slab, id) {
            Some(slot) => (slot, false),
            None => match self.enter(id, now_ms) {
                Some(slot) => (slot, true),
                None => return false,
            },
        };
        let until_ms = self.blocks.entry(slot).or_default();
        *until_ms = (*until_ms).max(now_ms + ms);
        if is_new {
            self.append(slot, now_ms);
        } else {
            self.place(slot, now_ms);
        }
        true
    }

    /// Forgets the key; whether it had live state.
    pub fn reset(&mut self, id: u64, now_ms: u64) -> bool {
        self.look_if_time(LOOKS_PER_CALL, now_ms);
        let Some(slot) = self.index.find(&self.slab, id) else { return false };
        let live = !self.is_fresh(slot, now_ms);
        Order::remove(&mut self.slab, slot);
        self.forget(slot);
        live
    }

    /// Forgets all keys; the counts stay.
    pub fn clear(&mut self) {
        self.counts.forgotten += 1;
        self.slab = Slab::new(self.ledger.words());
        self.order = Order::new(self.ledger.span_ms(), &mut self.slab);
        self.index = Index::default();
        self.blocks = HashMap::new();
        self.quiet_until_ms = 0;
    }

    /// Drops all that has expired and answers how many entries went.
    pub fn cleanup_expired(&mut self, now_ms: u64) -> usize {
        let held = self.index.len();
        self.look_if_time(LOOKS_PER_CALL, now_ms);
        for slot in self.index.slots().collect::<Vec<_>>() {
            if self.is_fresh(slot, now_ms) {
                Order::remove(&mut self.slab, slot);
                self.forget(slot);
            }
        }
        held - self.index.len()
    }

    /// Entries held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// A new entry, not in the order yet; none where there is no room for it.
    fn enter(&mut self, id: u64, now_ms: u64) -> Option<Slot> {
        if self.index.len() >= self.max_keys && !self.make_room(now_ms) {
            return None;
        }
        let slot = self.slab.add();
        if let Some(word) = self.slab.get(slot).get_mut(ID_WORD) {
            *word = id;
        }
        self.index.insert(&self.slab, id, slot);
        Some(slot)
    }

    fn make_room(&mut self, now_ms: u64) -> bool {
        if self.look_for_room(now_ms) {
            return true;
        }
        let Some(victim) = self.order.least_used(&self.slab) else { return false };
        Order::remove(&mut self.slab, victim);
        self.forget(victim);
        self.counts.evictions += 1;
        true
    }

    fn has_room(&mut self, now_ms: u64) -> bool {
        self.index.len() < self.max_keys || self.look_for_room(now_ms) || self.order.least_used(&self.slab).is_some()
    }

    /// Looks again at entries whose time has come, one after the other, until one of them goes.
    fn look_for_room(&mut self, now_ms: u64) -> bool {
        let held = self.index.len();
        (0..LOOKS_FOR_ROOM).any(|_| {
            self.look_again(1, now_ms);
            self.index.len() < held
        })
    }

    /// Looks again at so many entries whose time has come.
    pub fn look_if_time(&mut self, looks: u64, now_ms: u64) {
        if now_ms >= self.quiet_until_ms {
            self.look_again(looks, now_ms);
        }
    }

    fn look_again(&mut self, looks: u64, now_ms: u64) {
        self.quiet_until_ms = self.order.pass_slots(&mut self.slab, now_ms);
        for _ in 0..looks {
            let Some(slot) = Order::take_passed(&mut self.slab) else { return };
            if self.is_fresh(slot, now_ms) {
                self.forget(slot);
            } else {
                self.append(slot, now_ms);
            }
        }
    }

    /// Moves an entry to where it belongs by now.
    #[inline]
    fn place(&mut self, slot: Slot, now_ms: u64) {
        let list = self.list_of(slot, now_ms);
        if list != Order::list(&self.slab, slot) {
            Order::remove(&mut self.slab, slot);
            self.order.append(&mut self.slab, slot, list);
        }
    }

    /// Puts an entry that is in no list where it belongs.
    fn append(&mut self, slot: Slot, now_ms: u64) {
        let list = self.list_of(slot, now_ms);
        self.order.append(&mut self.slab, slot, list);
    }

    #[inline]
    fn list_of(&mut self, slot: Slot, now_ms: u64) -> u32 {
        let blocked_ms = self.block_left_ms(slot, now_ms);
        let entry = self.slab.get(slot);
        let rank = if blocked_ms > 0 { PROTECTED_RANK } else { self.ledger.rank(entry, now_ms) };
        let due_after_ms = self.ledger.due_after_ms(entry, rank, now_ms).max(blocked_ms);
        self.order.list_of(rank, now_ms + due_after_ms)
    }

    fn is_fresh(&mut self, slot: Slot, now_ms: u64) -> bool {
        self.block_left_ms(slot, now_ms) == 0 && self.ledger.is_fresh(self.slab.get(slot), now_ms)
    }

    /// Lets go of an entry that is in no list.
    fn forget(&mut self, slot: Slot) {
        self.index.remove(&self.slab, self.slab.word(slot, ID_WORD));
        self.slab.remove(slot);
        self.blocks.remove(&slot);
        self.counts.forgotten += 1;
    }

    #[inline]
    fn block_left_ms(&self, slot: Slot, now_ms: u64) -> u64 {
        if self.blocks.is_empty() {
            return 0;
        }
        self.blocks.get(&slot).map_or(0, |until_ms| until_ms.saturating_sub(now_ms))
    }

    /// What a key never seen would hold.
    fn nobody(&self) -> Vec<u64> {
        vec![0; self.ledger.words()]
    }
}
