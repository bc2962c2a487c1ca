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
use crate::engine::policy::MOST_UNITS;
use crate::engine::reservations::Mark;

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
    let counted = units.min(MOST_UNITS.saturating_sub(*used));
    if counted == 0 {
        return; // what isn't counted changes nothing
    }
    if let Some(part) = part(parts, sub) {
        *part += counted;
    }
    *newest = sub;
    *used += counted;
}

/// Whether all of the units would be counted, none of them beyond 2^53 − 1.
pub(super) fn has_room_for(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) -> bool {
    used_at(state, terms, now_ms).saturating_add(units) <= MOST_UNITS
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

pub(super) fn mark(state: &mut [u64], _terms: &Terms, _now_ms: u64) -> Mark {
    let &mut [start_ms, _, newest, ..] = state else { return Mark::default() };
    Mark { start_ms, sub: newest, low: 0 }
}

/// Units count as long as their sub-window does.
fn counts(state: &mut [u64], terms: &Terms, mark: &Mark, now_ms: u64) -> bool {
    let used = used_at(state, terms, now_ms);
    let &mut [start_ms, _, _, oldest, ..] = state else { return false };
    used > 0 && start_ms == mark.start_ms && mark.sub >= oldest
}

/// The newest sub-window is then the last one that has units.
pub(super) fn refund(state: &mut [u64], terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    if !counts(state, terms, mark, now_ms) {
        return 0;
    }
    let [_, used, newest, oldest, parts @ ..] = state else { return 0 };
    if let Some(part) = part(parts, mark.sub) {
        let given = units.min(*part);
        *part -= given;
        *used -= given;
    }
    while *newest > *oldest && part(parts, *newest).is_some_and(|part| *part == 0) {
        *newest -= 1;
    }
    0
}

/// What counts goes into the new sub-windows, each by the last instant at which it can have been taken.
pub(super) fn change(state: &mut [u64], from: &Terms, to: &mut [u64], terms: &Terms, now_ms: u64) {
    if used_at(state, from, now_ms) == 0 {
        return;
    }
    let [start_ms, _, newest, oldest, parts @ ..] = state else { return };
    let [start_then_ms, used_then, newest_then, oldest_then, parts_then @ ..] = to else { return };
    let since_start_ms = now_ms.saturating_sub(*start_ms).max(*newest * from.sub_ms);
    *start_then_ms = *start_ms;
    for sub in *oldest..=*newest {
        let units = part(parts, sub).map_or(0, |part| *part);
        let into = sub_after(sub, from, terms, since_start_ms);
        if units == 0 || drops_at_ms(into, terms) <= since_start_ms {
            continue;
        }
        if *used_then == 0 {
            *oldest_then = into;
        }
        if let Some(part) = part(parts_then, into) {
            *part += units;
        }
        *newest_then = into;
        *used_then += units;
    }
}

/// Called before the state is changed.
pub(super) fn change_mark(state: &mut [u64], from: &Terms, mark: &Mark, terms: &Terms, now_ms: u64) -> Mark {
    if !counts(state, from, mark, now_ms) {
        return Mark::spent();
    }
    Mark { sub: sub_after(mark.sub, from, terms, now_ms.saturating_sub(mark.start_ms)), ..*mark }
}

fn sub_after(sub: u64, from: &Terms, to: &Terms, since_start_ms: u64) -> u64 {
    ((sub + 1) * from.sub_ms - 1).min(since_start_ms) / to.sub_ms
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

/// Its newest sub-window has begun.
pub(super) fn least_age_ms(state: &[u64], terms: &Terms) -> u64 {
    let &[_, _, newest, ..] = state else { return 0 };
    newest * terms.sub_ms
}

/// Whether a state that was read from bytes can have come about.
#[allow(clippy::cast_possible_truncation)] // a remainder of about twenty
pub(super) fn is_sound(state: &[u64], terms: &Terms, now_ms: u64) -> bool {
    let &[start_ms, used, newest, oldest, ref parts @ ..] = state else { return false };
    let in_order = oldest <= newest && newest - oldest < terms.subs;
    if !in_order || newest > now_ms.saturating_sub(start_ms) / terms.sub_ms || used > MOST_UNITS {
        return false;
    }
    let counted = (oldest..=newest).map(|sub| parts.get((sub % terms.subs) as usize).copied().unwrap_or_default());
    let sum = |units: u64, part: u64| units.checked_add(part);
    counted.into_iter().try_fold(0, sum) == Some(used) && parts.iter().copied().try_fold(0, sum) == Some(used)
}
