//! Spreads ids over tables in unequal shares, the largest twice the smallest.
//!
//! A table doubles when it is full. Tables of equal shares would all double at one number of keys,
//! and right after that twice the memory would hold half of what it can. Unequal ones double one after the
//! other, so that at any number of keys about a quarter of the room is to spare, and each leaves room
//! that the next one's growth can use.
#![forbid(unsafe_code)]

/// How many tables there are.
pub const TABLES: usize = 128;

/// The table of an id: by its bits below those that a table of any size uses for tags and above its places.
#[inline]
#[must_use]
pub fn table(id: u64) -> usize {
    let slot = (id >> SLOT_SHIFT) as usize % SLOTS;
    TABLE_OF_SLOT.get(slot).copied().map_or(0, usize::from)
}

/// A table takes the upper seven bits for its tags.
const SLOT_SHIFT: u32 = u64::BITS - 7 - SLOTS.trailing_zeros();
const SLOTS: usize = 1_024;

/// Table `s` has a share of `TABLES + s` parts, so the last one's is nearly twice the first one's.
#[expect(clippy::indexing_slicing, reason = "a constant: a wrong index does not compile")]
const TABLE_OF_SLOT: [u8; SLOTS] = {
    let parts = TABLES * TABLES + TABLES * (TABLES - 1) / 2;
    let mut tables = [0; SLOTS];
    let mut table = 0;
    let mut end = TABLES;
    let mut slot = 0;
    while slot < SLOTS {
        while slot * parts >= end * SLOTS {
            table += 1;
            end += TABLES + table as usize;
        }
        tables[slot] = table;
        slot += 1;
    }
    tables
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_share_and_the_largest_is_about_twice_the_smallest() {
        let mut slots = [0; TABLES];
        for table in TABLE_OF_SLOT {
            if let Some(count) = slots.get_mut(usize::from(table)) {
                *count += 1;
            }
        }
        assert_eq!(slots.iter().min(), Some(&5));
        assert_eq!(slots.iter().max(), Some(&11));
    }
}
