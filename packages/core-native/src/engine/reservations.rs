//! What is reserved of one entry, in the order in which it was taken, which is the order of the numbers.
//!
//! Reads side by side with `core-ts/src/engine/reservations.ts`.
#![forbid(unsafe_code)]

use std::collections::VecDeque;

/// Where in one policy's state a taking stands, as its algorithm reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// When the window started that it was taken in.
    pub start_ms: u64,
    /// The sub-window that it was taken in.
    pub sub_window: u64,
    /// Token bucket: the least that was owed from this taking to the next one in the list.
    pub low: u64,
}

impl Mark {
    /// In a window that no state has, so that nothing comes back of it.
    #[must_use]
    pub fn spent() -> Self {
        Self { start_ms: u64::MAX, ..Self::default() }
    }
}

/// Units that were taken and may be given back: kept with their entry and forgotten with it.
struct Reservation {
    number: u64,
    /// One per policy.
    marks: Vec<Mark>,
}

/// The most reservations of one key that are open at one time: with one more, the oldest falls out.
pub const MOST_OPEN_OF_KEY: usize = 1024;
/// The same of one limiter.
pub const MOST_OPEN: usize = 64 * MOST_OPEN_OF_KEY;

/// All that is open of one entry.
#[derive(Default)]
pub struct Reservations {
    list: VecDeque<Reservation>,
}

impl Reservations {
    /// Whether nothing is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The number of each.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.list.iter().map(|each| each.number)
    }

    /// Adds one as the newest. Answers which one falls out for it, if one does.
    pub fn open(&mut self, number: u64, marks: Vec<Mark>) -> Option<u64> {
        self.list.push_back(Reservation { number, marks });
        if self.list.len() > MOST_OPEN_OF_KEY { self.drop_oldest() } else { None }
    }

    /// Lets the oldest one fall out: what it took counts as used. Answers its number.
    pub fn drop_oldest(&mut self) -> Option<u64> {
        self.list.pop_front().map(|oldest| oldest.number)
    }

    /// Tells the newest one how little is owed now.
    pub fn lower_newest(&mut self, policy: usize, low: u64) {
        if let Some(mark) = self.list.back_mut().and_then(|newest| newest.marks.get_mut(policy)) {
            mark.low = mark.low.min(low);
        }
    }

    /// Leaves nothing that could be given back under a policy.
    pub fn spend(&mut self, policy: usize) {
        for mark in self.list.iter_mut().filter_map(|each| each.marks.get_mut(policy)) {
            *mark = Mark::spent();
        }
    }

    /// Where in the list a reservation is, unless its entry was forgotten since, or it fell out.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<usize> {
        self.list.binary_search_by_key(&number, |each| each.number).ok()
    }

    /// A mark with the least that was owed from it until now.
    #[must_use]
    pub fn since(&self, index: usize, policy: usize) -> Mark {
        let mut marks = self.list.iter().skip(index).filter_map(|each| each.marks.get(policy));
        let first = marks.next().copied().unwrap_or_default();
        Mark { low: marks.map(|mark| mark.low).fold(first.low, u64::min), ..first }
    }

    /// What is given back was owed at no time since.
    pub fn give(&mut self, index: usize, policy: usize, given: u64) {
        for mark in self.list.iter_mut().skip(index).filter_map(|each| each.marks.get_mut(policy)) {
            mark.low = mark.low.saturating_sub(given);
        }
    }

    /// Forgets one; what was owed meanwhile is known to the one before it.
    pub fn remove(&mut self, index: usize) {
        let Some(removed) = self.list.remove(index) else { return };
        let Some(before) = index.checked_sub(1).and_then(|before| self.list.get_mut(before)) else { return };
        for (mark, later) in before.marks.iter_mut().zip(removed.marks) {
            mark.low = mark.low.min(later.low);
        }
    }

    /// Replaces every mark.
    pub fn change(&mut self, mut to: impl FnMut(usize, &Mark) -> Mark) {
        for each in &mut self.list {
            each.marks.iter_mut().enumerate().for_each(|(policy, mark)| *mark = to(policy, mark));
        }
    }
}
