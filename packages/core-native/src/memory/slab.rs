//! Entries by number: blocks of words that, but for the first one, never move, so that growing copies little.
#![forbid(unsafe_code)]

use crate::memory::pages;

/// What names an entry: below 2^28, so that two and a list fit one word.
pub type Slot = u32;

/// No entry.
pub const NONE: Slot = (1 << SLOT_BITS) - 1;
/// How many bits a slot has.
pub const SLOT_BITS: u32 = 28;
const FIRST_ENTRIES: usize = 256;
/// A block is not more than that.
const CHUNK_BYTES: usize = 4 << 20;

/// All entries of one size.
pub struct Slab {
    /// The first one doubles until it is as large as the others, so that few keys take little.
    chunks: Vec<Vec<u64>>,
    chunk_bits: u32,
    stride: usize,
    /// Of all blocks.
    words: usize,
    used: Slot,
    /// The first of the entries that were given back, each with the next one in its first word.
    free: Slot,
}

impl Slab {
    /// Empty, for entries of so many words: one at the least.
    #[must_use]
    pub fn new(stride: usize) -> Self {
        let fitting = CHUNK_BYTES / (stride * size_of::<u64>());
        Self { chunks: Vec::new(), chunk_bits: fitting.max(1).ilog2(), stride, words: 0, used: 0, free: NONE }
    }

    /// A new entry, all zero.
    pub fn add(&mut self) -> Slot {
        if self.free != NONE {
            let slot = self.free;
            let next = self.get(slot).first().copied().unwrap_or_default();
            self.free = Slot::try_from(next).unwrap_or(NONE);
            self.get(slot).fill(0);
            return slot;
        }
        let slot = self.used;
        if slot as usize >> self.chunk_bits == self.chunks.len() {
            self.grow();
        } else if let [first] = self.chunks.as_mut_slice()
            && first.len() == slot as usize * self.stride
        {
            first.resize((2 * first.len()).min(self.stride << self.chunk_bits), 0);
            self.words = first.len();
        }
        self.used += 1;
        slot
    }

    fn grow(&mut self) {
        let whole = self.stride << self.chunk_bits;
        if self.chunks.is_empty() {
            self.words = whole.min(self.stride * FIRST_ENTRIES);
            self.chunks.push(vec![0; self.words]);
            return;
        }
        let mut chunk = vec![0; whole];
        pages::prefer_large(&mut chunk);
        self.chunks.push(chunk);
        self.words += whole;
    }

    /// What the blocks take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words * size_of::<u64>()
    }

    /// Gives an entry back.
    pub fn remove(&mut self, slot: Slot) {
        let free = u64::from(self.free);
        if let Some(first) = self.get(slot).first_mut() {
            *first = free;
        }
        self.free = slot;
    }

    /// The words of an entry.
    #[inline]
    pub fn get(&mut self, slot: Slot) -> &mut [u64] {
        let start = (slot as usize & ((1 << self.chunk_bits) - 1)) * self.stride;
        let chunk = self.chunks.get_mut(slot as usize >> self.chunk_bits).map(Vec::as_mut_slice).unwrap_or_default();
        chunk.get_mut(start..start + self.stride).unwrap_or_default()
    }

    /// One word of an entry.
    #[inline]
    #[must_use]
    pub fn word(&self, slot: Slot, word: usize) -> u64 {
        let at = (slot as usize & ((1 << self.chunk_bits) - 1)) * self.stride + word;
        self.chunks.get(slot as usize >> self.chunk_bits).and_then(|chunk| chunk.get(at)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_what_the_blocks_have() {
        let mut slab = Slab::new(5);
        for added in 0..400_000 {
            assert_eq!(slab.add(), added);
            assert_eq!(slab.words, slab.chunks.iter().map(Vec::len).sum());
        }
        assert!(slab.chunks.len() > 2);
    }
}
