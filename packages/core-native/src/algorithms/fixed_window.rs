//! A key's window starts at its first taken unit and lasts `window_ms`; at `start + window_ms` the key is
//! fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
//! contain that window's first instant, and then it ends before the next one starts.
//!
//! Reads side by side with `core-ts/src/algorithms/fixed-window.ts`.
#![forbid(unsafe_code)]

use crate::policy::Policy;

/// One key's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// When the first unit of the window was taken.
    pub start_ms: u64,
    /// Units taken in the window that began at `start_ms`: from 1 to the limit.
    pub used: u64,
}

/// The state of a key whose first units are taken now.
#[must_use]
pub fn start(cost: u64, now_ms: u64) -> State {
    State { start_ms: now_ms, used: cost }
}

/// Whether the key is as good as never seen. Another thread's reading may lie after this one: no time has passed then.
#[must_use]
pub fn is_expired(state: State, policy: Policy, now_ms: u64) -> bool {
    now_ms.saturating_sub(state.start_ms) >= policy.window_ms
}

/// The state after the cost is taken; `None` when it does not fit.
#[must_use]
pub fn take(state: State, policy: Policy, cost: u64, now_ms: u64) -> Option<State> {
    if is_expired(state, policy, now_ms) {
        return restart(state, policy, cost, now_ms);
    }
    let used = state.used.checked_add(cost).filter(|&used| used <= policy.limit)?;
    Some(State { used, ..state })
}

/// A cost of 0 takes nothing, so it starts no window.
fn restart(state: State, policy: Policy, cost: u64, now_ms: u64) -> Option<State> {
    if cost > policy.limit {
        return None;
    }
    Some(if cost > 0 { start(cost, now_ms) } else { state })
}

/// Units left now.
#[must_use]
pub fn remaining(state: State, policy: Policy, now_ms: u64) -> u64 {
    if is_expired(state, policy, now_ms) { policy.limit } else { policy.limit.saturating_sub(state.used) }
}

/// Until the key is as good as never seen; 0 once it is.
#[must_use]
pub fn reset_after_ms(state: State, policy: Policy, now_ms: u64) -> u64 {
    policy.window_ms.saturating_sub(now_ms.saturating_sub(state.start_ms))
}

/// How long a denied cost has to wait: units come back all at once, at the window's end. `None`: for ever.
#[must_use]
pub fn retry_after_ms(state: State, policy: Policy, cost: u64, now_ms: u64) -> Option<u64> {
    (cost <= policy.limit).then(|| reset_after_ms(state, policy, now_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { limit: 2, window_ms: 100 };

    #[test]
    fn the_last_unit_of_a_window_fits_and_the_next_does_not() {
        let one = start(1, 7);
        let two = take(one, POLICY, 1, 8).unwrap_or(one);
        assert_eq!(two, State { start_ms: 7, used: 2 });
        assert_eq!(take(two, POLICY, 1, 106), None);
    }

    #[test]
    fn a_window_ends_at_its_exact_end() {
        let full = start(2, 7);
        assert_eq!(take(full, POLICY, 1, 106), None);
        assert_eq!(take(full, POLICY, 1, 107), Some(State { start_ms: 107, used: 1 }));
    }

    #[test]
    fn a_reading_before_the_start_passes_no_time() {
        assert_eq!(reset_after_ms(start(2, 50), POLICY, 40), 100);
        assert_eq!(take(start(2, 50), POLICY, 1, 40), None);
    }

    #[test]
    fn a_cost_beyond_every_number_is_denied_for_ever() {
        assert_eq!(take(start(1, 0), POLICY, u64::MAX, 1), None);
        assert_eq!(retry_after_ms(start(1, 0), POLICY, u64::MAX, 1), None);
    }
}
