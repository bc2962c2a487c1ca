//! Each algorithm as functions on what it keeps of a key. All zero is the state of a key never seen.
//!
//! What asks takes a state that it can't change, and answers as of now; what takes or gives back leaves another one.
#![forbid(unsafe_code)]

mod compiled_policy;
mod fixed_window;
mod sliding_window;
mod terms;
mod token_bucket;

use crate::clock::Now;
use crate::engine::reservations::Mark;
pub use compiled_policy::CompiledPolicy;
use fixed_window::FixedWindow;
use sliding_window::SlidingWindow;
pub use terms::Terms;
use token_bucket::TokenBucket;

#[cfg(test)]
mod tests;

/// What one policy keeps of one key.
pub enum State<'entry> {
    /// A window from the first unit.
    FixedWindow(&'entry mut FixedWindow),
    /// Sub-windows with their units.
    SlidingWindow(SlidingWindow<'entry>),
    /// A debt.
    TokenBucket(&'entry mut TokenBucket),
}

/// What a policy says of a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it can be taken now.
    pub fits: bool,
    /// Units left: after it is taken, or as the key stands where it does not fit.
    pub remaining: u64,
    /// Until the key is as good as never seen, also after it is taken.
    pub reset_after_ms: u64,
    /// How long the cost has to wait; `None`: it can never fit.
    pub retry_after_ms: Option<u64>,
}

/// What came of a cost that was decided by a clock that may lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roughly {
    /// It does not fit.
    Denied,
    /// It was taken, and the key stays where it is in the order.
    Taken,
    /// It was taken, and the key keeps its rank and is as good as never seen then.
    TakenUntil(u64),
}

impl Verdict {
    /// Of a state that can't be read: nothing fits, whatever the time.
    pub const UNREADABLE: Self = Self { fits: false, remaining: 0, reset_after_ms: 0, retry_after_ms: None };

    fn wait(fits: bool, terms: &Terms, cost: u64, wait_ms: impl FnOnce() -> u64) -> Option<u64> {
        match fits {
            true => Some(0),
            false if cost > terms.policy.burst => None,
            false => Some(wait_ms()),
        }
    }
}

/// Calls the function of that name of the state's algorithm.
macro_rules! by_algorithm {
    ($state:expr, $call:ident($($more:expr),*)) => {
        match $state {
            State::FixedWindow(state) => fixed_window::$call(state, $($more),*),
            State::SlidingWindow(state) => sliding_window::$call(state, $($more),*),
            State::TokenBucket(state) => token_bucket::$call(state, $($more),*),
        }
    };
}

