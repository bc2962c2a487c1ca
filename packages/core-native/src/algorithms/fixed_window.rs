//! A key's window starts at its first taken unit and lasts `window_ms`; at `start + window_ms` the key is
//! fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
//! contain that window's first instant, and then it ends before the next one starts.
//!
//! Reads side by side with `core-ts/src/algorithms/fixed-window.ts`.

use super::{Terms, Verdict};
use crate::clock::Now;
use crate::engine::policy::MOST_UNITS;
use crate::engine::reservations::Mark;
use bytemuck::{Pod, Zeroable};

/// What a key has used.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct FixedWindow {
    /// The window's first instant.
    pub start_ms: u64,
    /// Units taken in it; 0: there is no window.
    pub used: u64,
}

pub(super) const WORDS: usize = size_of::<FixedWindow>() / size_of::<u64>();

/// Whether the cost fits, how the key stands then, and the state that it leaves.
pub(super) fn decide(state: &FixedWindow, terms: &Terms, cost: u64, now_ms: u64) -> (Verdict, FixedWindow) {
    let limit = terms.policy.limit;
    let counted = counted(state, terms, now_ms);
    let fits = cost <= limit.saturating_sub(counted.used);
    let left = if fits { with(counted, cost, now_ms) } else { counted };
    let reset_after_ms = reset_after_ms(&left, terms, now_ms);
    // Units come back all at once, at the window's end.
    let verdict = Verdict {
        fits,
        remaining: limit.saturating_sub(left.used),
        reset_after_ms,
        retry_after_ms: Verdict::wait(fits, terms, cost, || reset_after_ms),
    };
    (verdict, left)
}

/// The same by a clock that may lag, while the window lasts for sure: whether the cost fits, and the state that it leaves.
/// `None`: only the exact time can tell.
#[inline]
pub(super) fn decide_roughly(
    state: &FixedWindow,
    terms: &Terms,
    cost: u64,
    rough_ms: u64,
    clock: &impl Now,
) -> Option<(bool, FixedWindow)> {
    let &FixedWindow { start_ms, used } = state;
    let end_ms = start_ms + terms.policy.window_ms;
    if used == 0 || clock.against_from(rough_ms, end_ms) >= end_ms {
        return None;
    }
    let fits = cost <= terms.policy.limit.saturating_sub(used);
    Some((fits, FixedWindow { start_ms, used: if fits { used + cost } else { used } }))
}

pub(super) fn is_fresh(state: &FixedWindow, terms: &Terms, now_ms: u64) -> bool {
    counted(state, terms, now_ms).used == 0
}

pub(super) fn add(state: &mut FixedWindow, terms: &Terms, units: u64, now_ms: u64) {
    *state = with(counted(state, terms, now_ms), units, now_ms);
}

/// Whether all of the units would be counted, none of them beyond 2^53 − 1.
pub(super) fn has_room_for(state: &FixedWindow, terms: &Terms, units: u64, now_ms: u64) -> bool {
    let used = counted(state, terms, now_ms).used;
    used == 0 || used.saturating_add(units) <= MOST_UNITS
}

pub(super) fn mark(state: &FixedWindow, _terms: &Terms, _now_ms: u64) -> Mark {
    Mark { start_ms: state.start_ms, ..Mark::default() }
}

/// Units count in their own window only.
pub(super) fn refund(state: &mut FixedWindow, terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    if state.start_ms == mark.start_ms && !is_fresh(state, terms, now_ms) {
        state.used = state.used.saturating_sub(units);
    }
    0
}

/// The window goes on, with the new length and the new limit.
pub(super) fn change(state: &FixedWindow, from: &Terms, to: &mut FixedWindow, _terms: &Terms, now_ms: u64) {
    if !is_fresh(state, from, now_ms) {
        *to = *state;
    }
}

/// Whether a state that was read from bytes can have come about.
pub(super) fn is_sound(state: &FixedWindow, _terms: &Terms, _now_ms: u64) -> bool {
    state.used <= MOST_UNITS
}

/// What counts still. Another thread's reading may lie after this one: no time has passed then.
fn counted(state: &FixedWindow, terms: &Terms, now_ms: u64) -> FixedWindow {
    let is_over = now_ms.saturating_sub(state.start_ms) >= terms.policy.window_ms;
    FixedWindow { start_ms: state.start_ms, used: if is_over { 0 } else { state.used } }
}

/// With units more of what counts.
fn with(counted: FixedWindow, units: u64, now_ms: u64) -> FixedWindow {
    if units == 0 {
        return counted;
    }
    let start_ms = if counted.used == 0 { now_ms } else { counted.start_ms };
    FixedWindow { start_ms, used: counted.used.saturating_add(units).min(MOST_UNITS) }
}

fn reset_after_ms(counted: &FixedWindow, terms: &Terms, now_ms: u64) -> u64 {
    if counted.used == 0 { 0 } else { terms.policy.window_ms - now_ms.saturating_sub(counted.start_ms) }
}
