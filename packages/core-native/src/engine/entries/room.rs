//! Room for new keys: who goes where there is none.
#![forbid(unsafe_code)]

use super::Entries;
use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::shared::places::{Hint, Places};

/// Entries whose time has come that are looked at again where room is needed.
const LOOKS_FOR_ROOM: usize = 64;

impl Entries {
    /// Lets one entry go: one that has expired, or else the one that has used least.
    pub(super) fn make_room(&mut self, now_ms: u64) -> bool {
        self.look_for_room(now_ms) || self.look_at_firsts(now_ms) || self.evict()
    }

    fn evict(&mut self) -> bool {
        let Some(victim) = self.order.least_used(&self.slab) else { return false };
        self.remove(victim);
        self.evictions += 1;
        true
    }

    /// Lets the entry go that should go first, and gives its place out of hand, unless it is none that has expired and
    /// ranks higher than was said. Whether one went.
    pub fn let_one_go(&mut self, said: Hint, now_ms: u64) -> bool {
        self.keeps_places = true;
        let is_expired = self.look_for_room(now_ms) || self.look_at_firsts(now_ms);
        let goes = is_expired || self.hint().is_some_and(|hint| hint.at(now_ms) <= said) && self.evict();
        let goes = goes && self.places.draw(self.index.len());
        self.keeps_places = false;
        self.places.give(0);
        goes
    }

    /// What would go first; none where nothing is held.
    pub fn hint(&mut self) -> Option<Hint> {
        if self.index.len() == 0 {
            return None;
        }
        let (rank, due_ms) = self.order.first_to_go(&self.slab);
        Some(Hint { rank, due_ms })
    }

    /// The room that there is.
    pub fn places(&mut self) -> &mut Places {
        &mut self.places
    }

    /// Whether a new key would find room.
    pub fn has_room(&mut self, now_ms: u64) -> bool {
        self.places.any(self.index.len())
            || self.look_for_room(now_ms)
            || self.order.least_used(&self.slab).is_some()
            || self.places.budget().is_some_and(|budget| budget.first_to_go(None, now_ms).is_some())
    }

    /// Looks again at entries whose time has come, one after the other, until one of them goes.
    fn look_for_room(&mut self, now_ms: u64) -> bool {
        let held = self.index.len();
        for _ in 0..LOOKS_FOR_ROOM {
            if !self.reclaim(1, now_ms) {
                return false;
            }
            if self.index.len() < held {
                return true;
            }
        }
        false
    }

    /// Looks again at the first entry of each rank, until one of them goes: what has drained since it was placed ranks
    /// lower then. Behind one of the lowest rank there is nothing better.
    fn look_at_firsts(&mut self, now_ms: u64) -> bool {
        for rank in 0..PROTECTED_RANK {
            let Some(slot) = self.order.first(&self.slab, rank) else { continue };
            if self.is_fresh(slot, now_ms) {
                self.remove(slot);
                return true;
            }
            if rank == 0 {
                return false;
            }
            self.place(slot, None, now_ms);
        }
        false
    }

    /// When a full set of entries is looked at for one that can go.
    pub fn room_due_ms(&mut self) -> u64 {
        let own_ms = self.order.first_protected_due_ms(&self.slab);
        self.places.budget().map_or(own_ms, |budget| own_ms.min(budget.first_due_ms()))
    }
}
