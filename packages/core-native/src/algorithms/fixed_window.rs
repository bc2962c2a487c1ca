//! A key's window starts at its first taken unit and lasts `window_ms`; at `start + window_ms` the key is
//! fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
//! contain that window's first instant, and then it ends before the next one starts.
//!
//! Words: the window's first instant, and the units taken in it.
//!
//! Reads side by side with `core-ts/src/algorithms/fixed-window.ts`.

use super::Terms;
use crate::engine::policy::MOST_UNITS;
use crate::engine::reservations::Mark;

pub(super) const WORDS: usize = 2;

/// Another thread's reading may lie after this one: no time has passed then.
pub(super) fn is_fresh(state: &mut [u64], terms: &Terms, now_ms: u64) -> bool {
    let &mut [start_ms, used] = state else { return true };
    used == 0 || now_ms.saturating_sub(start_ms) >= terms.policy.window_ms
}

pub(super) fn remaining(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    if is_fresh(state, terms, now_ms) {
        return terms.policy.limit;
    }
    let &mut [_, used] = state else { return 0 };
    terms.policy.limit.saturating_sub(used)
}

pub(super) fn fits(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> bool {
    cost <= remaining(state, terms, now_ms)
}

pub(super) fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    let is_fresh = is_fresh(state, terms, now_ms);
    let [start_ms, used] = state else { return };
    if is_fresh {
        (*start_ms, *used) = (now_ms, units.min(MOST_UNITS));
    } else {
        *used = used.saturating_add(units).min(MOST_UNITS);
    }
}

/// Whether all of the units would be counted, none of them beyond 2^53 − 1.
pub(super) fn has_room_for(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) -> bool {
    is_fresh(state, terms, now_ms) || matches!(state, &mut [_, used] if used.saturating_add(units) <= MOST_UNITS)
}

pub(super) fn reset_after_ms(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    if is_fresh(state, terms, now_ms) {
        return 0;
    }
    let &mut [start_ms, _] = state else { return 0 };
    terms.policy.window_ms - now_ms.saturating_sub(start_ms)
}

/// Units come back all at once, at the window's end.
pub(super) fn retry_after_ms(state: &mut [u64], terms: &Terms, _cost: u64, now_ms: u64) -> u64 {
    reset_after_ms(state, terms, now_ms)
}

pub(super) fn mark(state: &mut [u64], _terms: &Terms, _now_ms: u64) -> Mark {
    let &mut [start_ms, _] = state else { return Mark::default() };
    Mark { start_ms, ..Mark::default() }
}

/// Units count in their own window only.
pub(super) fn refund(state: &mut [u64], terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    if !is_fresh(state, terms, now_ms)
        && let [start_ms, used] = state
        && *start_ms == mark.start_ms
    {
        *used = used.saturating_sub(units);
    }
    0
}

/// The window goes on, with the new length and the new limit.
pub(super) fn change(state: &mut [u64], from: &Terms, to: &mut [u64], _terms: &Terms, now_ms: u64) {
    if !is_fresh(state, from, now_ms) {
        to.copy_from_slice(state);
    }
}

/// Whether a state that was read from bytes can have come about.
pub(super) fn is_sound(state: &[u64], _terms: &Terms, _now_ms: u64) -> bool {
    matches!(state, &[_, used] if used <= MOST_UNITS)
}
