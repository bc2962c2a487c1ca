//! Time since the key's first unit is cut into sub-windows of `sub_ms`, at most a tenth of the window, and
//! each counts as a whole until its last instant is one window ago.
//!
//! Never more than `limit` in any span of one window: let `t` be the span's last instant at which units were
//! admitted. All units of the span were taken in the window that ends with `t`, each in a sub-window whose
//! last instant is less than one window before `t`; so all of them counted at `t`, and what counts is never
//! admitted beyond the limit. A unit is held against the key for less than `window_ms + sub_ms`, where an
//! exact log would hold it for `window_ms`.
//!
//! Words: when the first unit was taken, the units that count, the newest sub-window, the oldest that still
//! counts, and their units in a ring.
//!
//! Reads side by side with `core-ts/src/algorithms/sliding-window.ts`.

use super::Terms;

#[allow(clippy::cast_possible_truncation)] // about twenty
pub(super) fn words(terms: &Terms) -> usize {
    4 + terms.subs as usize
}

pub(super) fn is_fresh(state: &mut [u64], terms: &Terms, now_ms: u64) -> bool {
    used_at(state, terms, now_ms) == 0
}

pub(super) fn remaining(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    terms.policy.limit.saturating_sub(used_at(state, terms, now_ms))
}

pub(super) fn fits(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> bool {
    cost <= remaining(state, terms, now_ms)
}

pub(super) fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    if used_at(state, terms, now_ms) == 0 {
        state.fill(0);
        if let [start_ms, ..] = state {
            *start_ms = now_ms;
        }
    }
    let [start_ms, used, newest, _, parts @ ..] = state else { return };
    // Another thread's reading may lie before this key's newest sub-window, or before its start.
    let sub = (now_ms.saturating_sub(*start_ms) / terms.sub_ms).max(*newest);
    if let Some(part) = part(parts, sub) {
        *part += units;
    }
    *newest = sub;
    *used += units;
}

/// Until its newest units count no more.
pub(super) fn reset_after_ms(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    if used_at(state, terms, now_ms) == 0 {
        return 0;
    }
    let &mut [start_ms, _, newest, ..] = state else { return 0 };
    drops_at_ms(newest, terms) - now_ms.saturating_sub(start_ms)
}

/// Until enough of the oldest units count no more.
pub(super) fn retry_after_ms(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> u64 {
    let mut left = used_at(state, terms, now_ms);
    let &mut [start_ms, _, newest, oldest, ref mut parts @ ..] = state else { return 0 };
    let enough = (oldest..=newest).find(|&sub| {
        left -= part(parts, sub).map_or(0, |part| *part);
        cost <= terms.policy.limit.saturating_sub(left)
    });
    drops_at_ms(enough.unwrap_or(newest), terms) - now_ms.saturating_sub(start_ms)
}

/// Units that count now; forgets the sub-windows whose last instant is one window ago or more.
fn used_at(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    let [start_ms, used, newest, oldest, parts @ ..] = state else { return 0 };
    let since_start_ms = now_ms.saturating_sub(*start_ms);
    while *used > 0 && *oldest <= *newest && since_start_ms >= drops_at_ms(*oldest, terms) {
        if let Some(part) = part(parts, *oldest) {
            *used -= *part;
            *part = 0;
        }
        *oldest += 1;
    }
    *used
}

/// When a sub-window counts no more, in time since the start.
fn drops_at_ms(sub: u64, terms: &Terms) -> u64 {
    (sub + 1) * terms.sub_ms - 1 + terms.policy.window_ms
}

#[allow(clippy::cast_possible_truncation)] // a remainder of about twenty
fn part(parts: &mut [u64], sub: u64) -> Option<&mut u64> {
    let index = sub % (parts.len() as u64).max(1);
    parts.get_mut(index as usize)
}
