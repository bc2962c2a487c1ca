//! The generic cell rate algorithm (ITU-T I.371, Annex A) on whole numbers. A unit taken is a debt of
//! `window_ms`, and each millisecond repays `limit`: so nothing is ever rounded, and nothing drifts. A cost
//! fits while the debt stays within the bucket.
//!
//! At most `burst + ⌊d · limit / window_ms⌋` units in any span `d`: the debt is at most a bucket's at its end,
//! and what the span repaid is `d · limit` at most.
//!
//! At a limit of 0 there is no rate to repay by: what is owed then stays, and is forgotten one window after it was
//! last noted.
//!
//! Words: when the debt was noted, and the debt as two words, the lower one first.
//!
//! Reads side by side with `core-ts/src/algorithms/token-bucket.ts`, which divides both numbers by their
//! greatest common divisor to keep within a `number`.

use super::Terms;
use crate::policy::{MOST_UNITS, Policy};
use crate::reservations::Mark;

/// What is used beyond an estimate is owed too, up to so many buckets: no slip of a caller locks a key out for
/// ever.
const MOST_BUCKETS_OWED: u128 = 1024;

pub(super) const WORDS: usize = 3;

pub(super) fn is_fresh(state: &mut [u64], terms: &Terms, now_ms: u64) -> bool {
    debt_at(state, terms, now_ms) == 0
}

#[allow(clippy::cast_possible_truncation)] // at most the burst
pub(super) fn remaining(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    (capacity(terms).saturating_sub(debt_at(state, terms, now_ms)) / u128::from(terms.policy.window_ms)) as u64
}

pub(super) fn fits(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> bool {
    // Nothing fits also while more is owed than the bucket holds.
    cost == 0 || cost <= terms.policy.burst && debt_at(state, terms, now_ms) + debt_of(cost, terms) <= capacity(terms)
}

pub(super) fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    let debt = debt_at(state, terms, now_ms) + debt_of(units, terms);
    write(state, debt.min(most_owed(terms)), now_ms);
}

/// Whether all of the units would be owed, none of them beyond the most.
pub(super) fn has_room_for(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) -> bool {
    debt_at(state, terms, now_ms) + debt_of(units, terms) <= most_owed(terms)
}

/// A bucket of a limit of 0 holds nothing, so what is owed there is bounded by the largest of all buckets.
fn most_owed(terms: &Terms) -> u128 {
    let Policy { limit, burst, .. } = terms.policy;
    MOST_BUCKETS_OWED * debt_of(if limit == 0 { MOST_UNITS } else { burst }, terms)
}

fn write(state: &mut [u64], debt: u128, now_ms: u64) {
    let [at_ms, low, high] = state else { return };
    *at_ms = now_ms.max(*at_ms);
    (*low, *high) = halves(debt);
}

pub(super) fn mark(state: &mut [u64], terms: &Terms, now_ms: u64) -> Mark {
    Mark { low: debt_at(state, terms, now_ms), ..Mark::default() }
}

/// Leaves the debt that there would be if the units had never been taken. Without them it is less by those units
/// from then on, and where it would fall below 0, by what was owed at that time: so the least that was owed since
/// bounds what is given.
pub(super) fn refund(state: &mut [u64], terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u128 {
    let debt = debt_at(state, terms, now_ms);
    let given = debt_of(units, terms).min(mark.low).min(debt);
    if given > 0 {
        write(state, debt - given, now_ms);
    }
    given
}

pub(super) fn reset_after_ms(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    let debt = debt_at(state, terms, now_ms);
    if terms.policy.limit == 0 && debt > 0 {
        let noted_ms = state.first().copied().unwrap_or_default();
        return terms.policy.window_ms - now_ms.saturating_sub(noted_ms);
    }
    repaid_after_ms(debt, terms)
}

/// Until enough is repaid.
pub(super) fn retry_after_ms(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> u64 {
    let owed = debt_at(state, terms, now_ms) + debt_of(cost, terms);
    repaid_after_ms(owed.saturating_sub(capacity(terms)), terms)
}

#[allow(clippy::cast_possible_truncation)] // at most ten years
fn repaid_after_ms(debt: u128, terms: &Terms) -> u64 {
    if debt == 0 { 0 } else { debt.div_ceil(u128::from(terms.policy.limit.max(1))) as u64 }
}

fn capacity(terms: &Terms) -> u128 {
    debt_of(terms.policy.burst, terms)
}

fn debt_of(units: u64, terms: &Terms) -> u128 {
    u128::from(units) * u128::from(terms.policy.window_ms)
}

/// The units that are owed stay so many, rounded up to what the TypeScript engine counts in. The debt is noted anew,
/// but for one that goes on without a rate to repay by: its window goes on.
pub(super) fn change(state: &mut [u64], from: &Terms, to: &mut [u64], terms: &Terms, now_ms: u64) {
    let Policy { limit, window_ms, .. } = terms.policy;
    let tick = if limit == 0 { 1 } else { u128::from(greatest_common_divisor(limit, window_ms)) };
    // Another thread's reading may be later than this one: what it left is owed as of then.
    let as_of_ms = state.first().map_or(now_ms, |&at_ms| now_ms.max(at_ms));
    let noted_ms = match state.first() {
        Some(&noted_ms) if limit == 0 && from.policy.limit == 0 => noted_ms,
        _ => as_of_ms,
    };
    let (debt, unit) = (debt_at(state, from, as_of_ms), u128::from(from.policy.window_ms));
    // Whole units and the rest of one apart: a debt times a window does not fit 128 bits.
    let ticks = debt / unit * (u128::from(window_ms) / tick);
    let rest = (debt % unit * u128::from(window_ms)).div_ceil(unit * tick);
    let debt = (ticks + rest) * tick;
    write(to, debt.min(most_owed(terms)), noted_ms);
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

pub(super) fn debt_at(state: &mut [u64], terms: &Terms, now_ms: u64) -> u128 {
    let &mut [at_ms, low, high] = state else { return 0 };
    let (debt, since_ms) = (u128::from(low) | u128::from(high) << 64, now_ms.saturating_sub(at_ms));
    let Policy { limit, window_ms, .. } = terms.policy;
    if limit == 0 {
        return if since_ms < window_ms { debt } else { 0 };
    }
    debt.saturating_sub(u128::from(since_ms) * u128::from(limit))
}

#[allow(clippy::cast_possible_truncation)] // what is cut off is the other half
fn halves(debt: u128) -> (u64, u64) {
    (debt as u64, (debt >> 64) as u64)
}

/// Whether a state that was read from bytes can have come about.
pub(super) fn is_sound(state: &[u64], terms: &Terms, _now_ms: u64) -> bool {
    let &[_, low, high] = state else { return false };
    (u128::from(low) | u128::from(high) << 64) <= most_owed(terms)
}
