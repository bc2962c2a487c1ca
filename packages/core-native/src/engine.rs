//! What all limiters of one shared name have in common: the policy, the states, the time, the statistics.
#![forbid(unsafe_code)]

use crate::algorithms::fixed_window::{self, State};
use crate::answer::Answer;
use crate::cell::Layout;
use crate::clock::{Given, Now, OwnClock};
use crate::fingerprint::Fingerprint;
use crate::last_key::LastKey;
use crate::policy::Policy;
use crate::table::{Outcome, Table};
use crate::tally::Tallies;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, OnceLock};

/// One set of counters.
pub struct Engine {
    /// What decides.
    pub policy: Policy,
    /// Whether each call hands its time in.
    pub given_clock: bool,
    /// The statistics.
    pub tallies: Tallies,
    fingerprint: Fingerprint,
    clock: OwnClock,
    /// The first reading that was handed in: time is counted from it, so that it fits a packed state.
    given_origin_ms: OnceLock<i64>,
    states: States,
    /// Kept by the calls of one thread alone.
    last_key: LastKey,
}

enum States {
    Packed(Table<AtomicU64>),
    Wide(Table<Mutex<State>>),
}

/// Does the same with either table.
macro_rules! with_table {
    ($states:expr, $table:ident => $body:expr) => {
        match $states {
            States::Packed($table) => $body,
            States::Wide($table) => $body,
        }
    };
}

impl Engine {
    /// Empty, from now on.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new(policy: Policy, given_clock: bool) -> Result<Self, getrandom::Error> {
        let states = match Layout::packed(policy, given_clock) {
            Some(layout) => States::Packed(Table::new(policy, layout)),
            None => States::Wide(Table::new(policy, Layout::wide())),
        };
        Ok(Self {
            policy,
            given_clock,
            tallies: Tallies::default(),
            fingerprint: Fingerprint::seeded()?,
            clock: OwnClock::start(),
            given_origin_ms: OnceLock::new(),
            states,
            last_key: LastKey::default(),
        })
    }

    /// Takes the cost if it fits.
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let id = self.fingerprint.of(key);
        match given_ms {
            None => with_table!(&self.states, table => table.take(id, cost, &self.clock)).allowed,
            Some(ms) => with_table!(&self.states, table => table.take(id, cost, &self.given(ms))).allowed,
        }
    }

    /// The same for an engine that one thread has to itself.
    pub fn take_alone(&mut self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let id = self.last_key.id(key, &self.fingerprint);
        match given_ms.map(|ms| self.given(ms)) {
            None => take_alone(&mut self.states, &mut self.last_key, id, cost, &self.clock),
            Some(now) => take_alone(&mut self.states, &mut self.last_key, id, cost, &now),
        }
    }

    /// Takes the cost if it fits, and tells how the key stands.
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let id = self.fingerprint.of(key);
        let now = self.exactly(given_ms);
        let outcome = with_table!(&self.states, table => table.take(id, cost, &now));
        Answer::new(self.policy, outcome, cost, now.0)
    }

    /// The same for an engine that one thread has to itself.
    pub fn check_alone(&mut self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let id = self.last_key.id(key, &self.fingerprint);
        let now = self.exactly(given_ms);
        let outcome = with_table!(&mut self.states, table => table.take_alone(id, cost, &now));
        Answer::new(self.policy, outcome, cost, now.0)
    }

    /// What `check` would decide now, and how the key stands without it.
    pub fn peek(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let id = self.fingerprint.of(key);
        let now = self.exactly(given_ms);
        let state = with_table!(&self.states, table => table.find(id));
        Answer::foretold(self.policy, state, cost, now.0)
    }

    /// Forgets the key; whether it had live state.
    pub fn reset(&self, key: &[u16], given_ms: Option<i64>) -> bool {
        let id = self.fingerprint.of(key);
        let now = self.exactly(given_ms);
        let state = with_table!(&self.states, table => table.remove(id));
        state.is_some_and(|state| !fixed_window::is_expired(state, self.policy, now.0))
    }

    /// Forgets all keys.
    pub fn clear(&self) {
        with_table!(&self.states, table => table.clear());
    }

    /// To be called before a key is freed, where one thread has the engine to itself.
    pub fn forget_denial(&mut self) {
        self.last_key.forget_denial();
    }

    /// Drops all that has expired and answers how many entries went.
    pub fn cleanup_expired(&self, given_ms: Option<i64>) -> usize {
        let now = self.exactly(given_ms);
        with_table!(&self.states, table => table.sweep(now.0))
    }

    /// The part of reclaiming that one call in a few pays for.
    pub fn sweep_a_little(&self, given_ms: Option<i64>) {
        let now_ms = given_ms.map_or_else(|| self.clock.rough_ms(), |ms| self.given(ms).0);
        with_table!(&self.states, table => table.sweep_a_little(now_ms));
    }

    /// Entries held.
    #[must_use]
    pub fn active_keys(&self) -> usize {
        with_table!(&self.states, table => table.len())
    }

    fn exactly(&self, given_ms: Option<i64>) -> Given {
        given_ms.map_or_else(|| Given(self.clock.exact_ms()), |ms| self.given(ms))
    }

    /// A reading before the origin can come from another thread's clock only; no time has passed then.
    fn given(&self, ms: i64) -> Given {
        let origin_ms = *self.given_origin_ms.get_or_init(|| ms);
        Given(u64::try_from(ms.saturating_sub(origin_ms)).unwrap_or(0))
    }
}