impl State<'_> {
    /// Whether the cost fits, and how the key stands then. A cost of 0 fits always, and tells how it stands.
    #[inline]
    #[must_use]
    pub fn decide(&self, terms: &Terms, cost: u64, now_ms: u64) -> Verdict {
        match self {
            Self::FixedWindow(state) => fixed_window::decide(state, terms, cost, now_ms).0,
            Self::SlidingWindow(state) => sliding_window::decide(state, terms, cost, now_ms).0,
            Self::TokenBucket(state) => token_bucket::decide(state, terms, cost, now_ms).0,
        }
    }

    /// The same, and takes the cost where it fits.
    #[inline]
    pub fn take(&mut self, terms: &Terms, cost: u64, now_ms: u64) -> Verdict {
        match self {
            Self::FixedWindow(state) => {
                let (verdict, left) = fixed_window::decide(state, terms, cost, now_ms);
                if verdict.fits && cost > 0 {
                    **state = left;
                }
                verdict
            }
            Self::SlidingWindow(state) => {
                let (verdict, left) = sliding_window::decide(state, terms, cost, now_ms);
                if verdict.fits && cost > 0 {
                    sliding_window::leave(state, left, cost);
                }
                verdict
            }
            Self::TokenBucket(state) => {
                let (verdict, left) = token_bucket::decide(state, terms, cost, now_ms);
                if verdict.fits && cost > 0 {
                    **state = left;
                }
                verdict
            }
        }
    }

    /// Takes the cost by a clock that may lag, where any time that it can be says the same: the second way down beside
    /// [`Self::take`]. `None`: it took nothing, and only the exact time can tell. `rank`: of the list that the entry is in.
    ///
    /// Reading the time roughly takes 4 ns and exactly 17, and nothing is reckoned for a place in the order that stays: so
    /// a call from JavaScript on a hot key takes some 45 ns by this way and 80 to 100 by the other.
    #[inline]
    pub fn take_roughly(
        &mut self,
        terms: &Terms,
        cost: u64,
        rank: u32,
        rough_ms: u64,
        clock: &impl Now,
    ) -> Option<Roughly> {
        match self {
            Self::FixedWindow(state) => {
                let (fits, left) = fixed_window::decide_roughly(state, terms, cost, rough_ms, clock)?;
                if fits {
                    if !terms.keeps_rank(rank, left.used) {
                        return None;
                    }
                    **state = left;
                }
                Some(if fits { Roughly::Taken } else { Roughly::Denied })
            }
            Self::SlidingWindow(state) => {
                let (fits, left) = sliding_window::decide_roughly(state, terms, cost, rough_ms, clock)?;
                if fits {
                    if !terms.keeps_rank(rank, left.used) || !terms.is_above(rank, left.used) {
                        return None;
                    }
                    sliding_window::leave(state, left, cost);
                }
                Some(if fits { Roughly::Taken } else { Roughly::Denied })
            }
            Self::TokenBucket(state) => {
                let (earliest_ms, latest_ms) = token_bucket::bounds_ms(state, terms, rough_ms, clock);
                let left = token_bucket::decide_roughly(state, terms, cost, earliest_ms)?;
                if !token_bucket::has_rank(&left, terms, rank, earliest_ms, latest_ms) {
                    return None;
                }
                **state = left;
                Some(Roughly::TakenUntil(token_bucket::repaid_ms(&left, terms)))
            }
        }
    }

    /// Whether [`Self::take_roughly`] would take from a fixed window.
    #[inline]
    #[must_use]
    pub fn stays_roughly(&self, terms: &Terms, cost: u64, rank: u32, rough_ms: u64, clock: &impl Now) -> bool {
        let Self::FixedWindow(state) = self else { return false };
        fixed_window::decide_roughly(state, terms, cost, rough_ms, clock)
            .is_some_and(|(fits, left)| fits && terms.keeps_rank(rank, left.used))
    }

    /// Whether the key is as good as never seen.
    #[must_use]
    pub fn is_fresh(&self, terms: &Terms, now_ms: u64) -> bool {
        by_algorithm!(self, is_fresh(terms, now_ms))
    }

    /// Takes units more than 0 that were used beyond an estimate, whether they fit or not.
    pub fn add(&mut self, terms: &Terms, units: u64, now_ms: u64) {
        by_algorithm!(self, add(terms, units, now_ms));
    }

    /// Whether all of the units would be counted, none of them beyond the most that is.
    #[must_use]
    pub fn has_room_for(&self, terms: &Terms, units: u64, now_ms: u64) -> bool {
        by_algorithm!(self, has_room_for(terms, units, now_ms))
    }

    /// Where the units stand that were taken just now.
    #[must_use]
    pub fn mark(&self, terms: &Terms, now_ms: u64) -> Mark {
        by_algorithm!(self, mark(terms, now_ms))
    }

    /// Gives units back as far as those behind the mark still count; for a token bucket answers how much debt.
    pub fn refund(&mut self, terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
        by_algorithm!(self, refund(terms, mark, units, now_ms))
    }

    /// Token bucket: the debt now.
    #[must_use]
    pub fn owed(&self, terms: &Terms, now_ms: u64) -> u64 {
        match self {
            Self::TokenBucket(state) => token_bucket::owed(state, terms, now_ms),
            Self::FixedWindow(_) | Self::SlidingWindow(_) => 0,
        }
    }

    /// Makes this state one of another policy of the same algorithm, in words that are all zero: units that count stay so
    /// many. Answers whether it is the same algorithm.
    #[must_use]
    pub fn change(&self, from: &Terms, to: &mut Self, terms: &Terms, now_ms: u64) -> bool {
        match (self, to) {
            (Self::FixedWindow(state), State::FixedWindow(to)) => fixed_window::change(state, from, to, terms, now_ms),
            (Self::SlidingWindow(state), State::SlidingWindow(to)) => {
                sliding_window::change(state, from, to, terms, now_ms);
            }
            (Self::TokenBucket(state), State::TokenBucket(to)) => token_bucket::change(state, from, to, terms, now_ms),
            (Self::FixedWindow(_) | Self::SlidingWindow(_) | Self::TokenBucket(_), _) => return false,
        }
        true
    }

    /// Where a mark stands then. A token bucket gives nothing back of what was reserved before.
    #[must_use]
    pub fn change_mark(&self, from: &Terms, mark: &Mark, terms: &Terms, now_ms: u64) -> Mark {
        match self {
            Self::FixedWindow(_) => *mark,
            Self::SlidingWindow(state) => sliding_window::change_mark(state, from, mark, terms, now_ms),
            Self::TokenBucket(_) => Mark { low: 0, ..*mark },
        }
    }

    /// Forgets what counts no more, which changes no answer, and tells how old the state's first word is, a time. Never
    /// younger than what the state says of later times: a reading of another thread may lie before them.
    pub fn age_ms(&mut self, terms: &Terms, now_ms: u64) -> u64 {
        match self {
            Self::FixedWindow(state) => now_ms.saturating_sub(state.start_ms),
            Self::SlidingWindow(state) => {
                sliding_window::forget_expired(state, terms, now_ms);
                let age_ms = now_ms.saturating_sub(state.head.start_ms);
                sliding_window::least_age_ms(state, terms).max(age_ms)
            }
            Self::TokenBucket(state) => now_ms.saturating_sub(state.noted_ms),
        }
    }

    /// Whether a state that was read from bytes can have come about.
    #[must_use]
    pub fn is_sound(&self, terms: &Terms, now_ms: u64) -> bool {
        by_algorithm!(self, is_sound(terms, now_ms))
    }
}
