//! What is held of all keys: at most so many, each in the order in which they would be evicted.
//!
//! Reads side by side with `core-ts/src/engine/entries.ts`.
#![forbid(unsafe_code)]

mod changes;
mod holds;
mod reclaiming;
mod room;

use crate::algorithms::Roughly;
use crate::clock::Now;
use crate::engine::eviction_order::{EvictionOrder, LINK_WORD};
use crate::engine::policy::Policy;
use crate::engine::policy_set::{PolicySet, Standing, Taken};
use crate::engine::reservations::Reservations;
use crate::engine::shared::places::Places;
use crate::engine::units::Units;
use crate::memory::index::{ID_WORD, Index};
use crate::memory::slab::{Slab, Slot};
use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

/// Entries whose time has come that one call looks at again.
pub const LOOKS_PER_CALL: u64 = 4;
/// Ten years, and what they can have of leap days.
const MAX_BLOCK_MS: u64 = 3_653 * 86_400_000;
const FIRST_STATE_WORD: usize = LINK_WORD + 1;

/// Entries by id.
pub struct Entries {
    /// What decides on their words.
    pub policy_set: PolicySet,
    slab: Slab,
    index: Index,
    order: EvictionOrder,
    /// Until when keys are blocked, for the few that are or were.
    blocks: HashMap<Slot, u64>,
    /// What is reserved, for the few keys of which something is.
    reservations: HashMap<Slot, Reservations>,
    /// The entry of each one that is open, by numbers that count up.
    open: BTreeMap<u64, Slot>,
    next_reclaim_at_ms: u64,
    places: Places,
    /// Whether the places of what goes now are for a key that comes in.
    keeps_places: bool,
    /// Live entries that were forgotten to make room.
    pub evictions: u64,
    /// Entries that went for whatever reason: where it moves, what was known of a key may be over.
    pub forgotten: u64,
    /// What is allocated, but for the lists of reservations: counted where it changes, so that looking costs nothing.
    pub bytes: usize,
}

impl Entries {
    /// None, at time 0.
    #[must_use]
    pub fn new(policies: &[Policy], places: Places) -> Self {
        let policy_set = PolicySet::new(policies, FIRST_STATE_WORD);
        let slab = Slab::new(policy_set.words());
        let order = EvictionOrder::new(policy_set.span_ms());
        let index = if places.budget().is_some() { Index::of_shard() } else { Index::whole() };
        Self {
            policy_set,
            bytes: EvictionOrder::BYTES + slab.bytes() + index.bytes(),
            slab,
            index,
            order,
            blocks: HashMap::new(),
            reservations: HashMap::new(),
            open: BTreeMap::new(),
            next_reclaim_at_ms: 0,
            places,
            keeps_places: false,
            evictions: 0,
            forgotten: 0,
        }
    }

    /// How many are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// The entry of an id.
    #[inline]
    #[must_use]
    pub fn find(&self, id: u64) -> Option<Slot> {
        self.index.find(&self.slab, id)
    }

    /// The entry of an id for a call with limits of its own, without what is over by the others.
    pub fn find_for(&mut self, id: u64, by: Option<&PolicySet>, now_ms: u64) -> Option<Slot> {
        let slot = self.find(id)?;
        if by.is_some() {
            self.policy_set.drop_expired(self.slab.get(slot), now_ms);
        }
        Some(slot)
    }

    /// Reads what calls on these ids will read. Each look-up waits for memory twice; those of many ids wait together,
    /// since none of them depends on another.
    pub fn touch(&self, ids: &[u64]) {
        let tables = ids.iter().fold(0, |sum, &id| sum ^ self.index.touch(id));
        let entries =
            ids.iter().filter_map(|&id| self.find(id)).fold(0, |sum, slot| sum ^ self.slab.word(slot, LINK_WORD));
        black_box(tables ^ entries);
    }

