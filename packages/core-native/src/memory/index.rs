//! Slots by id: in many small tables, so that none takes long to grow.
//!
//! A table is one array of words: 36 bits of the id beside the slot, at the first free place from the one that
//! those bits name (linear probing, Knuth 6.4). So a look-up reads one line of memory and then the entry, and
//! nothing else is read where a table grows or closes the gap that a removed one has left.
#![forbid(unsafe_code)]

use crate::memory::shares::{self, TABLES};
use crate::memory::slab::{SLOT_BITS, Slab, Slot};

/// The word of an entry that has its id.
pub const ID_WORD: usize = 0;

/// No slot is all ones.
const EMPTY: u64 = u64::MAX;
/// The lowest bits of an id name the shard, and the highest ones name the table.
const ID_SHIFT: u32 = 8;
const LEAST_CAPACITY: usize = 8;
const FEW_TABLES: usize = 4;

/// Finds entries.
pub struct Index {
    tables: Vec<Table>,
    len: usize,
    /// Of all tables.
    words: usize,
}

#[derive(Clone, Default)]
struct Table {
    /// None, or a power of two of them.
    words: Box<[u64]>,
    len: usize,
}

impl Index {
    /// For all keys of a limiter: many tables, which grow one after the other.
    #[must_use]
    pub fn whole() -> Self {
        Self::of(TABLES)
    }

    /// For one shard's keys, which has many beside it: few tables, so that what is looked at stays near.
    #[must_use]
    pub fn of_shard() -> Self {
        Self::of(FEW_TABLES)
    }

    fn of(tables: usize) -> Self {
        Self { tables: vec![Table::default(); tables], len: 0, words: 0 }
    }

    /// One of as many tables, of nothing.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::of(self.tables.len())
    }

    /// The number of the table of an id.
    #[inline]
    fn table_of(&self, id: u64) -> usize {
        let table = shares::table(id);
        if self.tables.len() == TABLES { table } else { table % FEW_TABLES }
    }

    /// How many tables there are.
    #[must_use]
    pub fn tables(&self) -> usize {
        self.tables.len()
    }

    /// Entries held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The entry of an id.
    #[inline]
    #[must_use]
    pub fn find(&self, slab: &Slab, id: u64) -> Option<Slot> {
        let table = self.tables.get(self.table_of(id))?;
        table.place(id, |slot| slab.word(slot, ID_WORD) == id).map(|(_, slot)| slot)
    }

    /// Reads what `find` will read first.
    #[inline]
    #[must_use]
    pub fn touch(&self, id: u64) -> u64 {
        let table = self.tables.get(self.table_of(id));
        table.and_then(|table| table.words.get(table.home(word_of(id, 0)))).copied().unwrap_or_default()
    }

    /// Adds an entry whose id is not held.
    pub fn insert(&mut self, id: u64, slot: Slot) {
        let number = self.table_of(id);
        let Some(table) = self.tables.get_mut(number) else { return };
        if (table.len + 1) * 5 > table.words.len() * 4 {
            self.words -= table.words.len();
            table.resize((table.words.len() * 2).max(LEAST_CAPACITY));
            self.words += table.words.len();
        }
        table.add(word_of(id, slot));
        table.len += 1;
        self.len += 1;
    }

    /// Forgets an entry; a table that is mostly empty then gives memory back.
    pub fn remove(&mut self, id: u64, slot: Slot) {
        let number = self.table_of(id);
        let Some(table) = self.tables.get_mut(number) else { return };
        let Some((place, _)) = table.place(id, |held| held == slot) else { return };
        table.close(place);
        table.len -= 1;
        self.len -= 1;
        if table.words.len() > 64 && table.len < table.words.len() / 8 {
            self.words -= table.words.len();
            table.resize(table.words.len() / 4);
            self.words += table.words.len();
        }
    }

    /// What the tables take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words * size_of::<u64>() + self.tables.len() * size_of::<Table>()
    }

    /// Every entry held.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.tables.iter().flat_map(Table::slots)
    }

    /// The entries of one of the tables.
    #[must_use]
    pub fn slots_of(&self, table: usize) -> Vec<Slot> {
        self.tables.get(table).map(|table| table.slots().collect()).unwrap_or_default()
    }
}

