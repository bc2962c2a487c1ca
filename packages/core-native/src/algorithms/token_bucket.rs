//! The generic cell rate algorithm (ITU-T I.371, Annex A) on whole numbers. A unit taken is a debt of
//! `window_ms`, and each millisecond repays `limit`: so nothing is ever rounded, and nothing drifts. A cost
//! fits while the debt stays within the bucket.
//!
//! At most `burst + ⌊d · limit / window_ms⌋` units in any span `d`: the debt is at most a bucket's at its end,
//! and what the span repaid is `d · limit` at most.
//!
//! Words: when the debt was noted, and the debt as two words, the lower one first.
//!
//! Reads side by side with `core-ts/src/algorithms/token-bucket.ts`, which divides both numbers by their
//! greatest common divisor to keep within a `number`.

use super::Terms;

pub(super) const WORDS: usize = 3;

pub(super) fn is_fresh(state: &mut [u64], terms: &Terms, now_ms: u64) -> bool {
    debt_at(state, terms, now_ms) == 0
}

#[allow(clippy::cast_possible_truncation)] // at most the burst
pub(super) fn remaining(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    (capacity(terms).saturating_sub(debt_at(state, terms, now_ms)) / u128::from(terms.policy.window_ms)) as u64
}

pub(super) fn fits(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> bool {
    cost <= terms.policy.burst && debt_at(state, terms, now_ms) + debt_of(cost, terms) <= capacity(terms)
}

pub(super) fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    let debt = debt_at(state, terms, now_ms) + debt_of(units, terms);
    let [at_ms, low, high] = state else { return };
    *at_ms = now_ms.max(*at_ms);
    (*low, *high) = halves(debt);
}

pub(super) fn reset_after_ms(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    repaid_after_ms(debt_at(state, terms, now_ms), terms)
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

fn debt_at(state: &mut [u64], terms: &Terms, now_ms: u64) -> u128 {
    let &mut [at_ms, low, high] = state else { return 0 };
    let repaid = u128::from(now_ms.saturating_sub(at_ms)) * u128::from(terms.policy.limit);
    (u128::from(low) | u128::from(high) << 64).saturating_sub(repaid)
}

#[allow(clippy::cast_possible_truncation)] // what is cut off is the other half
fn halves(debt: u128) -> (u64, u64) {
    (debt as u64, (debt >> 64) as u64)
}
