//! What all policies of a limiter together say of one entry: a cost fits if it fits all of them.
//!
//! Reads side by side with `core-ts/src/ledger.ts`.
#![forbid(unsafe_code)]

use crate::algorithms::{self, Terms};
use crate::clock::START_MS;
use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::policy::{Algorithm, Policy};
use crate::engine::reservations::Reservations;
use crate::engine::units::Units;

/// Ten years, and what they can have of leap days.
const MOST_KEPT_MS: u64 = 3_653 * 86_400_000;

/// Policies, and where in an entry's words each has its own.
#[derive(Clone)]
pub struct Ledger {
    rules: Vec<Rule>,
    /// From when on keys are held for calls with limits of their own: what was taken before was taken by these.
    kept_from_ms: u64,
    blocks: bool,
    lone_window: Option<Policy>,
}

#[derive(Clone)]
struct Rule {
    terms: Terms,
    start: usize,
    end: usize,
    /// For how long a key is held since it was last taken from, once calls come with limits of their own: a token bucket
    /// that is repaid by this rate may not be by theirs. 0: only its state says so.
    kept_ms: u64,
}

/// What of a policy a call may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimit {
    /// Units per window.
    pub limit: u64,
    /// The most units that can be taken at once.
    pub burst: u64,
}

/// How one policy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The policy's limit, which another thread may have changed.
    pub limit: u64,
    /// Units left.
    pub remaining: u64,
    /// Until the key is as good as never seen.
    pub reset_after_ms: u64,
    /// How long the cost has to wait; `None`: it can never fit.
    pub retry_after_ms: Option<u64>,
}

impl Ledger {
    /// Of policies whose states begin at a word of the entry.
    #[must_use]
    pub fn new(policies: &[Policy], first_word: usize) -> Self {
        let mut end = first_word;
        let rules = policies.iter().map(|&policy| {
            let terms = Terms::of(policy);
            let start = end;
            end += algorithms::words(&terms);
            Rule { kept_ms: kept_ms(&policy), terms, start, end }
        });
        let lone_window = match policies {
            [policy] if policy.algorithm == Algorithm::FixedWindow => Some(*policy),
            _ => None,
        };
        let blocks = policies.iter().any(|policy| policy.block_for_ms > 0);
        Self { rules: rules.collect(), kept_from_ms: u64::MAX, blocks, lone_window }
    }

    /// What decides a call that comes with limits of its own, and keys are held for it from here on.
    #[must_use]
    pub fn of_call(&mut self, limits: &[CallLimit], now_ms: u64) -> Self {
        self.keep_from(now_ms);
        let mut by = self.clone();
        by.kept_from_ms = u64::MAX;
        for (rule, &CallLimit { limit, burst }) in by.rules.iter_mut().zip(limits) {
            rule.terms = Terms::of(Policy { limit, burst, ..rule.terms.policy });
        }
        by
    }

