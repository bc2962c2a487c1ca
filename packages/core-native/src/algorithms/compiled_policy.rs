//! A policy with its numbers, and the one place where an entry's words become its state.
//!
//! Reads side by side with `core-ts/src/algorithms/compiled-policy.ts`.

use super::{SlidingWindow, State, Terms, Verdict, fixed_window, sliding_window, token_bucket};
use crate::engine::policy::{Algorithm, Policy};

/// Ten years, and what they can have of leap days.
const MOST_KEPT_MS: u64 = 3_653 * 86_400_000;

/// A policy, ready to decide on entries that have its state at a place of their words.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    algorithm: Algorithm,
    /// Its numbers.
    pub terms: Terms,
    /// Where in an entry its state begins.
    pub start: usize,
    /// And ends.
    pub end: usize,
    /// For how long a key is held since it was last taken from, once calls come with limits of their own: a token bucket
    /// that is repaid by this rate may not be by theirs. 0: only its state says so.
    kept_ms: u64,
}

impl CompiledPolicy {
    /// With its state from that word on.
    #[must_use]
    pub fn new(policy: Policy, start: usize) -> Self {
        let (algorithm, terms) = (policy.algorithm, Terms::of(policy));
        let words = match algorithm {
            Algorithm::FixedWindow => fixed_window::WORDS,
            Algorithm::SlidingWindow => sliding_window::words(&terms),
            Algorithm::TokenBucket => token_bucket::WORDS,
        };
        Self { algorithm, terms, start, end: start + words, kept_ms: kept_ms(&policy) }
    }

    /// By other limits, which have the same state.
    #[must_use]
    pub fn with_limit(&self, limit: u64, burst: u64) -> Self {
        Self { terms: Terms::of(Policy { limit, burst, ..self.terms.policy }), ..self.clone() }
    }

    /// The words of its state; `None` where the entry has not as many.
    #[inline]
    pub fn words<'entry>(&self, entry: &'entry mut [u64]) -> Option<&'entry mut [u64]> {
        entry.get_mut(self.start..self.end)
    }

    /// The one place where words become a state; `None` where they are not as many as it has. No entry is like that,
    /// and whoever asks takes it for a key that nothing fits and that is never fresh: what can't be read admits nothing.
    #[inline]
    pub fn state<'entry>(&self, entry: &'entry mut [u64]) -> Option<State<'entry>> {
        let words = self.words(entry)?;
        Some(match self.algorithm {
            Algorithm::FixedWindow => {
                State::FixedWindow(bytemuck::must_cast_mut(<&mut [u64; 2]>::try_from(words).ok()?))
            }
            Algorithm::SlidingWindow => {
                let (head, sub_windows) = words.split_first_chunk_mut::<{ sliding_window::HEAD_WORDS }>()?;
                State::SlidingWindow(SlidingWindow { head: bytemuck::must_cast_mut(head), sub_windows })
            }
            Algorithm::TokenBucket => {
                State::TokenBucket(bytemuck::must_cast_mut(<&mut [u64; 2]>::try_from(words).ok()?))
            }
        })
    }

    /// Whether the cost fits, and how the key stands then.
    #[inline]
    pub fn decide(&self, entry: &mut [u64], cost: u64, now_ms: u64) -> Verdict {
        self.state(entry).map_or(Verdict::UNREADABLE, |state| state.decide(&self.terms, cost, now_ms))
    }

    /// Whether it sees the key as good as never seen. `kept_from_ms`: from when on keys are held for calls with limits of
    /// their own.
    pub fn is_fresh(&self, entry: &mut [u64], kept_from_ms: u64, now_ms: u64) -> bool {
        self.state(entry).is_some_and(|state| {
            state.is_fresh(&self.terms, now_ms) && self.kept_for_ms(&state, kept_from_ms, now_ms) == 0
        })
    }

    /// For how long a state is held still, for calls with limits of their own.
    #[inline]
    #[must_use]
    pub fn kept_for_ms(&self, state: &State, kept_from_ms: u64, now_ms: u64) -> u64 {
        match state {
            State::TokenBucket(state) if state.debt > 0 && state.noted_ms >= kept_from_ms => {
                self.kept_ms.saturating_sub(now_ms.saturating_sub(state.noted_ms))
            }
            State::FixedWindow(_) | State::SlidingWindow(_) | State::TokenBucket(_) => 0,
        }
    }
}

/// The longest that a bucket takes to be repaid by any limit, whose burst follows it unless it is another.
fn kept_ms(policy: &Policy) -> u64 {
    let &Policy { algorithm, limit, burst, window_ms, .. } = policy;
    match algorithm {
        Algorithm::TokenBucket if burst == limit => window_ms,
        Algorithm::TokenBucket => (burst * window_ms).min(MOST_KEPT_MS),
        Algorithm::FixedWindow | Algorithm::SlidingWindow => 0,
    }
}
