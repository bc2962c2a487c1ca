//! Time since the key's first unit is cut into sub-windows of `sub_window_ms`, at most a tenth of the window, and
//! each counts as a whole until its last instant is one window ago.
//!
//! Never more than `limit` in any span of one window: let `t` be the span's last instant at which units were
//! admitted. All units of the span were taken in the window that ends with `t`, each in a sub-window whose
//! last instant is less than one window before `t`; so all of them counted at `t`, and what counts is never
//! admitted beyond the limit. A unit is held against the key for less than `window_ms + sub_window_ms`, where an
//! exact log would hold it for `window_ms`.
//!
//! Reads side by side with `core-ts/src/algorithms/sliding-window.ts`.

use super::{Terms, Verdict};
use crate::clock::Now;
use crate::engine::policy::MOST_UNITS;
use crate::engine::reservations::Mark;
use bytemuck::{Pod, Zeroable};

/// What a key has used, and when.
pub struct SlidingWindow<'entry> {
    pub(super) head: &'entry mut Head,
    /// The units of the sub-windows that count, in a ring: each in the place of its number's remainder.
    pub(super) sub_windows: &'entry mut [u64],
}

/// What a key has used in all.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct Head {
    /// When the first unit was taken.
    pub start_ms: u64,
    /// The units that count.
    pub used: u64,
    /// The newest sub-window.
    pub newest: u64,
    /// The oldest one that still counts.
    pub oldest: u64,
}

pub(super) const HEAD_WORDS: usize = size_of::<Head>() / size_of::<u64>();

#[allow(clippy::cast_possible_truncation)] // about twenty
pub(super) fn words(terms: &Terms) -> usize {
    HEAD_WORDS + terms.sub_windows as usize
}

/// Whether the cost fits, how the key stands then, and the head that it leaves.
pub(super) fn decide(state: &SlidingWindow, terms: &Terms, cost: u64, now_ms: u64) -> (Verdict, Head) {
    let limit = terms.policy.limit;
    let counted = counted(state, terms, now_ms);
    let fits = cost <= limit.saturating_sub(counted.used);
    let left = if fits { with(counted, terms, cost, now_ms) } else { counted };
    let verdict = Verdict {
        fits,
        remaining: limit.saturating_sub(left.used),
        // Until its newest units count no more.
        reset_after_ms: if left.used == 0 { 0 } else { drops_after_ms(left.newest, &left, terms, now_ms) },
        retry_after_ms: Verdict::wait(fits, terms, cost, || retry_after_ms(state, &counted, terms, cost, now_ms)),
    };
    (verdict, left)
}

/// The same by a clock that may lag, while for sure the newest sub-window goes on and the oldest one counts: whether the
/// cost fits, and the head that it leaves. `None`: only the exact time can tell.
#[inline]
pub(super) fn decide_roughly(
    state: &SlidingWindow,
    terms: &Terms,
    cost: u64,
    rough_ms: u64,
    clock: &impl Now,
) -> Option<(bool, Head)> {
    let head = *state.head;
    let next_ms = (head.newest + 1) * terms.sub_window_ms;
    let until_ms = head.start_ms + next_ms.min(drops_at_ms(head.oldest, terms));
    if head.used == 0 || clock.against_from(rough_ms, until_ms) >= until_ms {
        return None;
    }
    let fits = cost <= terms.policy.limit.saturating_sub(head.used);
    Some((fits, Head { used: if fits { head.used + cost } else { head.used }, ..head }))
}

/// Leaves what `decide` has answered for units that fit.
pub(super) fn leave(state: &mut SlidingWindow, left: Head, units: u64) {
    if left.start_ms == state.head.start_ms {
        for sub_window in state.head.oldest..left.oldest {
            state.write(sub_window, |_| 0);
        }
    } else {
        state.sub_windows.fill(0);
    }
    state.write(left.newest, |held| held + units);
    *state.head = left;
}

pub(super) fn is_fresh(state: &SlidingWindow, terms: &Terms, now_ms: u64) -> bool {
    counted(state, terms, now_ms).used == 0
}

pub(super) fn add(state: &mut SlidingWindow, terms: &Terms, units: u64, now_ms: u64) {
    let counted = counted(state, terms, now_ms);
    let units = units.min(MOST_UNITS.saturating_sub(counted.used));
    leave(state, with(counted, terms, units, now_ms), units);
}

/// Whether all of the units would be counted, none of them beyond 2^53 − 1.
pub(super) fn has_room_for(state: &SlidingWindow, terms: &Terms, units: u64, now_ms: u64) -> bool {
    counted(state, terms, now_ms).used.saturating_add(units) <= MOST_UNITS
}

/// Until enough of the oldest units count no more.
fn retry_after_ms(state: &SlidingWindow, counted: &Head, terms: &Terms, cost: u64, now_ms: u64) -> u64 {
    let mut left = counted.used;
    let enough = (counted.oldest..=counted.newest).find(|&sub_window| {
        left -= state.units(sub_window);
        cost <= terms.policy.limit.saturating_sub(left)
    });
    drops_after_ms(enough.unwrap_or(counted.newest), counted, terms, now_ms)
}

pub(super) fn mark(state: &SlidingWindow, _terms: &Terms, _now_ms: u64) -> Mark {
    Mark { start_ms: state.head.start_ms, sub_window: state.head.newest, low: 0 }
}

/// Units count as long as their sub-window does.
fn counts(counted: &Head, mark: &Mark) -> bool {
    counted.used > 0 && counted.start_ms == mark.start_ms && mark.sub_window >= counted.oldest
}

