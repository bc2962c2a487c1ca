//! Which entry is looked at next: first those that have expired, then those that may be protected no longer, then
//! those that have used least.
//!
//! An entry is in one list, by its rank and by the slot of time in which it is due: when it expires or, if it
//! is protected, when it no longer is. The slots are a hashed timing wheel (Varghese and Lauck 1987): when one
//! has passed, its entries are handed out to be looked at again, a few per call. Everything is O(1).
//!
//! The wheel goes round in more than the longest span, and whatever moves an entry's time places it anew. So one
//! that is not protected has expired when its slot has passed. A protected one may be live or still protected then:
//! those are handed out apart, so that none of them stands before one that has expired.
//!
//! The lists are circles through the entries' link words, each with a head of its own in the slab.
//!
//! Reads side by side with `core-ts/src/engine/eviction-order.ts`.
#![forbid(unsafe_code)]

use crate::memory::slab::{NONE, SLOT_BITS, Slab, Slot};

/// From 0, for keys that have used least of their limit, to the one that is never evicted.
pub const PROTECTED_RANK: u32 = 7;
const RANKS: u32 = PROTECTED_RANK + 1;
/// A wheel of so many slots goes round in two to four of the longest spans.
const SLOTS: u32 = u32::BITS;
const LISTS: u32 = RANKS * SLOTS;
/// The head of the circle of those without protection whose slot has passed.
const EXPIRED: Slot = LISTS;
/// And of the protected ones.
const PASSED: Slot = LISTS + 1;

/// The word of an entry that has its links: the next entry, the previous one, and its list in the low bits.
pub const LINK_WORD: usize = 1;
const LIST_BITS: u32 = 8;

/// The order of one table.
pub struct EvictionOrder {
    /// A power of two, from a sixteenth to an eighth of the longest span.
    grain_shift: u32,
    /// For each rank a bit per slot whose list may have entries.
    slot_bits: [u32; RANKS as usize],
    /// The slot that time is in: all before it have been handed over.
    slot: u64,
}

impl EvictionOrder {
    /// Of no entries. Takes the first entries of an empty slab for its heads.
    pub fn new(span_ms: u64, slab: &mut Slab) -> Self {
        for _ in 0..=PASSED {
            let head = slab.add();
            link(slab, head, head, head, 0);
        }
        let grain_shift = span_ms.div_ceil(16).max(1).next_power_of_two().trailing_zeros();
        Self { grain_shift, slot_bits: [0; RANKS as usize], slot: 0 }
    }

    /// A time that has passed: the start of the slot that time is in.
    #[must_use]
    pub fn passed_ms(&self) -> u64 {
        self.slot << self.grain_shift
    }

    /// The rank of a list.
    #[must_use]
    pub fn rank(list: u32) -> u32 {
        list / SLOTS
    }

    /// The list for a rank and the time at which to look again.
    #[must_use]
    pub fn list_of(&self, rank: u32, due_ms: u64) -> u32 {
        // Another thread may have moved on past the reading that the time was reckoned from.
        rank * SLOTS + self.wheel((due_ms >> self.grain_shift).max(self.slot))
    }

    /// The list that an entry is in, as far as it is in one.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // eight bits
    pub fn list(slab: &Slab, slot: Slot) -> u32 {
        slab.word(slot, LINK_WORD) as u32 & ((1 << LIST_BITS) - 1)
    }

    /// Puts an entry that is in no list at the end of one.
    pub fn append(&mut self, slab: &mut Slab, slot: Slot, list: u32) {
        let (_, tail) = links(slab, list);
        link(slab, slot, list, tail, list);
        set_next(slab, tail, slot);
        set_previous(slab, list, slot);
        if let Some(bits) = self.slot_bits.get_mut((list / SLOTS) as usize) {
            *bits |= 1 << (list % SLOTS);
        }
    }

    /// Takes an entry out of its list.
    pub fn remove(slab: &mut Slab, slot: Slot) {
        let (next, previous) = links(slab, slot);
        set_next(slab, previous, next);
        set_previous(slab, next, previous);
    }

    /// All entries, from the one that is looked at first to the one that is evicted last.
    #[must_use]
    pub fn all(&self, slab: &Slab) -> Vec<Slot> {
        let lists = (0..RANKS)
            .flat_map(|rank| (0..SLOTS).map(move |slot| rank * SLOTS + self.wheel(self.slot + u64::from(slot))));
        let mut all = Vec::new();
        for head in [EXPIRED, PASSED].into_iter().chain(lists) {
            let (mut slot, _) = links(slab, head);
            while slot != head {
                all.push(slot);
                (slot, _) = links(slab, slot);
            }
        }
        all
    }

    /// Moves on to `now_ms`, and answers until when there is nothing to look at again.
    pub fn pass_slots(&mut self, slab: &mut Slab, now_ms: u64) -> u64 {
        let slot = (now_ms >> self.grain_shift).max(self.slot);
        for past in self.slot.max(slot.saturating_sub(u64::from(SLOTS)))..slot {
            for rank in 0..RANKS {
                let passed = if rank == PROTECTED_RANK { PASSED } else { EXPIRED };
                splice(slab, rank * SLOTS + self.wheel(past), passed);
            }
        }
        self.slot = slot;
        if Self::next(slab).is_none() { (slot + 1) << self.grain_shift } else { now_ms }
    }

