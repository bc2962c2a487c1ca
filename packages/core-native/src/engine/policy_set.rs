//! What all policies of a limiter together say of one entry: a cost fits if it fits all of them.
//!
//! Reads side by side with `core-ts/src/engine/policy-set.ts`.
#![forbid(unsafe_code)]

use crate::algorithms::{CompiledPolicy, Roughly, State, Verdict};
use crate::clock::Now;
use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::policy::{Algorithm, Policy};
use crate::engine::rows::{Row, Rows};
use crate::engine::units::Units;

/// Policies, and where in an entry's words each has its own.
#[derive(Clone)]
pub struct PolicySet {
    pub(super) policies: Vec<CompiledPolicy>,
    /// From when on keys are held for calls with limits of their own: what was taken before was taken by these.
    pub(super) kept_from_ms: u64,
    blocks: bool,
    /// There is nothing but fixed windows.
    fixed: bool,
}

/// Where a key belongs in the order of eviction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How much is used by the policy of which most is: in halves of the limit, down to a sixty-fourth.
    pub rank: u32,
    /// In how long to look again: when the key is fresh or, if it is protected, when it no longer is.
    pub due_after_ms: u64,
}

/// What came of a taking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nothing was taken.
    Denied,
    /// The key stays where it is in the order: neither does its rank rise nor can its time have moved.
    Stays,
    /// It may belong elsewhere now.
    Moves(Standing),
}

impl PolicySet {
    /// Of policies whose states begin at a word of the entry.
    #[must_use]
    pub fn new(policies: &[Policy], first_word: usize) -> Self {
        let mut end = first_word;
        let compiled = policies.iter().map(|&policy| {
            let policy = CompiledPolicy::new(policy, end);
            end = policy.end;
            policy
        });
        let fixed = policies.iter().all(|policy| policy.algorithm == Algorithm::FixedWindow);
        let blocks = policies.iter().any(|policy| policy.block_for_ms > 0);
        Self { policies: compiled.collect(), kept_from_ms: u64::MAX, blocks, fixed }
    }

    /// How many words an entry has.
    #[must_use]
    pub fn words(&self) -> usize {
        self.policies.last().map_or(0, |policy| policy.end)
    }

    /// The longest time in which a key comes back by itself.
    #[must_use]
    pub fn span_ms(&self) -> u64 {
        self.policies.iter().map(|policy| policy.terms.span_ms).max().unwrap_or(1)
    }

    /// Whether a key never seen could take the cost.
    #[inline]
    #[must_use]
    pub fn can_ever_fit(&self, cost: Units) -> bool {
        self.policies.iter().enumerate().all(|(index, policy)| cost.of(index) <= policy.terms.policy.burst)
    }

    /// Whether the cost fits all policies.
    #[inline]
    pub fn fits(&self, entry: &mut [u64], cost: Units, now_ms: u64) -> bool {
        self.policies.iter().enumerate().all(|(index, policy)| policy.decide(entry, cost.of(index), now_ms).fits)
    }

    /// Takes the cost, more than 0 of some policy, if it fits all: of several policies each is asked before any is taken
    /// from. `rank`: of the list that the entry is in.
    #[inline]
    pub fn take(&self, entry: &mut [u64], cost: Units, now_ms: u64, rank: u32) -> Taken {
        if self.policies.len() > 1 && !self.fits(entry, cost, now_ms) {
            return Taken::Denied;
        }
        let (mut stays, mut standing) = (true, Standing { rank: 0, due_after_ms: 0 });
        for (index, policy) in self.policies.iter().enumerate() {
            let Some(mut state) = policy.state(entry) else { return Taken::Denied };
            let units = cost.of(index);
            let start_ms = if let State::FixedWindow(window) = &state { Some(window.start_ms) } else { None };
            let verdict = state.take(&policy.terms, units, now_ms);
            if !verdict.fits {
                return Taken::Denied;
            }
            // A fixed window's time moves at its start only.
            stays &= units == 0
                || matches!(&state, State::FixedWindow(window) if Some(window.start_ms) == start_ms
                    && policy.terms.keeps_rank(rank, window.used));
            standing = standing.with(policy, &verdict, policy.kept_for_ms(&state, self.kept_from_ms, now_ms));
        }
        if stays {
            return Taken::Stays;
        }
        Taken::Moves(self.with_protection(entry, standing, now_ms))
    }

