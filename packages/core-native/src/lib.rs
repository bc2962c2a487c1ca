//! headgate's native engine: the states of a rate limiter in a `DashMap` of atomics, for Node.
//!
//! A call is decided in this order: [`node_api`] reads the key, [`fingerprint`] names it, [`engine`] finds
//! its state in [`table`], and [`algorithms`] decides at a [`clock`]'s now.

pub mod algorithms;
pub mod answer;
pub mod cell;
pub mod clock;
pub mod engine;
pub mod fingerprint;
pub mod handle;
pub mod last_key;
pub mod policy;
pub mod registry;
pub mod shares;
pub mod table;
pub mod tally;

// Under test `#[napi]` registers nothing, so all of it would be dead code.
#[cfg(not(test))]
#[allow(unsafe_code)]
mod node_api;
