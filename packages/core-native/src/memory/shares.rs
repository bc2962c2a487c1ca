//! Spreads ids over shards in unequal shares, the largest twice the smallest.
//!
//! A shard's table doubles when it is full. Shards of equal shares would all double at one number of keys,
//! and right after that twice the memory would hold half of what it can. Unequal ones double one after the
//! other, so that at any number of keys about a quarter of the room is to spare, and each leaves room
//! that the next one's growth can use.
#![forbid(unsafe_code)]

/// How many shards there are.
pub const SHARDS: usize = 128;

/// The shard of an id: by its bits below those that a table of any size uses for tags and above its places.
#[inline]
#[must_use]
pub fn shard(id: u64) -> usize {
    let slot = (id >> SLOT_SHIFT) as usize % SLOTS;
    SHARD_OF_SLOT.get(slot).copied().map_or(0, usize::from)
}

/// A table takes the upper seven bits for its tags.
const SLOT_SHIFT: u32 = u64::BITS - 7 - SLOTS.trailing_zeros();
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
}