    /// Takes the cost by a clock that may lag, where any time that it can be says the same: of a lone policy, or of fixed
    /// windows. `None`: it took nothing, and `take` has to decide. `has_reserved`: something of the limiter is reserved.
    #[inline]
    pub fn take_roughly(
        &self,
        entry: &mut [u64],
        cost: u64,
        (rank, has_reserved): (u32, bool),
        rough_ms: u64,
        clock: &impl Now,
    ) -> Option<Roughly> {
        if let [policy] = self.policies.as_slice() {
            let mut state = policy.state(entry)?;
            // A reservation has to know of each debt, and a key may be held longer for calls with limits of their own.
            let is_plain = self.fixed || !has_reserved && !self.keeps();
            let taken = is_plain.then(|| state.take_roughly(&policy.terms, cost, rank, rough_ms, clock))?;
            return taken.filter(|&taken| taken != Roughly::Denied || !self.blocks);
        }
        if !self.fixed {
            return None;
        }
        let all = self.policies.iter().all(|policy| {
            policy.state(entry).is_some_and(|state| state.stays_roughly(&policy.terms, cost, rank, rough_ms, clock))
        });
        if !all {
            return None;
        }
        for policy in &self.policies {
            if let Some(State::FixedWindow(window)) = policy.state(entry) {
                window.used += cost;
            }
        }
        Some(Roughly::Taken)
    }

    /// Takes units that were used beyond an estimate, whether they fit or not.
    pub fn add(&self, entry: &mut [u64], units: Units, now_ms: u64) {
        for (index, policy) in self.policies.iter().enumerate() {
            let units = units.of(index);
            if units > 0
                && let Some(mut state) = policy.state(entry)
            {
                state.add(&policy.terms, units, now_ms);
            }
        }
    }

    /// Where the key belongs in the order of eviction. One that is blocked is protected.
    pub fn standing(&self, entry: &mut [u64], is_blocked: bool, now_ms: u64) -> Standing {
        let mut standing = Standing { rank: if is_blocked { PROTECTED_RANK } else { 0 }, due_after_ms: 0 };
        for policy in &self.policies {
            let state = policy.state(entry);
            let verdict = state.as_ref().map_or(Verdict::UNREADABLE, |state| state.decide(&policy.terms, 0, now_ms));
            let kept_ms = state.map_or(0, |state| policy.kept_for_ms(&state, self.kept_from_ms, now_ms));
            standing = standing.with(policy, &verdict, kept_ms);
        }
        self.with_protection(entry, standing, now_ms)
    }

    /// One that is protected is looked at again when a unit fits again.
    #[inline]
    fn with_protection(&self, entry: &mut [u64], standing: Standing, now_ms: u64) -> Standing {
        if standing.rank < PROTECTED_RANK {
            return standing;
        }
        let due_after_ms = self.policies.iter().map(|policy| {
            if policy.terms.policy.burst > 0 {
                return policy.decide(entry, 1, now_ms).retry_after_ms.unwrap_or(0);
            }
            let Some(state) = policy.state(entry) else { return 0 };
            let kept_ms = policy.kept_for_ms(&state, self.kept_from_ms, now_ms);
            state.decide(&policy.terms, 0, now_ms).reset_after_ms.max(kept_ms)
        });
        Standing { due_after_ms: due_after_ms.max().unwrap_or(0), ..standing }
    }

