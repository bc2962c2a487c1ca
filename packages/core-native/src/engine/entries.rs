//! What is held of all keys: at most so many, each in the order in which they would be evicted.
//!
//! Reads side by side with `core-ts/src/engine/entries.ts`.
#![forbid(unsafe_code)]

use crate::algorithms::Roughly;
use crate::clock::Now;
use crate::engine::eviction_order::{EvictionOrder, LINK_WORD, PROTECTED_RANK};
use crate::engine::places::{Hint, Places};
use crate::engine::policy::Policy;
use crate::engine::policy_set::{PolicySet, Standing, Taken};
use crate::engine::reservations::Reservations;
use crate::engine::snapshot::{Damage, Kept};
use crate::engine::units::Units;
use crate::memory::index::{ID_WORD, Index};
use crate::memory::shares::TABLES;
use crate::memory::slab::{Slab, Slot};
use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

/// Entries whose time has come that one call looks at again.
pub const LOOKS_PER_CALL: u64 = 4;
/// The same where room is needed.
const LOOKS_FOR_ROOM: usize = 64;
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
        let mut slab = Slab::new(policy_set.words());
        let order = EvictionOrder::new(policy_set.span_ms(), &mut slab);
        let index = Index::default();
        Self {
            policy_set,
            bytes: slab.bytes() + index.bytes(),
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
        self.bytes = self.slab.bytes() + self.index.bytes() + blocks + reservations;
    }

    fn make_room(&mut self, now_ms: u64) -> bool {
        if self.look_for_room(now_ms) || self.look_at_firsts(now_ms) {
            return true;
        }
        let Some(victim) = self.order.least_used(&self.slab) else { return false };
        self.remove(victim);
        self.evictions += 1;
        true
    }

    /// Lets the entry go that should go first, and gives its place out of hand; whether one went.
    pub fn let_one_go(&mut self, now_ms: u64) -> bool {
        self.keeps_places = true;
        let goes = self.make_room(now_ms) && self.places.draw(self.index.len());
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
        (0..LOOKS_FOR_ROOM).any(|_| {
            self.reclaim(1, now_ms);
            self.index.len() < held
        })
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

    /// Looks again at so many entries whose time has come.
    #[inline]
    pub fn reclaim_some(&mut self, looks: u64, now_ms: u64) {
        if now_ms >= self.next_reclaim_at_ms {
            self.reclaim(looks, now_ms);
        }
    }

    fn reclaim(&mut self, looks: u64, now_ms: u64) {
        self.next_reclaim_at_ms = self.order.pass_slots(&mut self.slab, now_ms);
        for _ in 0..looks {
            let Some(slot) = EvictionOrder::take_passed(&mut self.slab) else { return };
            if self.is_fresh(slot, now_ms) {
                self.forget(slot);
            } else {
                self.append(slot, None, now_ms);
            }
        }
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
            EvictionOrder::remove(&mut self.slab, slot);
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

    /// Forgets an entry.
    pub fn remove(&mut self, slot: Slot) {
        EvictionOrder::remove(&mut self.slab, slot);
        self.forget(slot);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.forgotten += 1;
        self.places.give(self.index.len());
        self.slab = Slab::new(self.policy_set.words());
        self.order = EvictionOrder::new(self.policy_set.span_ms(), &mut self.slab);
        self.index = Index::default();
        self.blocks = HashMap::new();
        self.reservations = HashMap::new();
        self.open = BTreeMap::new();
        self.next_reclaim_at_ms = 0;
        self.weigh();
    }

    /// Holds these from here on, in the room that there was.
    pub fn replace(&mut self, mut entries: Self) {
        std::mem::swap(&mut entries.places, &mut self.places);
        *self = entries;
    }

    /// Goes over to other policies of the same algorithms; what each key has used stays.
    pub fn change(&mut self, policies: &[Policy], now_ms: u64) {
        let mut next = Self::new(policies, Places::Own(0));
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
        if let Places::Own(most) = self.places
            && entries.len() > most
        {
            return Err(Damage::TooMany { keys: entries.len(), most });
        }
        let mut next = Self::new(&self.policy_set.policies(), Places::Own(0));
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

    /// Drops every expired entry.
    pub fn drop_expired(&mut self, now_ms: u64) {
        for slot in self.index.slots().collect::<Vec<_>>() {
            if self.is_fresh(slot, now_ms) {
                self.remove(slot);
            }
        }
    }

    /// Whether anything is live. What is found expired before that goes, so that nothing is looked at twice.
    pub fn has_live(&mut self, now_ms: u64) -> bool {
        (0..TABLES).any(|table| {
            self.index.slots_of(table).into_iter().any(|slot| {
                let is_live = !self.is_fresh(slot, now_ms);
                if !is_live {
                    self.remove(slot);
                }
                is_live
            })
        })
    }

    /// A time that has passed for these entries, by the calls on them.
    #[must_use]
    pub fn passed_ms(&self) -> u64 {
        self.order.passed_ms()
    }

    /// When a full set of entries is looked at for one that can go.
    pub fn room_due_ms(&mut self) -> u64 {
        let own_ms = self.order.first_protected_due_ms(&self.slab);
        self.places.budget().map_or(own_ms, |budget| own_ms.min(budget.first_due_ms()))
    }
}