    /// The next entry whose slot has passed, taken out of the order.
    pub fn take_passed(slab: &mut Slab) -> Option<Slot> {
        let slot = Self::next(slab)?;
        Self::remove(slab, slot);
        Some(slot)
    }

    fn next(slab: &Slab) -> Option<Slot> {
        [EXPIRED, PASSED].into_iter().find_map(|head| Some(links(slab, head).0).filter(|&first| first != head))
    }

    /// The entry of a rank that is due first, by its slot.
    pub fn first(&mut self, slab: &Slab, rank: u32) -> Option<Slot> {
        let from_now = self.first_slot(slab, rank)?;
        Some(links(slab, rank * SLOTS + self.wheel(self.slot + u64::from(from_now))).0)
    }

    /// The first of the lowest rank; none where all are protected.
    pub fn least_used(&mut self, slab: &Slab) -> Option<Slot> {
        (0..PROTECTED_RANK).find_map(|rank| self.first(slab, rank))
    }

    /// When the first protected entry is looked at again: at the next call, where one waits for that.
    pub fn first_protected_due_ms(&mut self, slab: &Slab) -> u64 {
        if Self::next(slab).is_some() {
            return self.slot << self.grain_shift;
        }
        let from_now = self.first_slot(slab, PROTECTED_RANK).unwrap_or(0);
        (self.slot + u64::from(from_now) + 1) << self.grain_shift
    }

    /// The lowest rank that there is, and when the first entry of all is looked at again: at once, where one waits.
    pub fn first_to_go(&mut self, slab: &Slab) -> (u32, u64) {
        if Self::next(slab).is_some() {
            return (0, self.slot << self.grain_shift);
        }
        let mut lowest = PROTECTED_RANK;
        let mut first = u32::MAX;
        for rank in (0..=PROTECTED_RANK).rev() {
            if let Some(from_now) = self.first_slot(slab, rank) {
                lowest = rank;
                first = first.min(from_now);
            }
        }
        (lowest, (self.slot + u64::from(first) + 1) << self.grain_shift)
    }

    /// How many slots from now the first list of a rank is that has entries.
    fn first_slot(&mut self, slab: &Slab, rank: u32) -> Option<u32> {
        let now = self.wheel(self.slot);
        let bits = self.slot_bits.get_mut(rank as usize)?;
        while *bits != 0 {
            let from_now = bits.rotate_right(now).trailing_zeros();
            let slot = (now + from_now) % SLOTS;
            let head = rank * SLOTS + slot;
            if links(slab, head).0 != head {
                return Some(from_now);
            }
            *bits &= !(1 << slot); // emptied since: paid by the one that came in
        }
        None
    }

    #[allow(clippy::cast_possible_truncation)] // a remainder
    #[allow(clippy::unused_self)]
    fn wheel(&self, slot: u64) -> u32 {
        (slot % u64::from(SLOTS)) as u32
    }
}

/// Moves all entries of a list to the end of another circle.
fn splice(slab: &mut Slab, head: Slot, to: Slot) {
    let (first, last) = links(slab, head);
    if first == head {
        return;
    }
    let (_, before) = links(slab, to);
    set_next(slab, before, first);
    set_previous(slab, first, before);
    set_next(slab, last, to);
    set_previous(slab, to, last);
    set_next(slab, head, head);
    set_previous(slab, head, head);
}

/// The next and the previous entry.
#[allow(clippy::cast_possible_truncation)] // masked to their bits
fn links(slab: &Slab, slot: Slot) -> (Slot, Slot) {
    let word = slab.word(slot, LINK_WORD);
    ((word >> (SLOT_BITS + LIST_BITS)) as Slot, (word >> LIST_BITS) as Slot & NONE)
}

fn link(slab: &mut Slab, slot: Slot, next: Slot, previous: Slot, list: u32) {
    let word = u64::from(next) << (SLOT_BITS + LIST_BITS) | u64::from(previous) << LIST_BITS | u64::from(list);
    write(slab, slot, |_| word);
}

fn set_next(slab: &mut Slab, slot: Slot, next: Slot) {
    const OTHERS: u64 = (1 << (SLOT_BITS + LIST_BITS)) - 1;
    write(slab, slot, |word| word & OTHERS | u64::from(next) << (SLOT_BITS + LIST_BITS));
}

fn set_previous(slab: &mut Slab, slot: Slot, previous: Slot) {
    const OTHERS: u64 = !((NONE as u64) << LIST_BITS);
    write(slab, slot, |word| word & OTHERS | u64::from(previous) << LIST_BITS);
}

fn write(slab: &mut Slab, slot: Slot, change: impl FnOnce(u64) -> u64) {
    if let Some(word) = slab.get(slot).get_mut(LINK_WORD) {
        *word = change(*word);
    }
}
