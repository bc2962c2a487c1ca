//! Each algorithm as functions on the words that it keeps of a key. All zero is the state of a key never seen.
#![forbid(unsafe_code)]

mod fixed_window;
mod sliding_window;
mod terms;
mod token_bucket;

use crate::engine::policy::Algorithm;
use crate::engine::reservations::Mark;
pub use terms::Terms;

/// Calls the function of that name of the policy's algorithm.
macro_rules! by_algorithm {
    ($call:ident($state:expr, $terms:expr $(, $more:expr)*)) => {
        match $terms.policy.algorithm {
            Algorithm::FixedWindow => fixed_window::$call($state, $terms $(, $more)*),
            Algorithm::SlidingWindow => sliding_window::$call($state, $terms $(, $more)*),
            Algorithm::TokenBucket => token_bucket::$call($state, $terms $(, $more)*),
        }
    };
}

/// How many words a key's state has.
#[must_use]
pub fn words(terms: &Terms) -> usize {
    match terms.policy.algorithm {
        Algorithm::FixedWindow => fixed_window::WORDS,
        Algorithm::SlidingWindow => sliding_window::words(terms),
        Algorithm::TokenBucket => token_bucket::WORDS,
    }
}

/// Whether the key is as good as never seen.
#[inline]
pub fn is_fresh(state: &mut [u64], terms: &Terms, now_ms: u64) -> bool {
    by_algorithm!(is_fresh(state, terms, now_ms))
}

/// Units left now.
#[inline]
pub fn remaining(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    by_algorithm!(remaining(state, terms, now_ms))
}

/// Whether the cost can be taken now.
#[inline]
pub fn fits(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> bool {
    by_algorithm!(fits(state, terms, cost, now_ms))
}

/// Takes units more than 0: those that fit, or what was used beyond an estimate.
#[inline]
pub fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    by_algorithm!(add(state, terms, units, now_ms));
}

/// Where the units stand that were taken just now.
pub fn mark(state: &mut [u64], terms: &Terms, now_ms: u64) -> Mark {
    by_algorithm!(mark(state, terms, now_ms))
}

/// Whether all of the units would be counted, none of them beyond the most that is.
pub fn has_room_for(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) -> bool {
    by_algorithm!(has_room_for(state, terms, units, now_ms))
}

/// Gives units back as far as those behind the mark still count; for a token bucket answers how much debt.
pub fn refund(state: &mut [u64], terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    by_algorithm!(refund(state, terms, mark, units, now_ms))
}

/// Token bucket: the debt now.
pub fn owed(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    match terms.policy.algorithm {
        Algorithm::TokenBucket => token_bucket::owed(state, terms, now_ms),
        Algorithm::FixedWindow | Algorithm::SlidingWindow => 0,
    }
}

/// Makes a state of one policy one of another of the same algorithm, in words that are all zero: units that count
/// stay so many.
pub fn change(state: &mut [u64], from: &Terms, to: &mut [u64], terms: &Terms, now_ms: u64) {
    match terms.policy.algorithm {
        Algorithm::FixedWindow => fixed_window::change(state, from, to, terms, now_ms),
        Algorithm::SlidingWindow => sliding_window::change(state, from, to, terms, now_ms),
        Algorithm::TokenBucket => token_bucket::change(state, from, to, terms, now_ms),
    }
}

/// Where a mark stands then. A token bucket gives nothing back of what was reserved before.
pub fn change_mark(state: &mut [u64], from: &Terms, mark: &Mark, terms: &Terms, now_ms: u64) -> Mark {
    match terms.policy.algorithm {
        Algorithm::FixedWindow => *mark,
        Algorithm::SlidingWindow => sliding_window::change_mark(state, from, mark, terms, now_ms),
        Algorithm::TokenBucket => Mark { low: 0, ..*mark },
    }
}

/// How old the first word of a state is. Never younger than what the state says of later times: a reading of
/// another thread may lie before them.
#[must_use]
pub fn age_ms(state: &[u64], terms: &Terms, now_ms: u64) -> u64 {
    let age_ms = now_ms.saturating_sub(state.first().copied().unwrap_or_default());
    match terms.policy.algorithm {
        Algorithm::SlidingWindow => sliding_window::least_age_ms(state, terms).max(age_ms),
        Algorithm::FixedWindow | Algorithm::TokenBucket => age_ms,
    }
}

/// Whether a state that was read from bytes can have come about.
#[must_use]
pub fn is_sound(state: &[u64], terms: &Terms, now_ms: u64) -> bool {
    by_algorithm!(is_sound(state, terms, now_ms))
}

/// Until the key is as good as never seen; 0 once it is.
#[inline]
pub fn reset_after_ms(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    by_algorithm!(reset_after_ms(state, terms, now_ms))
}

/// How long a cost has to wait; `None`: it can never fit.
#[inline]
pub fn retry_after_ms(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> Option<u64> {
    if cost > terms.policy.burst {
        return None;
    }
    if fits(state, terms, cost, now_ms) {
        return Some(0);
    }
    Some(by_algorithm!(retry_after_ms(state, terms, cost, now_ms)))
}
