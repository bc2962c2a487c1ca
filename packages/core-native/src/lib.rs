//! headgate's native engine: the entries of a rate limiter in a slab, for Node.
//!
//! A call is decided in this order: [`node_api`] reads the key, [`fingerprint`] names it, [`engine::shard`] finds its
//! entry, and [`engine::policy_set`] asks the [`algorithms`] at a [`clock`]'s now.

// Under test the module that speaks Node-API is left out, and what it alone uses would be dead.
#![cfg_attr(test, allow(dead_code))]

mod algorithms;
mod clock;
mod engine;
mod fingerprint;
mod limiter;
mod memory;
mod registry;

// Under test `#[napi]` registers nothing.
#[cfg(not(test))]
#[allow(unsafe_code)]
mod node_api;