/// The newest sub-window is then the last one that has units.
pub(super) fn refund(state: &mut SlidingWindow, terms: &Terms, mark: &Mark, units: u64, now_ms: u64) -> u64 {
    forget_expired(state, terms, now_ms);
    if !counts(state.head, mark) {
        return 0;
    }
    let given = units.min(state.units(mark.sub_window));
    state.write(mark.sub_window, |held| held - given);
    state.head.used -= given;
    while state.head.newest > state.head.oldest && state.units(state.head.newest) == 0 {
        state.head.newest -= 1;
    }
    0
}

/// What counts goes into the new sub-windows, each by the last instant at which it can have been taken.
pub(super) fn change(state: &SlidingWindow, from: &Terms, to: &mut SlidingWindow, terms: &Terms, now_ms: u64) {
    let Head { start_ms, used, newest, oldest } = counted(state, from, now_ms);
    if used == 0 {
        return;
    }
    let since_start_ms = now_ms.saturating_sub(start_ms).max(newest * from.sub_window_ms);
    to.head.start_ms = start_ms;
    for sub_window in oldest..=newest {
        let units = state.units(sub_window);
        let into = sub_window_after(sub_window, from, terms, since_start_ms);
        if units == 0 || drops_at_ms(into, terms) <= since_start_ms {
            continue;
        }
        if to.head.used == 0 {
            to.head.oldest = into;
        }
        to.write(into, |held| held + units);
        to.head.newest = into;
        to.head.used += units;
    }
}

/// Called before the state is changed.
pub(super) fn change_mark(state: &SlidingWindow, from: &Terms, mark: &Mark, terms: &Terms, now_ms: u64) -> Mark {
    if !counts(&counted(state, from, now_ms), mark) {
        return Mark::spent();
    }
    let since_start_ms = now_ms.saturating_sub(mark.start_ms);
    Mark { sub_window: sub_window_after(mark.sub_window, from, terms, since_start_ms), ..*mark }
}

fn sub_window_after(sub_window: u64, from: &Terms, to: &Terms, since_start_ms: u64) -> u64 {
    ((sub_window + 1) * from.sub_window_ms - 1).min(since_start_ms) / to.sub_window_ms
}

/// The head without the sub-windows whose last instant is one window ago or more.
fn counted(state: &SlidingWindow, terms: &Terms, now_ms: u64) -> Head {
    let mut head = *state.head;
    let since_start_ms = now_ms.saturating_sub(head.start_ms);
    while head.used > 0 && head.oldest <= head.newest && since_start_ms >= drops_at_ms(head.oldest, terms) {
        head.used -= state.units(head.oldest);
        head.oldest += 1;
    }
    head
}

/// The head with units more of what counts.
fn with(counted: Head, terms: &Terms, units: u64, now_ms: u64) -> Head {
    if units == 0 {
        return counted;
    }
    if counted.used == 0 {
        return Head { start_ms: now_ms, used: units, newest: 0, oldest: 0 };
    }
    // Another thread's reading may lie before this key's newest sub-window, or before its start.
    let since_start_ms = now_ms.saturating_sub(counted.start_ms);
    let goes_on = since_start_ms < (counted.newest + 1) * terms.sub_window_ms;
    let newest = if goes_on { counted.newest } else { since_start_ms / terms.sub_window_ms };
    Head { used: counted.used + units, newest, ..counted }
}

/// Forgets the units that count no more.
pub(super) fn forget_expired(state: &mut SlidingWindow, terms: &Terms, now_ms: u64) {
    let counted = counted(state, terms, now_ms);
    leave(state, counted, 0);
}

/// When a sub-window counts no more, in time since the start.
fn drops_at_ms(sub_window: u64, terms: &Terms) -> u64 {
    (sub_window + 1) * terms.sub_window_ms - 1 + terms.policy.window_ms
}

/// The same from now on, of one that counts.
fn drops_after_ms(sub_window: u64, head: &Head, terms: &Terms, now_ms: u64) -> u64 {
    drops_at_ms(sub_window, terms) - now_ms.saturating_sub(head.start_ms)
}

/// The ring is as long as the terms say, which is checked where it is made: so no place in it is missing. If one were,
/// its units would stay counted.
impl SlidingWindow<'_> {
    fn units(&self, sub_window: u64) -> u64 {
        self.sub_windows.get(self.place(sub_window)).copied().unwrap_or_default()
    }

    fn write(&mut self, sub_window: u64, change: impl FnOnce(u64) -> u64) {
        let place = self.place(sub_window);
        if let Some(held) = self.sub_windows.get_mut(place) {
            *held = change(*held);
        }
    }

    #[allow(clippy::cast_possible_truncation)] // a remainder of about twenty
    fn place(&self, sub_window: u64) -> usize {
        (sub_window % (self.sub_windows.len() as u64).max(1)) as usize
    }
}

/// How old a state is at the least: its newest sub-window has begun.
pub(super) fn least_age_ms(state: &SlidingWindow, terms: &Terms) -> u64 {
    state.head.newest * terms.sub_window_ms
}

/// Whether a state that was read from bytes can have come about.
pub(super) fn is_sound(state: &SlidingWindow, terms: &Terms, now_ms: u64) -> bool {
    let Head { start_ms, used, newest, oldest } = *state.head;
    let in_order = oldest <= newest && newest - oldest < terms.sub_windows;
    if !in_order || newest > now_ms.saturating_sub(start_ms) / terms.sub_window_ms || used > MOST_UNITS {
        return false;
    }
    let counted = (oldest..=newest).map(|sub_window| state.units(sub_window));
    let sum = |units: u64, more: u64| units.checked_add(more);
    counted.into_iter().try_fold(0, sum) == Some(used)
        && state.sub_windows.iter().copied().try_fold(0, sum) == Some(used)
}
