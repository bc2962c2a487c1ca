//! One limiter's state. [`calls`] has every call on an engine; [`shared`] has the shards that threads lock, a [`shard`]
//! decides on the [`entries`] of its keys, and [`policy_set`] asks the algorithms what all policies together say. Twins of
//! `core-ts/src/engine`.

pub mod calls;
pub mod entries;
pub mod eviction_order;
pub mod policy;
pub mod policy_changes;
pub mod policy_set;
pub mod reservations;
pub mod rows;
pub mod shard;
pub mod shared;
pub mod snapshot;
pub mod units;
