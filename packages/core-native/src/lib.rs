//! headgate's native engine: the entries of a rate limiter in a slab, for Node.
//!
//! A call is decided in this order: [`node_api`] reads the key, [`fingerprint`] names it, [`store`] finds its
//! entry among the [`entries`], and [`ledger`] asks the [`algorithms`] at a [`clock`]'s now.

pub mod algorithms;
pub mod clock;
pub mod engine;
pub mod entries;
pub mod fingerprint;
pub mod handle;
pub mod index;
pub mod last_key;
pub mod ledger;
pub mod order;
pub mod pages;
pub mod policy;
pub mod registry;
pub mod reservations;
pub mod seed;
pub mod shares;
pub mod slab;
pub mod snapshot;
pub mod store;
pub mod units;

// Under test `#[napi]` registers nothing, so all of it would be dead code.
#[cfg(not(test))]
#[allow(unsafe_code)]
mod node_api;
