//! Where entries are kept: a [`slab`] of blocks on large [`pages`], and the [`index`] from a fingerprint to its slot.

pub mod index;
pub mod pages;
pub mod shares;
pub mod slab;
