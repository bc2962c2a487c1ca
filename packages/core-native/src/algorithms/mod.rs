//! Each algorithm as functions on the words that it keeps of a key. All zero is the state of a key never seen.
#![forbid(unsafe_code)]

mod fixed_window;
mod sliding_window;
mod terms;
mod token_bucket;

use crate::policy::Algorithm;
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

/// Takes units, more than 0, that fit.
#[inline]
pub fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    by_algorithm!(add(state, terms, units, now_ms));
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
