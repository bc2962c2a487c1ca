//! What few entries have beside their states: a block, and what is reserved.
#![forbid(unsafe_code)]

use super::Entries;
use crate::engine::policy_set::PolicySet;
use crate::engine::units::Units;
use crate::memory::slab::Slot;

impl Entries {
    /// Notes that what was taken just now may be given back.
    /// `most`: so many are open at one time.
    pub fn reserve(&mut self, slot: Slot, number: u64, most: usize, by: Option<&PolicySet>, now_ms: u64) {
        let policy_set = by.unwrap_or(&self.policy_set);
        let entry = self.slab.get(slot);
        self.open.insert(number, slot);
        let reservations = self.reservations.entry(slot).or_default();
        if let Some(fallen) = policy_set.reserve(entry, reservations, number, now_ms) {
            self.open.remove(&fallen);
        }
        if self.open.len() > most
            && let Some((_, oldest)) = self.open.pop_first()
        {
            self.drop_oldest_of(oldest);
        }
        self.weigh();
    }

    fn drop_oldest_of(&mut self, slot: Slot) {
        let Some(reservations) = self.reservations.get_mut(&slot) else { return };
        reservations.drop_oldest();
        if reservations.is_empty() {
            self.reservations.remove(&slot);
        }
    }

    /// Forgets a reservation, and gives back so many of its units as far as they still count.
    pub fn settle(&mut self, slot: Slot, number: u64, units: Units, by: Option<&PolicySet>, now_ms: u64) {
        let Some(reservations) = self.reservations.get_mut(&slot) else { return };
        by.unwrap_or(&self.policy_set).settle(self.slab.get(slot), reservations, number, units, now_ms);
        self.open.remove(&number);
        if reservations.is_empty() {
            self.reservations.remove(&slot);
        }
    }

    /// What is left of the block that a key is under; 0 if it is under none.
    #[inline]
    #[must_use]
    pub fn block_left_ms(&self, slot: Slot, now_ms: u64) -> u64 {
        if self.blocks.is_empty() {
            return 0;
        }
        self.blocks.get(&slot).map_or(0, |until_ms| until_ms.saturating_sub(now_ms))
    }

    /// Blocks a key for so long at least.
    pub fn block(&mut self, slot: Slot, until_ms: u64) {
        let held = self.blocks.entry(slot).or_default();
        *held = until_ms.max(*held);
        self.weigh();
    }
}
