//! What is reserved of one entry, in the order in which it was taken.
//!
//! Reads side by side with `core-ts/src/reservations.ts`.
#![forbid(unsafe_code)]

/// Where in one policy's state a taking stands, as its algorithm reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// When the window started that it was taken in.
    pub start_ms: u64,
    /// The sub-window that it was taken in.
    pub sub: u64,
    /// Token bucket: the least that was owed from this taking to the next one in the list.
    pub low: u128,
}

/// Units that were taken and may be given back: kept with their entry and forgotten with it.
struct Reservation {
    number: u64,
    /// One per policy.
    marks: Vec<Mark>,
}

/// Beyond so many the list is looked through for those that nothing can be given back of.
const LEAST_TO_PRUNE: usize = 64;

/// All that is open of one entry.
#[derive(Default)]
pub struct Reservations {
    list: Vec<Reservation>,
    kept: usize,
}

impl Reservations {
    /// Whether nothing is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether it is time to prune: from one time to the next the list doubles.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.list.len() >= (2 * self.kept).max(LEAST_TO_PRUNE)
    }

    /// Adds one as the newest.
    pub fn push(&mut self, number: u64, marks: Vec<Mark>) {
        self.list.push(Reservation { number, marks });
    }

    /// The marks of the newest one.
    pub fn newest(&mut self) -> Option<&mut [Mark]> {
        self.list.last_mut().map(|newest| newest.marks.as_mut_slice())
    }

    /// Where in the list a reservation is, unless its entry was forgotten since or nothing of it counts any more.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<usize> {
        self.list.iter().position(|each| each.number == number)
    }

    /// A mark with the least that was owed from it until now.
    #[must_use]
    pub fn since(&self, index: usize, policy: usize) -> Mark {
        let mut marks = self.list.iter().skip(index).filter_map(|each| each.marks.get(policy));
        let first = marks.next().copied().unwrap_or_default();
        Mark { low: marks.map(|mark| mark.low).fold(first.low, u128::min), ..first }
    }

    /// What is given back was owed at no time since.
    pub fn give(&mut self, index: usize, policy: usize, given: u128) {
        for mark in self.list.iter_mut().skip(index).filter_map(|each| each.marks.get_mut(policy)) {
            mark.low = mark.low.saturating_sub(given);
        }
    }

    /// Forgets one; what was owed meanwhile is known to the one before it.
    pub fn remove(&mut self, index: usize) {
        let removed = self.list.remove(index);
        let Some(before) = index.checked_sub(1).and_then(|before| self.list.get_mut(before)) else { return };
        lower(&mut before.marks, &removed.marks);
    }

    /// Replaces every mark.
    pub fn change(&mut self, mut to: impl FnMut(usize, &Mark) -> Mark) {
        for each in &mut self.list {
            each.marks.iter_mut().enumerate().for_each(|(policy, mark)| *mark = to(policy, mark));
        }
    }

    /// Keeps those of which something counts; `counts` is given a policy and a mark with its low until now.
    pub fn prune(&mut self, mut counts: impl FnMut(usize, &Mark) -> bool) {
        let mut kept: Vec<Reservation> = Vec::new();
        let mut later: Option<Vec<Mark>> = None;
        for mut each in std::mem::take(&mut self.list).into_iter().rev() {
            if let Some(later) = &later {
                lower(&mut each.marks, later);
            }
            later = Some(each.marks.clone());
            if each.marks.iter().enumerate().any(|(policy, mark)| counts(policy, mark)) {
                kept.push(each);
            }
        }
        kept.reverse();
        self.kept = kept.len();
        self.list = kept;
    }
}

fn lower(marks: &mut [Mark], later: &[Mark]) {
    for (mark, later) in marks.iter_mut().zip(later) {
        mark.low = mark.low.min(later.low);
    }
}
