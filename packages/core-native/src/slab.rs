//! Entries by number: blocks of words that never move, so that growing copies nothing.
#![forbid(unsafe_code)]

/// What names an entry: below 2^28, so that two and a list fit one word.
pub type Slot = u32;

/// No entry.
pub const NONE: Slot = (1 << SLOT_BITS) - 1;
/// How many bits a slot has.
pub const SLOT_BITS: u32 = 28;
const CHUNK_BITS: u32 = 9;

/// All entries of one size.
pub struct Slab {
    chunks: Vec<Box<[u64]>>,
    stride: usize,
    used: Slot,
    /// The first of the entries that were given back, each with the next one in its first word.
    free: Slot,
}

impl Slab {
    /// Empty, for entries of so many words: one at the least.
    #[must_use]
    pub fn new(stride: usize) -> Self {
        Self { chunks: Vec::new(), stride, used: 0, free: NONE }
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
        if slot as usize >> CHUNK_BITS == self.chunks.len() {
            self.chunks.push(vec![0; self.stride << CHUNK_BITS].into_boxed_slice());
        }
        self.used += 1;
        slot
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
        let start = (slot as usize & ((1 << CHUNK_BITS) - 1)) * self.stride;
        let chunk = self.chunks.get_mut(slot as usize >> CHUNK_BITS).map(AsMut::as_mut).unwrap_or_default();
        chunk.get_mut(start..start + self.stride).unwrap_or_default()
    }

    /// One word of an entry.
    #[inline]
    #[must_use]
    pub fn word(&self, slot: Slot, word: usize) -> u64 {
        let at = (slot as usize & ((1 << CHUNK_BITS) - 1)) * self.stride + word;
        self.chunks.get(slot as usize >> CHUNK_BITS).and_then(|chunk| chunk.get(at)).copied().unwrap_or_default()
    }
}
