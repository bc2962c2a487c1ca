//! What was allowed and blocked: each handle counts for itself, so that threads share no counter.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// One handle's count. Only the handle's own thread writes, so a load and a store lose nothing.
#[derive(Default)]
pub struct Tally {
    allowed: AtomicU64,
    blocked: AtomicU64,
}

impl Tally {
    /// Counts one decision and answers how many were counted by now.
    pub fn count(&self, allowed: bool) -> u64 {
        let (one, other) = if allowed { (&self.allowed, &self.blocked) } else { (&self.blocked, &self.allowed) };
        let count = one.load(Ordering::Relaxed) + 1;
        one.store(count, Ordering::Relaxed);
        count + other.load(Ordering::Relaxed)
    }

    fn sums(&self) -> Sums {
        Sums { allowed: self.allowed.load(Ordering::Relaxed), blocked: self.blocked.load(Ordering::Relaxed) }
    }
}

/// Decisions by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Costs that were taken.
    pub allowed: u64,
    /// Costs that were not.
    pub blocked: u64,
}

impl Sums {
    fn plus(self, other: Self) -> Self {
        Self { allowed: self.allowed + other.allowed, blocked: self.blocked + other.blocked }
    }
}

/// All handles' tallies, those of handles that are gone included.
#[derive(Default)]
pub struct Tallies(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    gone: Sums,
    present: Vec<Weak<Tally>>,
}

impl Tallies {
    /// A new handle's tally.
    pub fn open(&self) -> Arc<Tally> {
        let tally = Arc::new(Tally::default());
        self.lock().present.push(Arc::downgrade(&tally));
        tally
    }

    /// Keeps what a handle has counted when it goes.
    pub fn close(&self, tally: &Arc<Tally>) {
        let mut kept = self.lock();
        let weak = Arc::downgrade(tally);
        kept.present.retain(|present| !present.ptr_eq(&weak));
        kept.gone = kept.gone.plus(tally.sums());
    }

    /// Added up over all handles.
    pub fn sums(&self) -> Sums {
        let kept = self.lock();
        kept.present.iter().filter_map(Weak::upgrade).fold(kept.gone, |sums, tally| sums.plus(tally.sums()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_handle_counted_outlives_it() {
        let tallies = Tallies::default();
        let (one, two) = (tallies.open(), tallies.open());
        assert_eq!([one.count(true), one.count(false), two.count(true)], [1, 2, 1]);
        tallies.close(&one);
        drop(one);
        assert_eq!(tallies.sums(), Sums { allowed: 2, blocked: 1 });
    }
}
