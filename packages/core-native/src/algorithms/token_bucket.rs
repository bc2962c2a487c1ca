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
//! Reads side by side with `core-ts/src/algorithms/token-bucket.ts`.

use super::{Terms, Verdict};
use crate::clock::Now;
use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::policy::{MOST_UNITS, Policy};
use crate::engine::reservations::Mark;
use bytemuck::{Pod, Zeroable};

/// What a key owes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct TokenBucket {
    /// When the debt was noted.
    pub noted_ms: u64,
    /// The debt at that time.
    pub debt: u64,
}

pub(super) const WORDS: usize = size_of::<TokenBucket>() / size_of::<u64>();

/// What is used beyond an estimate is owed too, up to so many buckets: no slip of a caller locks a key out for
/// ever.
const MOST_BUCKETS_OWED: u64 = 1024;

/// Whether the cost fits, how the key stands then, and the state that it leaves.
pub(super) fn decide(state: &TokenBucket, terms: &Terms, cost: u64, now_ms: u64) -> (Verdict, TokenBucket) {
    let Policy { burst, window_ms, .. } = terms.policy;
    let owed = owed(state, terms, now_ms);
    let room = debt_of(burst.saturating_sub(cost), terms);
    // Nothing fits also while more is owed than the bucket holds.
    let fits = cost == 0 || cost <= burst && owed <= room;
    let takes = fits && cost > 0;
    let debt = if takes { owed + debt_of(cost, terms) } else { owed };
    let left = if takes { noted(state, debt, now_ms) } else { *state };
    let verdict = Verdict {
        fits,
        remaining: debt_of(burst, terms).saturating_sub(debt) / window_ms,
        reset_after_ms: reset_after_ms(&left, debt, terms, now_ms),
        retry_after_ms: Verdict::wait(fits, terms, cost, || repaid_after_ms(owed.saturating_sub(room), terms)),
    };
    (verdict, left)
}

/// The earliest and the latest that now can be: by a clock that may lag while for sure something is owed, since what is
/// repaid meanwhile is known then. Else it is read exactly.
#[inline]
pub(super) fn bounds_ms(state: &TokenBucket, terms: &Terms, rough_ms: u64, clock: &impl Now) -> (u64, u64) {
    let latest_ms = clock.latest_ms(rough_ms);
    if latest_ms == rough_ms || owed(state, terms, latest_ms) > 0 {
        return (rough_ms, latest_ms);
    }
    let exact_ms = clock.exact_ms();
    (exact_ms, exact_ms)
}

/// The same as `decide` from the earliest of these bounds, of a cost that fits: the state that it leaves owes at any time
/// what `decide` would leave at any time between them. `None`: only the exact time can tell.
#[inline]
pub(super) fn decide_roughly(state: &TokenBucket, terms: &Terms, cost: u64, earliest_ms: u64) -> Option<TokenBucket> {
    let Policy { limit, burst, .. } = terms.policy;
    if limit == 0 || cost == 0 || cost > burst {
        return None;
    }
    let owed = owed(state, terms, earliest_ms);
    (owed <= debt_of(burst - cost, terms)).then(|| noted(state, owed + debt_of(cost, terms), earliest_ms))
}

/// When a debt will have been repaid.
#[inline]
pub(super) fn repaid_ms(state: &TokenBucket, terms: &Terms) -> u64 {
    state.noted_ms + repaid_after_ms(state.debt, terms)
}

/// Whether a debt has a rank from `earliest_ms` to `latest_ms`, said without a division.
#[inline]
pub(super) fn has_rank(state: &TokenBucket, terms: &Terms, rank: u32, earliest_ms: u64, latest_ms: u64) -> bool {
    rank < PROTECTED_RANK
        && owed(state, terms, earliest_ms) <= debt_of(terms.up_to(rank), terms)
        && (rank == 0 || owed(state, terms, latest_ms) > debt_of(terms.up_to(rank - 1), terms))
}

pub(super) fn is_fresh(state: &TokenBucket, terms: &Terms, now_ms: u64) -> bool {
    owed(state, terms, now_ms) == 0
}