    /// An entry's words, and what decides on them: `by`, or what decides where a call brings no limits.
    #[inline]
    pub fn ask<'ask>(&'ask mut self, slot: Slot, by: Option<&'ask PolicySet>) -> (&'ask PolicySet, &'ask mut [u64]) {
        (by.unwrap_or(&self.policy_set), self.slab.get(slot))
    }

    /// The rank of the list that an entry is in.
    #[inline]
    #[must_use]
    pub fn rank(&self, slot: Slot) -> u32 {
        EvictionOrder::rank(EvictionOrder::list(&self.slab, slot))
    }

    /// Takes the cost by a clock that may lag, where any time that it can be says the same. `None`: it took nothing, and
    /// `take` has to decide.
    #[inline]
    pub fn take_roughly(&mut self, slot: Slot, cost: u64, rough_ms: u64, clock: &impl Now) -> Option<bool> {
        if !self.blocks.is_empty() {
            return None;
        }
        let list = EvictionOrder::list(&self.slab, slot);
        let is_listed = (EvictionOrder::rank(list), !self.reservations.is_empty());
        match self.policy_set.take_roughly(self.slab.get(slot), cost, is_listed, rough_ms, clock)? {
            Roughly::Denied => return Some(false),
            Roughly::Taken => {}
            Roughly::TakenUntil(due_ms) => {
                let to = self.order.list_of(EvictionOrder::rank(list), due_ms);
                self.move_to(slot, to);
            }
        }
        Some(true)
    }

    /// Takes the cost, more than 0 of some policy, if it fits all and the entry is not blocked.
    #[inline]
    pub fn take(&mut self, slot: Slot, cost: Units, by: Option<&PolicySet>, now_ms: u64) -> Taken {
        if self.block_left_ms(slot, now_ms) > 0 {
            return Taken::Denied;
        }
        let rank = self.rank(slot);
        let policy_set = by.unwrap_or(&self.policy_set);
        let entry = self.slab.get(slot);
        if !self.reservations.is_empty()
            && let Some(reservations) = self.reservations.get_mut(&slot)
        {
            if !policy_set.fits(entry, cost, now_ms) {
                return Taken::Denied;
            }
            policy_set.before_taking(entry, reservations, cost, now_ms);
        }
        match policy_set.take(entry, cost, now_ms, rank) {
            // Where it is was said by other limits, maybe.
            Taken::Stays if by.is_some() => Taken::Moves(policy_set.standing(entry, false, now_ms)),
            taken => taken,
        }
    }

    /// Takes units that were used beyond an estimate, whether they fit or not.
    pub fn add(&mut self, slot: Slot, units: Units, by: Option<&PolicySet>, now_ms: u64) {
        let policy_set = by.unwrap_or(&self.policy_set);
        let entry = self.slab.get(slot);
        if let Some(reservations) = self.reservations.get_mut(&slot) {
            policy_set.before_taking(entry, reservations, units, now_ms);
        }
        policy_set.add(entry, units, now_ms);
    }

    /// Whether the cost fits all policies of an entry that is not blocked.
    #[inline]
    pub fn fits(&mut self, slot: Slot, cost: Units, by: Option<&PolicySet>, now_ms: u64) -> bool {
        let is_blocked = self.block_left_ms(slot, now_ms) > 0;
        let (policy_set, entry) = self.ask(slot, by);
        !is_blocked && policy_set.fits(entry, cost, now_ms)
    }

    /// A new entry, not in the order yet; none where there is no room for it.
    pub fn enter(&mut self, id: u64, now_ms: u64) -> Option<Slot> {
        if !self.places.draw(self.index.len()) {
            self.keeps_places = true;
            let drawn = self.make_room(now_ms) && self.places.draw(self.index.len());
            self.keeps_places = false;
            self.places.give(0);
            if !drawn {
                return None;
            }
        }
        Some(self.insert(id))
    }

    fn insert(&mut self, id: u64) -> Slot {
        let slot = self.slab.add();
        if let Some(word) = self.slab.get(slot).get_mut(ID_WORD) {
            *word = id;
        }
        self.index.insert(id, slot);
        self.weigh();
        slot
    }

    fn weigh(&mut self) {
        let blocks = self.blocks.capacity() * size_of::<(Slot, u64)>();
        let reservations = self.reservations.capacity() * size_of::<(Slot, Reservations)>();
        self.bytes = EvictionOrder::BYTES + self.slab.bytes() + self.index.bytes() + blocks + reservations;
    }

    /// Moves an entry to where it belongs by now, by the limits of the call that takes from it.
    pub fn place(&mut self, slot: Slot, by: Option<&PolicySet>, now_ms: u64) {
        let list = self.list_of(slot, by, now_ms);
        self.move_to(slot, list);
    }

    /// Moves an entry that is not blocked to where its standing says.
    #[inline]
    pub fn place_as(&mut self, slot: Slot, Standing { rank, due_after_ms }: Standing, now_ms: u64) {
        let list = self.order.list_of(rank, now_ms + due_after_ms);
        self.move_to(slot, list);
    }

    #[inline]
    fn move_to(&mut self, slot: Slot, list: u32) {
        if list != EvictionOrder::list(&self.slab, slot) {
            self.order.remove(&mut self.slab, slot);
            self.order.append(&mut self.slab, slot, list);
        }
    }

    /// Puts an entry that is in no list where it belongs.
    pub fn append(&mut self, slot: Slot, by: Option<&PolicySet>, now_ms: u64) {
        let list = self.list_of(slot, by, now_ms);
        self.order.append(&mut self.slab, slot, list);
    }

    fn list_of(&mut self, slot: Slot, by: Option<&PolicySet>, now_ms: u64) -> u32 {
        let blocked_ms = self.block_left_ms(slot, now_ms);
        let (policy_set, entry) = (by.unwrap_or(&self.policy_set), self.slab.get(slot));
        let Standing { rank, due_after_ms } = policy_set.standing(entry, blocked_ms > 0, now_ms);
        self.order.list_of(rank, now_ms + due_after_ms.max(blocked_ms))
    }

    /// Whether the key is as good as never seen.
    pub fn is_fresh(&mut self, slot: Slot, now_ms: u64) -> bool {
        self.block_left_ms(slot, now_ms) == 0 && self.policy_set.is_fresh(self.slab.get(slot), now_ms)
    }

    /// Lets go of an entry that is in no list.
    fn forget(&mut self, slot: Slot) {
        self.index.remove(self.slab.word(slot, ID_WORD), slot);
        self.slab.remove(slot);
        self.blocks.remove(&slot);
        for number in self.reservations.remove(&slot).iter().flat_map(Reservations::numbers) {
            self.open.remove(&number);
        }
        self.forgotten += 1;
        if self.keeps_places {
            self.places.keep(1);
        } else {
            self.places.give(1);
        }
        self.weigh();
    }

    /// Forgets an entry.
    pub fn remove(&mut self, slot: Slot) {
        self.order.remove(&mut self.slab, slot);
        self.forget(slot);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.forgotten += 1;
        self.places.give(self.index.len());
        self.slab = Slab::new(self.policy_set.words());
        self.order = EvictionOrder::new(self.policy_set.span_ms());
        self.index = self.index.emptied();
        self.blocks = HashMap::new();
        self.reservations = HashMap::new();
        self.open = BTreeMap::new();
        self.next_reclaim_at_ms = 0;
        self.weigh();
    }
}