    /// For how long the denial of a cost blocks the key: the longest block of the policies that deny it.
    pub fn block_asked_ms(&self, entry: &mut [u64], cost: Units, now_ms: u64) -> u64 {
        if !self.blocks || !self.can_ever_fit(cost) {
            return 0;
        }
        let policies = self.policies.iter().enumerate();
        let denying = policies.filter(|(index, policy)| !policy.decide(entry, cost.of(*index), now_ms).fits);
        denying.map(|(_, policy)| policy.terms.policy.block_for_ms).max().unwrap_or(0)
    }

    /// Whether all policies see the key as good as never seen.
    pub fn is_fresh(&self, entry: &mut [u64], now_ms: u64) -> bool {
        self.policies.iter().all(|policy| policy.is_fresh(entry, self.kept_from_ms, now_ms))
    }

    /// The policy that binds a denial, the longest to wait for and the first of those, and that wait.
    pub fn binding(&self, entry: &mut [u64], cost: Units, now_ms: u64) -> (usize, Option<u64>) {
        let waits = self.policies.iter().enumerate();
        longest(waits.map(|(index, policy)| policy.decide(entry, cost.of(index), now_ms).retry_after_ms))
    }

    /// How each policy stands after a cost was taken.
    #[inline]
    pub fn rows_after(&self, entry: &mut [u64], now_ms: u64) -> Rows {
        let mut row = |policy: &CompiledPolicy| {
            let Verdict { remaining, reset_after_ms, .. } = policy.decide(entry, 0, now_ms);
            Row { limit: policy.terms.policy.limit, remaining, reset_after_ms, retry_after_ms: Some(0) }
        };
        match self.policies.as_slice() {
            [policy] => Rows::One([row(policy)]),
            several => Rows::Several(several.iter().map(row).collect()),
        }
    }

    /// How each policy stands, for `blocked_ms` more under a block.
    pub fn rows(&self, entry: &mut [u64], allowed: bool, cost: Units, now_ms: u64, blocked_ms: u64) -> Rows {
        let mut row = |(index, policy): (usize, &CompiledPolicy)| {
            let cost = if allowed { 0 } else { cost.of(index) };
            let mut verdict = policy.decide(entry, cost, now_ms);
            if verdict.fits && cost > 0 {
                verdict = policy.decide(entry, 0, now_ms); // it was not taken, since another policy denies
            }
            Row {
                limit: policy.terms.policy.limit,
                remaining: if blocked_ms > 0 { 0 } else { verdict.remaining },
                reset_after_ms: verdict.reset_after_ms.max(blocked_ms),
                retry_after_ms: if allowed {
                    Some(0)
                } else {
                    verdict.retry_after_ms.map(|wait_ms| wait_ms.max(blocked_ms))
                },
            }
        };
        match self.policies.as_slice() {
            [policy] => Rows::One([row((0, policy))]),
            several => Rows::Several(several.iter().enumerate().map(row).collect()),
        }
    }

    /// How many policies there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.policies.len()
    }
}

impl Standing {
    #[inline]
    fn with(self, policy: &CompiledPolicy, verdict: &Verdict, kept_ms: u64) -> Self {
        let rank = policy.terms.rank(policy.terms.policy.burst - verdict.remaining);
        Self { rank: self.rank.max(rank), due_after_ms: self.due_after_ms.max(verdict.reset_after_ms).max(kept_ms) }
    }
}

/// The longest of the waits, the first of those; `None` is longer than any.
fn longest(waits: impl Iterator<Item = Option<u64>>) -> (usize, Option<u64>) {
    let mut longest = (0, Some(0));
    for (index, wait_ms) in waits.enumerate() {
        let is_longer = match (wait_ms, longest.1) {
            (_, None) => false,
            (None, _) => true,
            (Some(wait_ms), Some(longest_ms)) => wait_ms > longest_ms,
        };
        if is_longer {
            longest = (index, wait_ms);
        }
    }
    longest
}