pub(super) fn add(state: &mut TokenBucket, terms: &Terms, units: u64, now_ms: u64) {
    let debt = owed(state, terms, now_ms);
    let room = most_owed(terms).saturating_sub(debt);
    *state = noted(state, debt + debt_of(units, terms).min(room), now_ms);
}

/// Whether all of the units would be owed, none of them beyond the most.
pub(super) fn has_room_for(state: &TokenBucket, terms: &Terms, units: u64, now_ms: u64) -> bool {
    debt_of(units, terms) <= most_owed(terms).saturating_sub(owed(state, terms, now_ms))
}

/// A bucket of a limit of 0 holds nothing: what was owed before may be of any size.
fn most_owed(terms: &Terms) -> u64 {
    let Policy { limit, burst, .. } = terms.policy;
    if limit == 0 { MOST_UNITS } else { debt_of(burst, terms).saturating_mul(MOST_BUCKETS_OWED).min(MOST_UNITS) }
}

/// With another debt, as of now.
fn noted(state: &TokenBucket, debt: u64, now_ms: u64) -> TokenBucket {
    TokenBucket { noted_ms: now_ms.max(state.noted_ms), debt }
}

pub(super) fn mark(state: &TokenBucket, terms: &Terms, now_ms: u64) -> Mark {
    Mark { low: owed(state, terms, now_ms), ..Mark::default() }
}

/// Leaves the debt that there would be if the units had never been taken. Without them it is less by those units
/// from then on, and where it would fall below 0, by what was owed at that time: so the least that was owed since
/// bounds what is given.
pub(super) fn refund(state: &mut TokenBucket, terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    let debt = owed(state, terms, now_ms);
    let given = debt_of(units, terms).min(mark.low).min(debt);
    if given > 0 {
        *state = noted(state, debt - given, now_ms);
    }
    given
}

/// `owed`: of that state, now.
fn reset_after_ms(state: &TokenBucket, owed: u64, terms: &Terms, now_ms: u64) -> u64 {
    if terms.policy.limit == 0 && owed > 0 {
        return terms.policy.window_ms - now_ms.saturating_sub(state.noted_ms);
    }
    repaid_after_ms(owed, terms)
}

fn repaid_after_ms(debt: u64, terms: &Terms) -> u64 {
    debt.div_ceil(terms.policy.limit.max(1))
}

fn debt_of(units: u64, terms: &Terms) -> u64 {
    units.saturating_mul(terms.policy.window_ms)
}

/// The units that are owed stay so many, rounded up. The debt is noted anew, but for one that goes on without a rate to
/// repay by: its window goes on.
pub(super) fn change(state: &TokenBucket, from: &Terms, to: &mut TokenBucket, terms: &Terms, now_ms: u64) {
    // Another thread's reading may be later than this one: what it left is owed as of then.
    let as_of_ms = now_ms.max(state.noted_ms);
    let goes_on = terms.policy.limit == 0 && from.policy.limit == 0;
    let debt = u128::from(owed(state, from, as_of_ms)) * u128::from(terms.policy.window_ms);
    let debt = u64::try_from(debt.div_ceil(u128::from(from.policy.window_ms))).unwrap_or(u64::MAX);
    *to = TokenBucket { noted_ms: if goes_on { state.noted_ms } else { as_of_ms }, debt: debt.min(most_owed(terms)) };
}

/// The debt now.
pub(super) fn owed(state: &TokenBucket, terms: &Terms, now_ms: u64) -> u64 {
    let &TokenBucket { noted_ms, debt } = state;
    let since_ms = now_ms.saturating_sub(noted_ms);
    let Policy { limit, window_ms, .. } = terms.policy;
    if limit == 0 {
        return if since_ms < window_ms { debt } else { 0 };
    }
    debt.saturating_sub(since_ms.saturating_mul(limit))
}

/// Whether a state that was read from bytes can have come about.
pub(super) fn is_sound(state: &TokenBucket, terms: &Terms, _now_ms: u64) -> bool {
    state.debt <= most_owed(terms)
}
