//! Spreads ids over shards in unequal shares, the largest twice the smallest.
//!
//! A shard's table doubles when it is full. Shards of equal shares would all double at one number of keys,
//! and right after that twice the memory would hold half of what it can. Unequal ones double one after the
//! other, so that at any number of keys about a quarter of the room is to spare, and each leaves room
//! that the next one's growth can use.
#![forbid(unsafe_code)]

use std::hash::{BuildHasherDefault, Hasher};

/// How many shards there are: a power of two, which `DashMap` wants.
pub const SHARDS: usize = 128;

/// For a table whose keys are ids.
pub type BuildShares = BuildHasherDefault<Shares>;

/// Keeps an id as it is but for the bits by which `DashMap` picks the shard.
#[derive(Default)]
pub struct Shares(u64);

impl Hasher for Shares {
    fn write_u64(&mut self, id: u64) {
        self.0 = hash(id);
    }

    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("ids are u64");
    }
}

/// The hash of an id: a shard by its share, and the id's own bits for the place in the shard's table.
#[inline]
#[must_use]
pub fn hash(id: u64) -> u64 {
    let slot = (id >> SLOT_SHIFT) as usize % SLOTS;
    let shard = SHARD_OF_SLOT.get(slot).copied().unwrap_or(0);
    (id & !(SHARD_MASK << SHARD_SHIFT)) | (u64::from(shard) << SHARD_SHIFT)
}

/// `DashMap` leaves the upper seven bits to the table's tags, and takes the next ones.
const SHARD_SHIFT: u32 = u64::BITS - 7 - SHARDS.trailing_zeros();
const SHARD_MASK: u64 = SHARDS as u64 - 1;
/// Below the shard's bits, and above those that a table of any size uses.
const SLOT_SHIFT: u32 = SHARD_SHIFT - SLOTS.trailing_zeros();
const SLOTS: usize = 1_024;

/// Shard `s` has a share of `SHARDS + s` parts, so the last one's is nearly twice the first one's.
#[expect(clippy::indexing_slicing, reason = "a constant: a wrong index does not compile")]
const SHARD_OF_SLOT: [u8; SLOTS] = {
    let parts = SHARDS * SHARDS + SHARDS * (SHARDS - 1) / 2;
    let mut table = [0; SLOTS];
    let mut shard = 0;
    let mut end = SHARDS;
    let mut slot = 0;
    while slot < SLOTS {
        while slot * parts >= end * SLOTS {
            shard += 1;
            end += SHARDS + shard as usize;
        }
        table[slot] = shard;
        slot += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use dashmap::DashMap;

    #[test]
    fn every_shard_has_a_share_and_the_largest_is_about_twice_the_smallest() {
        let mut slots = [0; SHARDS];
        for shard in SHARD_OF_SLOT {
            if let Some(count) = slots.get_mut(usize::from(shard)) {
                *count += 1;
            }
        }
        assert_eq!(slots.iter().min(), Some(&5));
        assert_eq!(slots.iter().max(), Some(&11));
    }

    #[test]
    fn dashmap_finds_the_shard_in_the_bits_that_are_set_for_it() {
        let map: DashMap<u64, (), BuildShares> = DashMap::with_hasher_and_shard_amount(BuildShares::default(), SHARDS);
        for slot in 0..SLOTS {
            let id = (slot as u64) << SLOT_SHIFT;
            let shard = SHARD_OF_SLOT.get(slot).copied().map(usize::from);
            assert_eq!(Some(map.determine_shard(map.hash_usize(&id))), shard);
        }
    }
}