impl Table {
    fn slots(&self) -> impl Iterator<Item = Slot> {
        self.words.iter().filter(|&&word| word != EMPTY).map(|&word| slot_of(word))
    }

    /// Where the word of an id is whose slot is the right one.
    #[inline]
    fn place(&self, id: u64, is_right: impl Fn(Slot) -> bool) -> Option<(usize, Slot)> {
        let wanted = word_of(id, 0);
        let mut place = self.home(wanted);
        loop {
            let &word = self.words.get(place)?;
            if word == EMPTY {
                return None;
            }
            if word >> SLOT_BITS == wanted >> SLOT_BITS && is_right(slot_of(word)) {
                return Some((place, slot_of(word)));
            }
            place = self.after(place);
        }
    }

    /// Puts a word at the first free place; there is one.
    fn add(&mut self, word: u64) {
        let mut place = self.home(word);
        while self.words.get(place).is_some_and(|&held| held != EMPTY) {
            place = self.after(place);
        }
        self.set(place, word);
    }

    /// Empties a place, and moves up those behind it that would not be found beyond a gap.
    fn close(&mut self, mut gap: usize) {
        let mut place = self.after(gap);
        while let Some(&word) = self.words.get(place)
            && word != EMPTY
        {
            let (from_home, from_gap) = (self.distance(self.home(word), place), self.distance(gap, place));
            if from_home >= from_gap {
                self.set(gap, word);
                gap = place;
            }
            place = self.after(place);
        }
        self.set(gap, EMPTY);
    }

    fn resize(&mut self, capacity: usize) {
        let old = std::mem::replace(&mut self.words, vec![EMPTY; capacity].into_boxed_slice());
        for &word in old.iter().filter(|&&word| word != EMPTY) {
            self.add(word);
        }
    }

    fn set(&mut self, place: usize, word: u64) {
        if let Some(held) = self.words.get_mut(place) {
            *held = word;
        }
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // masked
    fn home(&self, word: u64) -> usize {
        (word >> SLOT_BITS) as usize & self.words.len().wrapping_sub(1)
    }

    #[inline]
    fn after(&self, place: usize) -> usize {
        (place + 1) & self.words.len().wrapping_sub(1)
    }

    /// How many places further on, round the end.
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.words.len().wrapping_sub(1)
    }
}

fn word_of(id: u64, slot: Slot) -> u64 {
    (id >> ID_SHIFT) << SLOT_BITS | u64::from(slot)
}

#[allow(clippy::cast_possible_truncation)] // masked
fn slot_of(word: u64) -> Slot {
    word as Slot & crate::memory::slab::NONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Against the map of the standard library, with ids that crowd a few homes.
    #[test]
    fn it_finds_what_was_added_and_not_removed() {
        let mut slab = Slab::new(1);
        let mut index = Index::whole();
        let mut held: HashMap<u64, Slot> = HashMap::new();
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        for step in 0..40_000_u64 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id = (random >> 60) << 60 | (random >> 40 & 0xff) << ID_SHIFT | random >> 20 & 3;
            // Grows for half of the time, and shrinks then.
            let adds = random >> 33 & 7 < if step < 20_000 { 5 } else { 2 };
            if let Some(slot) = held.remove(&id) {
                assert_eq!(index.find(&slab, id), Some(slot));
                index.remove(id, slot);
                slab.remove(slot);
            } else if adds {
                let slot = slab.add();
                if let Some(word) = slab.get(slot).first_mut() {
                    *word = id;
                }
                index.insert(id, slot);
                held.insert(id, slot);
            }
            assert_eq!((index.find(&slab, id), index.len()), (held.get(&id).copied(), held.len()));
            assert_eq!(index.words, index.tables.iter().map(|table| table.words.len()).sum());
        }
        let mut slots: Vec<_> = index.slots().collect();
        let mut expected: Vec<_> = held.values().copied().collect();
        slots.sort_unstable();
        expected.sort_unstable();
        assert_eq!(slots, expected);
    }
}