fn take_alone(states: &mut States, last_key: &mut LastKey, id: u64, cost: u64, clock: &impl Now) -> bool {
    if last_key.denies(cost, clock) {
        return false;
    }
    with_table!(states, table => {
        let Outcome { allowed, state } = table.take_alone(id, cost, clock);
        if let (false, Some(state)) = (allowed, state) {
            last_key.deny(cost, table.end_ms(state));
        }
        allowed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn engine(limit: u64, window_ms: u64, given_clock: bool) -> Engine {
        let Ok(engine) = Engine::new(Policy { limit, window_ms }, given_clock) else { unreachable!() };
        engine
    }

    #[test]
    fn threads_on_one_key_admit_exactly_the_limit_in_either_layout() {
        for limit in [1_000, (1 << 24) - 1, 1 << 24] {
            let engine = engine(limit, 10_000_000, false);
            let cost = limit / 1_000;
            let admitted: u64 = thread::scope(|scope| {
                let hammer = || (0..1_000).filter(|_| engine.take(&[1], cost, None)).count() as u64;
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(hammer)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
            });
            assert_eq!(admitted, limit / cost);
        }
    }

    #[test]
    fn a_sweep_by_another_thread_loses_no_unit() {
        let engine = engine(500, 10_000_000, false);
        let admitted: usize = thread::scope(|scope| {
            let hammer = || (0..1_000).filter(|_| engine.take(&[1], 1, None)).count();
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(hammer)).collect();
            for _ in 0..200 {
                engine.cleanup_expired(None);
            }
            threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
        });
        assert_eq!(admitted, 500);
    }

    #[test]
    fn expired_entries_go_by_the_calls_that_come_in() {
        let engine = engine(1, 100, true);
        for key in 0..10_000_u16 {
            engine.take(&[key], 1, Some(0));
        }
        assert_eq!(engine.active_keys(), 10_000);
        for _ in 0..128 {
            engine.sweep_a_little(Some(99));
        }
        assert_eq!(engine.active_keys(), 10_000);
        for _ in 0..128 {
            engine.sweep_a_little(Some(100));
        }
        assert_eq!(engine.active_keys(), 0);
    }

    #[test]
    fn any_two_safe_integers_are_told_apart_exactly() {
        const FAR_MS: i64 = (1 << 53) - 1;
        let engine = engine(1, 10, true);
        assert!(engine.take(&[1], 1, Some(-FAR_MS)));
        assert!(engine.take(&[1], 1, Some(FAR_MS - 10)));
        assert!(!engine.take(&[1], 1, Some(FAR_MS - 1)));
        assert!(engine.take(&[1], 1, Some(FAR_MS)));
    }
}
