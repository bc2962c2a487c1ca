//! The states of all keys, by fingerprint, in shards that are locked apart.
#![forbid(unsafe_code)]

use crate::algorithms::fixed_window::{self, State};
use crate::cell::{Cell, Layout};
use crate::clock::Now;
use crate::policy::Policy;
use dashmap::{DashMap, Entry};
use nohash_hasher::BuildNoHashHasher;
use std::mem;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Enough that two threads seldom meet, and that moving one shard to a larger table is no pause.
const SHARDS: usize = 128;

/// One engine's table.
pub struct Table<C> {
    states: DashMap<u64, C, BuildNoHashHasher<u64>>,
    layout: Layout,
    policy: Policy,
    next_to_sweep: AtomicUsize,
    swept_at_ms: Vec<AtomicU64>,
}

impl<C: Cell> Table<C> {
    /// Empty, at time 0.
    #[must_use]
    pub fn new(policy: Policy, layout: Layout) -> Self {
        let states = DashMap::with_hasher_and_shard_amount(BuildNoHashHasher::default(), SHARDS);
        let swept_at_ms = states.shards().iter().map(|_| AtomicU64::new(0)).collect();
        Self { states, layout, policy, next_to_sweep: AtomicUsize::new(0), swept_at_ms }
    }

    /// Takes the cost; a key that is held is read under a shared lock, and written only when it is allowed.
    pub fn take(&self, id: u64, cost: u64, clock: &impl Now) -> bool {
        self.takes_nothing(cost).unwrap_or_else(|| match self.states.get(&id) {
            Some(cell) => self.update(cell.value(), cost, clock).is_ok(),
            None => self.take_first(id, cost, clock).is_ok(),
        })
    }

    /// Takes the cost and answers the state that follows, or the one that denies; `None` if there is no state.
    pub fn take_and_tell(&self, id: u64, cost: u64, clock: &impl Now) -> (bool, Option<State>) {
        if let Some(allowed) = self.takes_nothing(cost) {
            return (allowed, self.find(id));
        }
        let taken = match self.states.get(&id) {
            Some(cell) => self.update(cell.value(), cost, clock),
            None => self.take_first(id, cost, clock),
        };
        (taken.is_ok(), Some(taken.unwrap_or_else(|denied| denied)))
    }

    /// The key's state, expired or not.
    pub fn find(&self, id: u64) -> Option<State> {
        self.states.get(&id).map(|cell| cell.load(self.layout))
    }

    /// Forgets the key and answers the state that it had.
    pub fn remove(&self, id: u64) -> Option<State> {
        self.states.remove(&id).map(|(_, cell)| cell.load(self.layout))
    }

    /// Forgets all keys.
    pub fn clear(&self) {
        for shard in self.states.shards() {
            drop(mem::take(&mut *shard.write()));
        }
    }

    /// Entries held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether no entry is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Drops all that has expired, one shard after the other, and answers how many entries went.
    pub fn sweep(&self, now_ms: u64) -> usize {
        (0..self.swept_at_ms.len()).map(|shard| self.sweep_shard(shard, now_ms)).sum()
    }

    /// Sweeps the next shard in turn if a window has passed since it was swept: each entry is then looked
    /// at about twice in its life, and what is held is at most what two windows brought.
    pub fn sweep_a_little(&self, now_ms: u64) {
        let shard = self.next_to_sweep.fetch_add(1, Ordering::Relaxed) % self.swept_at_ms.len();
        let Some(swept_at_ms) = self.swept_at_ms.get(shard) else { return };
        let last_ms = swept_at_ms.load(Ordering::Relaxed);
        if now_ms.saturating_sub(last_ms) < self.policy.window_ms {
            return;
        }
        // Whoever moves the date sweeps; another thread that saw the same date goes on.
        if swept_at_ms.compare_exchange(last_ms, now_ms, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.sweep_shard(shard, now_ms);
        }
    }

    /// A shard moves into a table of its new size, so that memory goes back as keys go.
    fn sweep_shard(&self, shard: usize, now_ms: u64) -> usize {
        let Some(shard) = self.states.shards().get(shard) else { return 0 };
        let mut states = shard.write();
        let held = states.len();
        for (id, cell) in mem::take(&mut *states) {
            if !fixed_window::is_expired(cell.get().load(self.layout), self.policy, now_ms) {
                states.insert(id, (id, cell), |(id, _)| *id);
            }
        }
        held - states.len()
    }

    /// What is decided without a state: a cost that can never fit, and one of nothing.
    fn takes_nothing(&self, cost: u64) -> Option<bool> {
        let fits = cost <= self.policy.limit;
        (!fits || cost == 0).then_some(fits)
    }

    fn take_first(&self, id: u64, cost: u64, clock: &impl Now) -> Result<State, State> {
        match self.states.entry(id) {
            Entry::Occupied(entry) => self.update(entry.get(), cost, clock),
            Entry::Vacant(entry) => {
                let state = fixed_window::start(cost, clock.exact_ms());
                entry.insert(C::new(state, self.layout));
                Ok(state)
            }
        }
    }

    fn update(&self, cell: &C, cost: u64, clock: &impl Now) -> Result<State, State> {
        cell.update(self.layout, |state| {
            let now_ms = clock.against(state.start_ms + self.policy.window_ms);
            fixed_window::take(state, self.policy, cost, now_ms)
        })
    }
}
