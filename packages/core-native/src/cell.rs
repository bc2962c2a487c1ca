//! One key's state, to be changed by many threads that hold the table for reading only.
#![forbid(unsafe_code)]

use crate::algorithms::fixed_window::State;
use crate::policy::Policy;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Holds a state and changes it as a whole.
pub trait Cell: Send + Sync {
    /// Starts with a state.
    fn new(state: State, layout: Layout) -> Self;
    /// The state as it stands.
    fn load(&self, layout: Layout) -> State;
    /// Puts what `next` answers in place of the state that it was given; `Err` with that state where it
    /// answers `None`, and then nothing is written. It may be asked again when another thread was faster.
    ///
    /// # Errors
    /// The state that `next` refused.
    fn update(&self, layout: Layout, next: impl FnMut(State) -> Option<State>) -> Result<State, State>;
    /// The same where no other thread can see the cell.
    ///
    /// # Errors
    /// The state that `next` refused.
    fn update_alone(&mut self, layout: Layout, next: impl FnOnce(State) -> Option<State>) -> Result<State, State>;
}

/// How many low bits of a packed word count units; the others tell the window's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    used_bits: u32,
}

/// 34 years of milliseconds since the engine's start, on its own clock.
const OWN_TIME_BITS: u32 = 40;
/// The distance of any two safe integers, on a clock that was handed in.
const GIVEN_TIME_BITS: u32 = 54;

impl Layout {
    /// `None` where time and count can't share one word exactly.
    #[must_use]
    pub fn packed(policy: Policy, given_clock: bool) -> Option<Self> {
        let time_bits = if given_clock { GIVEN_TIME_BITS } else { OWN_TIME_BITS };
        let used_bits = (u64::BITS - policy.limit.leading_zeros()).max(1);
        (used_bits + time_bits <= u64::BITS).then_some(Self { used_bits })
    }

    /// For cells that pack nothing.
    #[must_use]
    pub fn wide() -> Self {
        Self { used_bits: 0 }
    }

    fn pack(self, state: State) -> u64 {
        (state.start_ms << self.used_bits) | state.used
    }

    fn unpack(self, word: u64) -> State {
        State { start_ms: word >> self.used_bits, used: word & ((1 << self.used_bits) - 1) }
    }
}

impl Cell for AtomicU64 {
    fn new(state: State, layout: Layout) -> Self {
        Self::new(layout.pack(state))
    }

    fn load(&self, layout: Layout) -> State {
        layout.unpack(self.load(Ordering::Relaxed))
    }

    // One word is all of a key's state and nothing else is published through it, so its own order is enough.
    fn update(&self, layout: Layout, mut next: impl FnMut(State) -> Option<State>) -> Result<State, State> {
        let mut word = self.load(Ordering::Relaxed);
        loop {
            let state = layout.unpack(word);
            let Some(new) = next(state) else { return Err(state) };
            match self.compare_exchange_weak(word, layout.pack(new), Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(new),
                Err(current) => word = current,
            }
        }
    }

    #[inline]
    fn update_alone(&mut self, layout: Layout, next: impl FnOnce(State) -> Option<State>) -> Result<State, State> {
        let word = self.get_mut();
        let state = layout.unpack(*word);
        let new = next(state).ok_or(state)?;
        *word = layout.pack(new);
        Ok(new)
    }
}

impl Cell for Mutex<State> {
    fn new(state: State, _: Layout) -> Self {
        Self::new(state)
    }

    fn load(&self, _: Layout) -> State {
        *self.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, _: Layout, next: impl FnMut(State) -> Option<State>) -> Result<State, State> {
        let mut state = self.lock().unwrap_or_else(PoisonError::into_inner);
        replace(&mut state, next)
    }

    fn update_alone(&mut self, _: Layout, next: impl FnOnce(State) -> Option<State>) -> Result<State, State> {
        replace(self.get_mut().unwrap_or_else(PoisonError::into_inner), next)
    }
}

fn replace(state: &mut State, next: impl FnOnce(State) -> Option<State>) -> Result<State, State> {
    *state = next(*state).ok_or(*state)?;
    Ok(*state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_packed_only_where_nothing_is_lost() {
        let layout = |limit, given| Layout::packed(Policy { limit, window_ms: 1 }, given);
        assert!(layout((1 << 24) - 1, false).is_some());
        assert!(layout(1 << 24, false).is_none());
        assert!(layout((1 << 10) - 1, true).is_some());
        assert!(layout(1 << 10, true).is_none());
        assert!(layout(0, true).is_some());
    }

    #[test]
    fn a_packed_state_comes_back_as_it_was() {
        for (limit, given, start_ms) in
            [(1, true, (1 << 54) - 1), (1023, true, 0), ((1 << 24) - 1, false, (1 << 40) - 1)]
        {
            let Some(layout) = Layout::packed(Policy { limit, window_ms: 1 }, given) else { unreachable!() };
            let state = State { start_ms, used: limit };
            assert_eq!(layout.unpack(layout.pack(state)), state);
        }
    }
}
