//! Slots by id: in many small tables, so that none takes long to grow.
#![forbid(unsafe_code)]

use crate::shares::{self, SHARDS};
use crate::slab::{Slab, Slot};
use hashbrown::HashTable;

/// The word of an entry that has its id.
pub const ID_WORD: usize = 0;

/// Finds entries.
pub struct Index {
    tables: Vec<HashTable<Slot>>,
    len: usize,
}

impl Default for Index {
    fn default() -> Self {
        Self { tables: (0..SHARDS).map(|_| HashTable::new()).collect(), len: 0 }
    }
}

impl Index {
    /// Entries held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry of an id.
    #[inline]
    #[must_use]
    pub fn find(&self, slab: &Slab, id: u64) -> Option<Slot> {
        self.tables.get(shares::shard(id))?.find(id, |&slot| slab.word(slot, ID_WORD) == id).copied()
    }

    /// Adds an entry whose id is not held.
    pub fn insert(&mut self, slab: &Slab, id: u64, slot: Slot) {
        let Some(table) = self.tables.get_mut(shares::shard(id)) else { return };
        table.insert_unique(id, slot, |&slot| slab.word(slot, ID_WORD));
        self.len += 1;
    }

    /// Forgets an entry; a table that is mostly empty then gives memory back.
    pub fn remove(&mut self, slab: &Slab, id: u64) {
        let Some(table) = self.tables.get_mut(shares::shard(id)) else { return };
        let Ok(entry) = table.find_entry(id, |&slot| slab.word(slot, ID_WORD) == id) else { return };
        entry.remove();
        self.len -= 1;
        if table.capacity() > 64 && table.len() < table.capacity() / 8 {
            table.shrink_to(table.len() * 2, |&slot| slab.word(slot, ID_WORD));
        }
    }

    /// Every entry held.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.tables.iter().flat_map(HashTable::iter).copied()
    }
}
