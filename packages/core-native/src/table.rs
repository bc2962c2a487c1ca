//! The states of all keys, by fingerprint, in shards that are locked apart.
#![forbid(unsafe_code)]

use crate::algorithms::fixed_window::{self, State};
use crate::cell::{Cell, Layout};
use crate::clock::Now;
use crate::policy::Policy;
use crate::shares::{self, BuildShares, SHARDS};
use dashmap::{DashMap, Entry, SharedValue};
use std::mem;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// One engine's table.
pub struct Table<C> {
    states: DashMap<u64, C, BuildShares>,
    layout: Layout,
    policy: Policy,
    next_to_sweep: AtomicUsize,
    swept_at_ms: Vec<AtomicU64>,
}

impl<C: Cell> Table<C> {
    /// Empty, at time 0.
    #[must_use]
    pub fn new(policy: Policy, layout: Layout) -> Self {
        let states = DashMap::with_hasher_and_shard_amount(BuildShares::default(), SHARDS);
        let swept_at_ms = states.shards().iter().map(|_| AtomicU64::new(0)).collect();
        Self { states, layout, policy, next_to_sweep: AtomicUsize::new(0), swept_at_ms }
    }

    /// Takes the cost if it fits. A key that is held is read under a shared lock, and written only when
    /// its cost is allowed.
    #[inline]
    pub fn take(&self, id: u64, cost: u64, clock: &impl Now) -> Outcome {
        if let Some(allowed) = self.takes_nothing(cost) {
            return Outcome { allowed, state: self.find(id) };
        }
        match self.states.get(&id) {
            Some(cell) => cell.update(self.layout, |state| next(state, self.policy, cost, clock)),
            None => self.take_first(id, cost, clock),
        }
        .into()
    }

    /// The same for a table that one thread has to itself: no lock, and no atomic exchange.
    #[inline]
    pub fn take_alone(&mut self, id: u64, cost: u64, clock: &impl Now) -> Outcome {
        if let Some(allowed) = self.takes_nothing(cost) {
            return Outcome { allowed, state: self.find(id) };
        }
        let hash = shares::hash(id);
        let shard = self.states.determine_shard(self.states.hash_usize(&id));
        let (layout, policy) = (self.layout, self.policy);
        let Some(shard) = self.states.shards_mut().get_mut(shard) else {
            return Outcome { allowed: false, state: None };
        };
        let states = shard.get_mut();
        if let Some((_, cell)) = states.get_mut(hash, |(held, _)| *held == id) {
            return cell.get_mut().update_alone(layout, |state| next(state, policy, cost, clock)).into();
        }
        let state = fixed_window::start(cost, clock.exact_ms());
        states.insert(hash, (id, SharedValue::new(C::new(state, layout))), |(id, _)| shares::hash(*id));
        Outcome { allowed: true, state: Some(state) }
    }

    /// The key's state, expired or not.
    pub fn find(&self, id: u64) -> Option<State> {
        self.states.get(&id).map(|cell| cell.load(self.layout))
    }

    /// When a state is over.
    pub fn end_ms(&self, state: State) -> u64 {
        state.start_ms + self.policy.window_ms
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
                states.insert(shares::hash(id), (id, cell), |(id, _)| shares::hash(*id));
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
            Entry::Occupied(entry) => entry.get().update(self.layout, |state| next(state, self.policy, cost, clock)),
            Entry::Vacant(entry) => {
                let state = fixed_window::start(cost, clock.exact_ms());
                entry.insert(C::new(state, self.layout));
                Ok(state)
            }
        }
    }
}

/// What a call came to, and how the key stands after it; no state: it is as good as never seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the cost was taken.
    pub allowed: bool,
    /// The state that follows, or the one that denies.
    pub state: Option<State>,
}

impl From<Result<State, State>> for Outcome {
    #[inline]
    fn from(taken: Result<State, State>) -> Self {
        Self { allowed: taken.is_ok(), state: Some(taken.unwrap_or_else(|denied| denied)) }
    }
}

#[inline]
fn next(state: State, policy: Policy, cost: u64, clock: &impl Now) -> Option<State> {
    let now_ms = clock.against(state.start_ms + policy.window_ms);
    fixed_window::take(state, policy, cost, now_ms)
}
