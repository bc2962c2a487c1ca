//! What one limiter in JavaScript holds: entries of its own, or a share in those of a name.
#![forbid(unsafe_code)]

mod alone;
mod last_key;

use crate::engine::calls::{Engine, Whole};
use crate::engine::shard::Shard;
use crate::engine::shared::places::Newcomer;
use crate::engine::shared::{Frame, Shared, Spec};
use crate::fingerprint::Fingerprint;
use alone::Alone;
use last_key::LastKey;
use std::cell::RefCell;
use std::sync::Arc;

/// Used by one thread only, the one of the limiter's JavaScript.
pub enum Limiter {
    /// Entries that nobody else can see need no lock, and that is a third of a hot call.
    Alone(Box<Alone>),
    /// Entries of all threads, and the last key of this limiter.
    Shared(Arc<Shared>, Box<RefCell<LastKey>>),
}

impl Limiter {
    /// With entries of its own.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn alone(spec: &Spec) -> Result<Self, getrandom::Error> {
        Ok(Self::Alone(Box::new(Alone::new(spec)?)))
    }

    /// With a share in entries of all threads.
    #[must_use]
    pub fn shared(shared: Arc<Shared>) -> Self {
        Self::Shared(shared, Box::default())
    }

    /// What the engine takes of memory, as far as one thread has it to itself: what threads share is nobody's.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Alone(alone) => alone.bytes(),
            Self::Shared(..) => 0,
        }
    }
}

/// By the one that it is.
impl Engine for Limiter {
    fn frame(&self) -> &Frame {
        match self {
            Self::Alone(alone) => alone.frame(),
            Self::Shared(shared, _) => shared.frame(),
        }
    }

    #[inline]
    fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        match self {
            Self::Alone(alone) => alone.take(key, cost, given_ms),
            Self::Shared(shared, last) => shared.take_by(id_of(last, key), cost, given_ms),
        }
    }

    fn take_many(&self, keys: &[&[u16]], cost: u64, given_ms: Option<i64>) -> Vec<u8> {
        match self {
            Self::Alone(alone) => alone.take_many(keys, cost, given_ms),
            Self::Shared(shared, _) => shared.take_many(keys, cost, given_ms),
        }
    }

    fn with_shard<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64) -> R,
    ) -> R {
        match self {
            Self::Alone(alone) => alone.with_shard(key, given_ms, newcomer, ask),
            Self::Shared(shared, last) => shared.with_shard_by(id_of(last, key), given_ms, newcomer, ask),
        }
    }

    fn find_map<R>(&self, ask: impl FnMut(&mut Shard) -> Option<R>) -> Option<R> {
        match self {
            Self::Alone(alone) => alone.find_map(ask),
            Self::Shared(shared, _) => shared.find_map(ask),
        }
    }

    fn with_all<R>(&self, ask: impl FnOnce(&mut Whole) -> R) -> R {
        match self {
            Self::Alone(alone) => alone.with_all(ask),
            Self::Shared(shared, _) => shared.with_all(ask),
        }
    }
}

/// The id of a key by a seed, without a hash where it is the last one again.
fn id_of<'call>(last: &'call RefCell<LastKey>, key: &'call [u16]) -> impl Fn(&Fingerprint) -> u64 + 'call {
    |fingerprint| last.borrow_mut().id(key, fingerprint)
}
