//! A key's window starts at its first taken unit and lasts `window_ms`; at `start + window_ms` the key is
//! fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
//! contain that window's first instant, and then it ends before the next one starts.
//!
//! Words: the window's first instant, and the units taken in it.
//!
//! Reads side by side with `core-ts/src/algorithms/fixed-window.ts`.

use super::Terms;

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
        (*start_ms, *used) = (now_ms, units);
    } else {
        *used += units;
    }
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
