//! The generic cell rate algorithm (ITU-T I.371, Annex A) on whole numbers. A unit taken is a debt of
//! `window_ms`, and each millisecond repays `limit`: so nothing is ever rounded, and nothing drifts. A cost
//! fits while the debt stays within the bucket. No debt passes 2^53 − 1, since no policy has a bucket of more than half
//! of that.
//!
//! At most `burst + ⌊d · limit / window_ms⌋` units in any span `d`: the debt is at most a bucket's at its end,
//! and what the span repaid is `d · limit` at most.
//!
//! At a limit of 0 there is no rate to repay by: what is owed then stays, and is forgotten one window after it was
//! last noted.
//!
//! Words: when the debt was noted, and the debt.
//!
//! Reads side by side with `core-ts/src/algorithms/token-bucket.ts`.

use super::Terms;
use crate::engine::policy::{MOST_UNITS, Policy};
use crate::engine::reservations::Mark;

/// What is used beyond an estimate is owed too, up to so many buckets: no slip of a caller locks a key out for
/// ever.
const MOST_BUCKETS_OWED: u64 = 1024;

pub(super) const WORDS: usize = 2;

pub(super) fn is_fresh(state: &mut [u64], terms: &Terms, now_ms: u64) -> bool {
    owed(state, terms, now_ms) == 0
}

pub(super) fn remaining(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    debt_of(terms.policy.burst, terms).saturating_sub(owed(state, terms, now_ms)) / terms.policy.window_ms
}

pub(super) fn fits(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> bool {
    // Nothing fits also while more is owed than the bucket holds.
    cost == 0 || cost <= terms.policy.burst && owed(state, terms, now_ms) <= debt_of(terms.policy.burst - cost, terms)
}

pub(super) fn add(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) {
    let debt = owed(state, terms, now_ms);
    let room = most_owed(terms).saturating_sub(debt);
    write(state, debt + debt_of(units, terms).min(room), now_ms);
}

/// Whether all of the units would be owed, none of them beyond the most.
pub(super) fn has_room_for(state: &mut [u64], terms: &Terms, units: u64, now_ms: u64) -> bool {
    debt_of(units, terms) <= most_owed(terms).saturating_sub(owed(state, terms, now_ms))
}

/// A bucket of a limit of 0 holds nothing: what was owed before may be of any size.
fn most_owed(terms: &Terms) -> u64 {
    let Policy { limit, burst, .. } = terms.policy;
    if limit == 0 { MOST_UNITS } else { debt_of(burst, terms).saturating_mul(MOST_BUCKETS_OWED).min(MOST_UNITS) }
}

fn write(state: &mut [u64], debt: u64, now_ms: u64) {
    let [at_ms, held] = state else { return };
    *at_ms = now_ms.max(*at_ms);
    *held = debt;
}

pub(super) fn mark(state: &mut [u64], terms: &Terms, now_ms: u64) -> Mark {
    Mark { low: owed(state, terms, now_ms), ..Mark::default() }
}

/// Leaves the debt that there would be if the units had never been taken. Without them it is less by those units
/// from then on, and where it would fall below 0, by what was owed at that time: so the least that was owed since
/// bounds what is given.
pub(super) fn refund(state: &mut [u64], terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    let debt = owed(state, terms, now_ms);
    let given = debt_of(units, terms).min(mark.low).min(debt);
    if given > 0 {
        write(state, debt - given, now_ms);
    }
    given
}

pub(super) fn reset_after_ms(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    let debt = owed(state, terms, now_ms);
    if terms.policy.limit == 0 && debt > 0 {
        let noted_ms = state.first().copied().unwrap_or_default();
        return terms.policy.window_ms - now_ms.saturating_sub(noted_ms);
    }
    repaid_after_ms(debt, terms)
}

/// Until enough is repaid.
pub(super) fn retry_after_ms(state: &mut [u64], terms: &Terms, cost: u64, now_ms: u64) -> u64 {
    let room = debt_of(terms.policy.burst.saturating_sub(cost), terms);
    repaid_after_ms(owed(state, terms, now_ms).saturating_sub(room), terms)
}

fn repaid_after_ms(debt: u64, terms: &Terms) -> u64 {
    debt.div_ceil(terms.policy.limit.max(1))
}

fn debt_of(units: u64, terms: &Terms) -> u64 {
    units.saturating_mul(terms.policy.window_ms)
}

/// The units that are owed stay so many, rounded up. The debt is noted anew, but for one that goes on without a rate to
/// repay by: its window goes on.
pub(super) fn change(state: &mut [u64], from: &Terms, to: &mut [u64], terms: &Terms, now_ms: u64) {
    // Another thread's reading may be later than this one: what it left is owed as of then.
    let as_of_ms = state.first().map_or(now_ms, |&at_ms| now_ms.max(at_ms));
    let noted_ms = match state.first() {
        Some(&noted_ms) if terms.policy.limit == 0 && from.policy.limit == 0 => noted_ms,
        _ => as_of_ms,
    };
    let debt = u128::from(owed(state, from, as_of_ms)) * u128::from(terms.policy.window_ms);
    let debt = u64::try_from(debt.div_ceil(u128::from(from.policy.window_ms))).unwrap_or(u64::MAX);
    write(to, debt.min(most_owed(terms)), noted_ms);
}

/// The debt now.
pub(super) fn owed(state: &mut [u64], terms: &Terms, now_ms: u64) -> u64 {
    let &mut [at_ms, debt] = state else { return 0 };
    let since_ms = now_ms.saturating_sub(at_ms);
    let Policy { limit, window_ms, .. } = terms.policy;
    if limit == 0 {
        return if since_ms < window_ms { debt } else { 0 };
    }
    debt.saturating_sub(since_ms.saturating_mul(limit))
}

/// Whether a state that was read from bytes can have come about.
pub(super) fn is_sound(state: &[u64], terms: &Terms, _now_ms: u64) -> bool {
    matches!(state, &[_, debt] if debt <= most_owed(terms))
}