    /// Whether keys are held for calls with limits of their own.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.kept_from_ms < u64::MAX
    }

    /// Holds keys for such calls, where they are taken from then on.
    pub fn keep_from(&mut self, now_ms: u64) {
        self.kept_from_ms = self.kept_from_ms.min(now_ms);
    }

    /// As another one does.
    pub fn keep_as(&mut self, other: &Self) {
        self.keep_from(other.kept_from_ms);
    }

    /// How many words an entry has.
    #[must_use]
    pub fn words(&self) -> usize {
        self.rules.last().map_or(0, |rule| rule.end)
    }

    /// The longest time in which a key comes back by itself.
    #[must_use]
    pub fn span_ms(&self) -> u64 {
        self.rules.iter().map(|rule| rule.terms.span_ms).max().unwrap_or(1)
    }

    /// The policy of a lone fixed window, the commonest limiter: it is asked directly, by a clock that may lag.
    #[inline]
    #[must_use]
    pub fn lone_window(&self) -> Option<Policy> {
        self.lone_window
    }

    /// Whether a key never seen could take the cost.
    #[inline]
    #[must_use]
    pub fn can_ever_fit(&self, cost: Units) -> bool {
        self.rules.iter().enumerate().all(|(policy, rule)| cost.of(policy) <= rule.terms.policy.burst)
    }

    /// Whether the cost fits all policies.
    #[inline]
    pub fn fits(&self, entry: &mut [u64], cost: Units, now_ms: u64) -> bool {
        let mut rules = self.rules.iter().enumerate();
        rules.all(|(policy, rule)| algorithms::fits(rule.state(entry), &rule.terms, cost.of(policy), now_ms))
    }

    /// Takes units, more than 0 of some policy: those that fit, or what was used beyond an estimate.
    /// Answers whether the entry stays in a list of that rank: where neither its rank rises nor its time may move, which
    /// in a fixed window it does at the start only.
    #[inline]
    pub fn add(&self, entry: &mut [u64], units: Units, now_ms: u64, rank: u32) -> bool {
        let mut stays = true;
        for (policy, rule) in self.rules.iter().enumerate() {
            let units = units.of(policy);
            if units == 0 {
                continue;
            }
            let (state, terms) = (rule.state(entry), &rule.terms);
            let start = state.first().copied();
            algorithms::add(state, terms, units, now_ms);
            stays &= terms.policy.algorithm == Algorithm::FixedWindow
                && matches!(state, [at, used] if Some(*at) == start && keeps_rank(rank, *used, terms.policy.burst));
        }
        stays
    }

    /// Before more is taken: tells the newest reservation how little was owed meanwhile. Where not all of it will be
    /// counted, nothing comes back of any: without what they took, more of this would have been counted.
    pub fn before_taking(&self, entry: &mut [u64], reservations: &mut Reservations, units: Units, now_ms: u64) {
        for (policy, rule) in self.rules.iter().enumerate() {
            let (state, terms) = (rule.state(entry), &rule.terms);
            reservations.lower_newest(policy, algorithms::owed(state, terms, now_ms));
            if !algorithms::has_room_for(state, terms, units.of(policy), now_ms) {
                reservations.spend(policy);
            }
        }
    }

    /// Notes what has just been taken as open to be given back. Answers which one falls out for it, if one does.
    pub fn reserve(&self, entry: &mut [u64], reservations: &mut Reservations, number: u64, now_ms: u64) -> Option<u64> {
        let marks = self.rules.iter().map(|rule| algorithms::mark(rule.state(entry), &rule.terms, now_ms)).collect();
        reservations.open(number, marks)
    }

    /// Forgets a reservation, and gives back so many of its units as far as they still count.
    pub fn settle(&self, entry: &mut [u64], reservations: &mut Reservations, number: u64, units: Units, now_ms: u64) {
        let Some(index) = reservations.find(number) else { return };
        for (policy, rule) in self.rules.iter().enumerate() {
            let units = units.of(policy);
            if units == 0 {
                continue;
            }
            let mark = reservations.since(index, policy);
            let given = algorithms::refund(rule.state(entry), &rule.terms, &mark, units, now_ms);
            if given > 0 {
                reservations.give(index, policy, given);
            }
        }
        reservations.remove(index);
    }

    /// Makes an entry of another ledger's policies one of these, in words whose states are all zero.
    pub fn change(&self, entry: &mut [u64], from: &Self, old: &mut [u64], now_ms: u64) {
        for (rule, was) in self.rules.iter().zip(&from.rules) {
            algorithms::change(was.state(old), &was.terms, rule.state(entry), &rule.terms, now_ms);
        }
    }

    /// The same for what is reserved, before the entry is changed.
    pub fn change_reservations(&self, from: &Self, old: &mut [u64], reservations: &mut Reservations, now_ms: u64) {
        reservations.change(|policy, mark| {
            let (Some(rule), Some(was)) = (self.rules.get(policy), from.rules.get(policy)) else { return *mark };
            algorithms::change_mark(was.state(old), &was.terms, mark, &rule.terms, now_ms)
        });
    }

    /// An entry's states with times as ages, and none of those that are over.
    #[must_use]
    pub fn aged(&self, entry: &mut [u64], now_ms: u64) -> Vec<u64> {
        let aged = self.rules.iter().flat_map(|rule| {
            let state = rule.state(entry);
            if self.is_fresh_by(rule, state, now_ms) {
                return vec![0; state.len()];
            }
            let mut words = state.to_vec();
            if let Some(time) = words.first_mut() {
                *time = algorithms::age_ms(state, &rule.terms, now_ms);
            }
            words
        });
        aged.collect()
    }

    /// Writes states with ages into an entry; whether they can have come about.
    pub fn restore(&self, entry: &mut [u64], aged: &[u64], now_ms: u64) -> bool {
        if let Some(states) = self.rules.first().and_then(|rule| entry.get_mut(rule.start..)) {
            states.copy_from_slice(aged);
        }
        self.rules.iter().all(|rule| {
            let state = rule.state(entry);
            let Some(time) = state.first_mut() else { return false };
            if *time > START_MS {
                return false;
            }
            *time = now_ms.saturating_sub(*time);
            algorithms::is_sound(state, &rule.terms, now_ms)
        })
    }

    /// How many words of an entry are states.
    #[must_use]
    pub fn state_words(&self) -> usize {
        self.words() - self.rules.first().map_or(0, |rule| rule.start)
    }

    /// The policies, in the order given.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.rules.iter().map(|rule| rule.terms.policy).collect()
    }

    /// For how long the denial of a cost blocks the key: the longest block of the policies that deny it.
    pub fn block_asked_ms(&self, entry: &mut [u64], cost: Units, now_ms: u64) -> u64 {
        if !self.blocks || !self.can_ever_fit(cost) {
            return 0;
        }
        let denying = self
            .rules
            .iter()
            .enumerate()
            .filter(|(policy, rule)| !algorithms::fits(rule.state(entry), &rule.terms, cost.of(*policy), now_ms));
        denying.map(|(_, rule)| rule.terms.policy.block_for_ms).max().unwrap_or(0)
    }

    /// Whether all policies see the key as good as never seen.
    pub fn is_fresh(&self, entry: &mut [u64], now_ms: u64) -> bool {
        self.rules.iter().all(|rule| self.is_fresh_by(rule, rule.state(entry), now_ms))
    }

    /// How much is used by the policy of which most is: in halves of the limit, down to a sixty-fourth.
    #[inline]
    pub fn rank(&self, entry: &mut [u64], now_ms: u64) -> u32 {
        let rank = |rule: &Rule| {
            let left = algorithms::remaining(rule.state(entry), &rule.terms, now_ms);
            if left == 0 { PROTECTED_RANK } else { rank_of(rule.terms.policy.burst - left, rule.terms.policy.burst) }
        };
        self.rules.iter().map(rank).max().unwrap_or(0)
    }

    /// In how long to look again: when the key is fresh or, if it is protected, when it no longer is.
    #[inline]
    pub fn due_after_ms(&self, entry: &mut [u64], rank: u32, now_ms: u64) -> u64 {
        let due = |rule: &Rule| {
            let state = rule.state(entry);
            if rank == PROTECTED_RANK && rule.terms.policy.burst > 0 {
                algorithms::retry_after_ms(state, &rule.terms, 1, now_ms).unwrap_or(0)
            } else {
                let kept_ms = self.kept_for_ms(rule, state, now_ms);
                algorithms::reset_after_ms(state, &rule.terms, now_ms).max(kept_ms)
            }
        };
        self.rules.iter().map(due).max().unwrap_or(0)
    }

    /// The policy that binds a denial, the longest to wait for and the first of those, and that wait.
    pub fn binding(&self, entry: &mut [u64], cost: Units, now_ms: u64) -> (usize, Option<u64>) {
        let mut binding = (0, Some(0));
        for (index, rule) in self.rules.iter().enumerate() {
            let wait = algorithms::retry_after_ms(rule.state(entry), &rule.terms, cost.of(index), now_ms);
            let longer = match (wait, binding.1) {
                (_, None) => false,
                (None, _) => true,
                (Some(wait), Some(longest)) => wait > longest,
            };
            if longer {
                binding = (index, wait);
            }
        }
        binding
    }

    /// How each policy stands, for `blocked_ms` more under a block.
    pub fn rows(&self, entry: &mut [u64], allowed: bool, cost: Units, now_ms: u64, blocked_ms: u64) -> Vec<Row> {
        let row = |(policy, rule): (usize, &Rule)| {
            let (state, terms) = (rule.state(entry), &rule.terms);
            Row {
                limit: terms.policy.limit,
                remaining: if blocked_ms > 0 { 0 } else { algorithms::remaining(state, terms, now_ms) },
                reset_after_ms: algorithms::reset_after_ms(state, terms, now_ms).max(blocked_ms),
                retry_after_ms: if allowed {
                    Some(0)
                } else {
                    algorithms::retry_after_ms(state, terms, cost.of(policy), now_ms)
                        .map(|wait_ms| wait_ms.max(blocked_ms))
                },
            }
        };
        self.rules.iter().enumerate().map(row).collect()
    }

    /// Forgets what is over by these limits: others may look at it differently, and it may be reclaimed at any time.
    pub fn drop_expired(&self, entry: &mut [u64], now_ms: u64) {
        for rule in &self.rules {
            let state = rule.state(entry);
            if self.is_fresh_by(rule, state, now_ms) {
                state.fill(0);
            }
        }
    }

    fn is_fresh_by(&self, rule: &Rule, state: &mut [u64], now_ms: u64) -> bool {
        algorithms::is_fresh(state, &rule.terms, now_ms) && self.kept_for_ms(rule, state, now_ms) == 0
    }

    /// For how long a state is held still, for calls with limits of their own.
    fn kept_for_ms(&self, rule: &Rule, state: &[u64], now_ms: u64) -> u64 {
        match *state {
            [at_ms, used, ..] if used > 0 && at_ms >= self.kept_from_ms => {
                rule.kept_ms.saturating_sub(now_ms.saturating_sub(at_ms))
            }
            _ => 0,
        }
    }

    /// How many policies there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }
}

