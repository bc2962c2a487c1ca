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
//! The lists are circles through the entries' link words, each with a head. The heads are an array beside the slab: they are
//! written whenever an entry moves, so they stay near each other and apart from the entries.
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
/// The circle of those without protection whose slot has passed.
const EXPIRED: u32 = LISTS;
/// And of the protected ones.
const PASSED: u32 = LISTS + 1;
const HEADS: u32 = PASSED + 1;
/// Who links to the head of list `n` links to this plus `n`, which no entry is.
const FIRST_HEAD: Slot = NONE - HEADS;

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
    /// The links of each list's head, as an entry has them.
    heads: Box<[u64; HEADS as usize]>,
}

impl EvictionOrder {
    /// What an order takes of memory.
    pub const BYTES: usize = HEADS as usize * size_of::<u64>();

    /// Of no entries.
    #[must_use]
    pub fn new(span_ms: u64) -> Self {
        let grain_shift = span_ms.div_ceil(16).max(1).next_power_of_two().trailing_zeros();
        let mut heads = Box::new([0; HEADS as usize]);
        for (word, head) in heads.iter_mut().zip(FIRST_HEAD..) {
            *word = links_to(head, head);
        }
        Self { grain_shift, slot_bits: [0; RANKS as usize], slot: 0, heads }
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
        let head = FIRST_HEAD + list;
        let (_, tail) = self.links(slab, head);
        self.write(slab, slot, |_| links_to(head, tail) | u64::from(list));
        self.set_next(slab, tail, slot);
        self.set_previous(slab, head, slot);
        if let Some(bits) = self.slot_bits.get_mut((list / SLOTS) as usize) {
            *bits |= 1 << (list % SLOTS);
        }
    }

    /// Takes an entry out of its list.
    pub fn remove(&mut self, slab: &mut Slab, slot: Slot) {
        let (next, previous) = self.links(slab, slot);
        self.set_next(slab, previous, next);
        self.set_previous(slab, next, previous);
    }

    /// All entries, from the one that is looked at first to the one that is evicted last.
    #[must_use]
    pub fn all(&self, slab: &Slab) -> Vec<Slot> {
        let lists = (0..RANKS)
            .flat_map(|rank| (0..SLOTS).map(move |slot| rank * SLOTS + self.wheel(self.slot + u64::from(slot))));
        let mut all = Vec::new();
        for list in [EXPIRED, PASSED].into_iter().chain(lists) {
            let mut next = self.first_of(slab, list);
            while let Some(slot) = next {
                all.push(slot);
                next = entry(self.links(slab, slot).0);
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
                self.splice(slab, rank * SLOTS + self.wheel(past), passed);
            }
        }
        self.slot = slot;
        if self.next(slab).is_none() { (slot + 1) << self.grain_shift } else { now_ms }
    }

    /// The next entry whose slot has passed, taken out of the order.
    pub fn take_passed(&mut self, slab: &mut Slab) -> Option<Slot> {
        let slot = self.next(slab)?;
        self.remove(slab, slot);
        Some(slot)
    }

    fn next(&self, slab: &Slab) -> Option<Slot> {
        self.first_of(slab, EXPIRED).or_else(|| self.first_of(slab, PASSED))
    }

    fn first_of(&self, slab: &Slab, list: u32) -> Option<Slot> {
        entry(self.links(slab, FIRST_HEAD + list).0)
    }

    /// The entry of a rank that is due first, by its slot.
    pub fn first(&mut self, slab: &Slab, rank: u32) -> Option<Slot> {
        let from_now = self.first_slot(slab, rank)?;
        self.first_of(slab, rank * SLOTS + self.wheel(self.slot + u64::from(from_now)))
    }

    /// The first of the lowest rank; none where all are protected.
    pub fn least_used(&mut self, slab: &Slab) -> Option<Slot> {
        (0..PROTECTED_RANK).find_map(|rank| self.first(slab, rank))
    }

    /// When the first protected entry is looked at again: at the next call, where one waits for that.
    pub fn first_protected_due_ms(&mut self, slab: &Slab) -> u64 {
        if self.next(slab).is_some() {
            return self.slot << self.grain_shift;
        }
        let from_now = self.first_slot(slab, PROTECTED_RANK).unwrap_or(0);
        (self.slot + u64::from(from_now) + 1) << self.grain_shift
    }

    /// The lowest rank that there is, and when the first entry of all is looked at again: at once, where one waits.
    pub fn first_to_go(&mut self, slab: &Slab) -> (u32, u64) {
        if self.next(slab).is_some() {
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
        loop {
            let bits = self.slot_bits.get(rank as usize).copied().filter(|&bits| bits != 0)?;
            let from_now = bits.rotate_right(now).trailing_zeros();
            let slot = (now + from_now) % SLOTS;
            if self.first_of(slab, rank * SLOTS + slot).is_some() {
                return Some(from_now);
            }
            if let Some(bits) = self.slot_bits.get_mut(rank as usize) {
                *bits &= !(1 << slot); // emptied since: paid by the one that came in
            }
        }
    }

    #[allow(clippy::cast_possible_truncation)] // a remainder
    #[allow(clippy::unused_self)]
    fn wheel(&self, slot: u64) -> u32 {
        (slot % u64::from(SLOTS)) as u32
    }

    /// Moves all entries of a list to the end of another circle.
    fn splice(&mut self, slab: &mut Slab, from: u32, to: u32) {
        let (from, to) = (FIRST_HEAD + from, FIRST_HEAD + to);
        let (first, last) = self.links(slab, from);
        if first == from {
            return;
        }
        let (_, before) = self.links(slab, to);
        self.set_next(slab, before, first);
        self.set_previous(slab, first, before);
        self.set_next(slab, last, to);
        self.set_previous(slab, to, last);
        self.set_next(slab, from, from);
        self.set_previous(slab, from, from);
    }

    /// The next and the previous one of an entry or a head.
    #[allow(clippy::cast_possible_truncation)] // masked to their bits
    fn links(&self, slab: &Slab, of: Slot) -> (Slot, Slot) {
        let word = match of.checked_sub(FIRST_HEAD) {
            None => slab.word(of, LINK_WORD),
            Some(list) => self.heads.get(list as usize).copied().unwrap_or_default(),
        };
        ((word >> (SLOT_BITS + LIST_BITS)) as Slot, (word >> LIST_BITS) as Slot & NONE)
    }

    fn set_next(&mut self, slab: &mut Slab, of: Slot, next: Slot) {
        const OTHERS: u64 = (1 << (SLOT_BITS + LIST_BITS)) - 1;
        self.write(slab, of, |word| word & OTHERS | links_to(next, 0));
    }

    fn set_previous(&mut self, slab: &mut Slab, of: Slot, previous: Slot) {
        const OTHERS: u64 = !((NONE as u64) << LIST_BITS);
        self.write(slab, of, |word| word & OTHERS | links_to(0, previous));
    }

    fn write(&mut self, slab: &mut Slab, of: Slot, change: impl FnOnce(u64) -> u64) {
        let word = match of.checked_sub(FIRST_HEAD) {
            None => slab.get(of).get_mut(LINK_WORD),
            Some(list) => self.heads.get_mut(list as usize),
        };
        if let Some(word) = word {
            *word = change(*word);
        }
    }
}

fn links_to(next: Slot, previous: Slot) -> u64 {
    u64::from(next) << (SLOT_BITS + LIST_BITS) | u64::from(previous) << LIST_BITS
}

/// What is linked to, where it is no head.
fn entry(link: Slot) -> Option<Slot> {
    (link < FIRST_HEAD).then_some(link)
}
