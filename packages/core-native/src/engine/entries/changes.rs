//! Entries that go over to other policies, into a snapshot, or come out of one.
#![forbid(unsafe_code)]

use super::{Entries, MAX_BLOCK_MS};
use crate::engine::policy::Policy;
use crate::engine::shared::places::Places;
use crate::engine::snapshot::{Damage, Kept};
use crate::memory::index::ID_WORD;

impl Entries {
    /// Holds these from here on, in the room that there was.
    pub fn replace(&mut self, mut entries: Self) {
        std::mem::swap(&mut entries.places, &mut self.places);
        *self = entries;
    }

    /// Goes over to other policies of the same algorithms; what each key has used stays.
    pub fn change(&mut self, policies: &[Policy], now_ms: u64) {
        let mut next = Self::new(policies, Places::Own(0));
        next.index = self.index.emptied();
        (next.evictions, next.forgotten) = (self.evictions, self.forgotten + 1);
        next.policy_set.keep_as(&self.policy_set);
        next.next_reclaim_at_ms = next.order.pass_slots(&mut next.slab, now_ms);
        for old in self.order.all(&self.slab) {
            let slot = next.insert(self.slab.word(old, ID_WORD));
            if let Some(mut reservations) = self.reservations.remove(&old) {
                next.policy_set.change_reservations(&self.policy_set, self.slab.get(old), &mut reservations, now_ms);
                next.open.extend(reservations.numbers().map(|number| (number, slot)));
                next.reservations.insert(slot, reservations);
            }
            if let Some(until_ms) = self.blocks.remove(&old) {
                next.blocks.insert(slot, until_ms);
            }
            next.policy_set.change(next.slab.get(slot), &self.policy_set, self.slab.get(old), now_ms);
            next.append(slot, None, now_ms);
        }
        self.replace(next);
    }

    /// All that is live, in the order in which it would be evicted.
    #[must_use]
    pub fn kept(&mut self, now_ms: u64) -> Vec<Kept> {
        let mut kept = Vec::new();
        for slot in self.order.all(&self.slab) {
            if !self.is_fresh(slot, now_ms) {
                let (id, blocked_ms) =
                    (self.slab.word(slot, ID_WORD), self.block_left_ms(slot, now_ms).min(MAX_BLOCK_MS));
                kept.push(Kept { id, blocked_ms, words: self.policy_set.aged(self.slab.get(slot), now_ms) });
            }
        }
        kept
    }

    /// The same as these, but for what is kept in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be.
    pub fn restored(&self, entries: &[&Kept], now_ms: u64) -> Result<Self, Damage> {
        let mut next = Self::new(&self.policy_set.policies(), Places::Own(0));
        next.index = self.index.emptied();
        (next.evictions, next.forgotten) = (self.evictions, self.forgotten + 1);
        next.policy_set.keep_as(&self.policy_set);
        next.next_reclaim_at_ms = next.order.pass_slots(&mut next.slab, now_ms);
        for kept in entries {
            if next.find(kept.id).is_some() {
                return Err(Damage::Twice);
            }
            let slot = next.insert(kept.id);
            if kept.blocked_ms > MAX_BLOCK_MS || !next.policy_set.restore(next.slab.get(slot), &kept.words, now_ms) {
                return Err(Damage::Unsound);
            }
            if kept.blocked_ms > 0 {
                next.block(slot, now_ms + kept.blocked_ms);
            }
            next.append(slot, None, now_ms);
        }
        Ok(next)
    }
}
