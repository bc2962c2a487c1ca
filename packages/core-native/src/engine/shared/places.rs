//! Room for keys: a shard's own, or one budget that all shards of an engine draw from.
#![forbid(unsafe_code)]

use crate::engine::eviction_order::PROTECTED_RANK;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How many more keys may be held, as one shard sees it.
pub enum Places {
    /// So many at the most, for a shard that has its keys to itself.
    Own(usize),
    /// What all shards of an engine share. `spare`: places that this one has drawn and not used.
    Common {
        /// Where they are drawn from.
        budget: Arc<Budget>,
        /// For the next keys that come in.
        spare: usize,
    },
}

impl Places {
    /// Takes one for a key that comes in; `held`: so many the shard holds. Whether there was one.
    pub fn draw(&mut self, held: usize) -> bool {
        match self {
            Self::Own(most) => held < *most,
            Self::Common { spare, .. } if *spare > 0 => {
                *spare -= 1;
                true
            }
            Self::Common { budget, .. } => budget.draw(),
        }
    }

    /// Whether `draw` would find one.
    #[must_use]
    pub fn any(&self, held: usize) -> bool {
        match self {
            Self::Own(most) => held < *most,
            Self::Common { budget, spare } => *spare > 0 || budget.free.load(Ordering::Relaxed) > 0,
        }
    }

    /// Keeps those of keys that went for who comes next here.
    pub fn keep(&mut self, count: usize) {
        if let Self::Common { spare, .. } = self {
            *spare += count;
        }
    }

    /// Gives those of keys that went to whoever needs one, and what is spare.
    pub fn give(&mut self, count: usize) {
        if let Self::Common { budget, spare } = self
            && count + *spare > 0
        {
            budget.free.fetch_add(count + *spare, Ordering::Relaxed);
            *spare = 0;
        }
    }

    /// The budget of all shards, where there is one.
    #[must_use]
    pub fn budget(&self) -> Option<&Budget> {
        match self {
            Self::Own(_) => None,
            Self::Common { budget, .. } => Some(budget),
        }
    }
}

/// What a call is to a key that is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newcomer {
    /// Nothing: it is not held after it either.
    None,
    /// It is told whether there would be room.
    Foreseen,
    /// It is held from there on, if there is room.
    Comes,
}

/// The places of one engine, and what each of its shards would let go of first.
pub struct Budget {
    free: AtomicUsize,
    hints: Vec<AtomicU64>,
}

/// What a shard would let go of first, as it was when it was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hint {
    /// Of its lowest entry: the highest one is protected.
    pub rank: u32,
    /// When that is looked at again: from then on it may have expired, or be protected no longer.
    pub due_ms: u64,
}

impl Hint {
    /// As it stands at a time: what is due may have expired, and goes first.
    #[must_use]
    pub fn at(self, now_ms: u64) -> Self {
        if self.due_ms <= now_ms { Self { rank: 0, due_ms: 0 } } else { self }
    }
}

/// The lowest bits of a hint.
const RANK_BITS: u32 = 3;
/// It may have anything, also what has expired.
const UNKNOWN: u64 = 0;
/// It holds nothing.
const NOTHING: u64 = u64::MAX;

impl Budget {
    /// Of so many places, for so many shards.
    #[must_use]
    pub fn new(places: usize, shards: usize) -> Self {
        Self { free: AtomicUsize::new(places), hints: (0..shards).map(|_| AtomicU64::new(NOTHING)).collect() }
    }

    fn draw(&self) -> bool {
        self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| free.checked_sub(1)).is_ok()
    }

    /// So many are free.
    #[cfg(test)]
    pub fn free(&self) -> usize {
        self.free.load(Ordering::Relaxed)
    }

    /// Begins anew with so many free ones.
    pub fn reset(&self, free: usize) {
        self.free.store(free, Ordering::Relaxed);
    }

    /// Notes what a shard would let go of first; `None`: it holds nothing.
    pub fn note(&self, shard: usize, hint: Option<Hint>) {
        self.write(shard, hint.map_or(NOTHING, |hint| hint.due_ms << RANK_BITS | u64::from(hint.rank)));
    }

    /// Notes that a shard may hold what was not looked at.
    #[inline]
    pub fn note_unknown(&self, shard: usize) {
        self.write(shard, UNKNOWN);
    }

    /// Only where it changes, since all threads read it.
    #[inline]
    fn write(&self, shard: usize, word: u64) {
        if let Some(held) = self.hints.get(shard)
            && held.load(Ordering::Relaxed) != word
        {
            held.store(word, Ordering::Relaxed);
        }
    }

    /// The shard that has what should go first, but for one's own: what may have expired, and then what ranks lowest. None
    /// where all is protected.
    #[must_use]
    pub fn first_to_go(&self, own: Option<usize>, now_ms: u64) -> Option<(usize, Hint)> {
        let others = self.hints.iter().enumerate().filter(|&(shard, _)| Some(shard) != own);
        others
            .filter_map(|(shard, word)| Some((shard, hint_of(word)?.at(now_ms))))
            .filter(|(_, hint)| hint.rank < PROTECTED_RANK)
            .min_by_key(|&(_, hint)| hint)
    }

    /// The shards of which something may have expired.
    pub fn due(&self, now_ms: u64) -> impl Iterator<Item = (usize, Hint)> {
        let hints = self.hints.iter().enumerate();
        hints.filter_map(move |(shard, word)| Some((shard, hint_of(word).filter(|hint| hint.due_ms <= now_ms)?)))
    }

    /// When the first entry of any shard is looked at again.
    #[must_use]
    pub fn first_due_ms(&self) -> u64 {
        self.hints.iter().filter_map(hint_of).map(|hint| hint.due_ms).min().unwrap_or(u64::MAX)
    }
}

#[allow(clippy::cast_possible_truncation)] // three bits
fn hint_of(word: &AtomicU64) -> Option<Hint> {
    let word = word.load(Ordering::Relaxed);
    (word != NOTHING).then_some(Hint { rank: word as u32 & ((1 << RANK_BITS) - 1), due_ms: word >> RANK_BITS })
}