impl Rule {
    #[inline]
    fn state<'entry>(&self, entry: &'entry mut [u64]) -> &'entry mut [u64] {
        entry.get_mut(self.start..self.end).unwrap_or_default()
    }
}

/// The longest that a bucket takes to be repaid by any limit, whose burst follows it unless it is another.
fn kept_ms(policy: &Policy) -> u64 {
    let &Policy { algorithm, limit, burst, window_ms, .. } = policy;
    match algorithm {
        Algorithm::TokenBucket if burst == limit => window_ms,
        Algorithm::TokenBucket => (burst * window_ms).min(MOST_KEPT_MS),
        Algorithm::FixedWindow | Algorithm::SlidingWindow => 0,
    }
}

/// Whether more use leaves a key in its rank.
#[inline]
#[must_use]
pub fn keeps_rank(rank: u32, used: u64, burst: u64) -> bool {
    used < burst && rank < PROTECTED_RANK && used << (PROTECTED_RANK - 1 - rank) <= burst
}

/// Compares what is used with ever smaller halves; both are below 2^53, so nothing is lost.
fn rank_of(used: u64, burst: u64) -> u32 {
    (1..PROTECTED_RANK).find(|&halvings| used << halvings > burst).map_or(0, |halvings| PROTECTED_RANK - halvings)
}
