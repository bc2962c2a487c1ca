//! What came of the calls on a shard; those of all shards are added up.
#![forbid(unsafe_code)]

/// What came of the calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that were allowed.
    pub allowed: u64,
    /// Calls that were denied.
    pub blocked: u64,
    /// Calls of new keys that found no room.
    pub rejected_full: u64,
    /// Denials by the policy that bound.
    pub denied: Vec<u64>,
}

impl Counts {
    /// Adds those of another shard of the same policies.
    pub fn add(&mut self, other: &Self) {
        self.allowed += other.allowed;
        self.blocked += other.blocked;
        self.rejected_full += other.rejected_full;
        self.denied.iter_mut().zip(&other.denied).for_each(|(sum, denied)| *sum += denied);
    }
}
