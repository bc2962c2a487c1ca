use super::*;
use crate::engine::policy::{Algorithm, Policy};
use crate::engine::policy_set::{PolicySet, Taken};

const ALGORITHMS: [Algorithm; 3] = [Algorithm::FixedWindow, Algorithm::SlidingWindow, Algorithm::TokenBucket];
const RANDOM_STATES: usize = 20_000;

/// A clock that may lag.
struct Lagging {
    rough_ms: u64,
    exact_ms: u64,
}

impl Now for Lagging {
    fn rough_ms(&self) -> u64 {
        self.rough_ms
    }

    fn exact_ms(&self) -> u64 {
        self.exact_ms
    }
}

/// The same numbers in each run (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % end
    }

    fn policy(&mut self, algorithm: Algorithm) -> Policy {
        let (limit, most_ms) = (self.below(200), 4 << self.below(13));
        Policy { algorithm, limit, window_ms: 1 + self.below(most_ms), burst: limit, block_for_ms: 0 }
    }

    /// What a few takings leave, and the time of the last one.
    fn entry(&mut self, policy: &CompiledPolicy) -> (Vec<u64>, u64) {
        let (mut entry, mut now_ms) = (vec![0; policy.end], 1 << 20);
        for _ in 0..self.below(12) {
            now_ms += self.below(policy.terms.policy.window_ms / 2 + 2);
            let cost = self.below(policy.terms.policy.limit / 2 + 2);
            if let Some(mut state) = policy.state(&mut entry) {
                state.take(&policy.terms, cost, now_ms);
            }
        }
        (entry, now_ms)
    }
}

#[test]
fn an_entry_of_the_wrong_shape_admits_nothing() {
    for algorithm in ALGORITHMS {
        let policy = Policy { algorithm, limit: 100, window_ms: 1_000, burst: 100, block_for_ms: 0 };
        let policies = PolicySet::new(&[policy], 0);
        for words in 0..policies.words() {
            let entry = &mut vec![0; words];
            let clock = Lagging { rough_ms: 1, exact_ms: 1 };
            assert!(!policies.fits(entry, 1.into(), 1), "{algorithm:?} of {words} words");
            assert_eq!(policies.take(entry, 1.into(), 1, 0), Taken::Denied);
            assert_eq!(policies.take_roughly(entry, 1, (0, false), 1, &clock), None);
            assert!(!policies.is_fresh(entry, 1));
            assert_eq!(policies.binding(entry, 1.into(), 1), (0, None));
            let rows = policies.rows(entry, false, 1.into(), 1, 0);
            assert!(rows.iter().all(|row| row.remaining == 0 && row.retry_after_ms.is_none()));
            assert!(!policies.restore(entry, &vec![0; words], 1));
            // What can't be read is used up under the numbers that come after it, too.
            let mut changed = vec![0; policies.words()];
            policies.change(&mut changed, &policies, entry, 1);
            assert!(!policies.fits(&mut changed, 1.into(), 1));
        }
        assert_eq!(policies.take(&mut vec![0; policies.words()], 1.into(), 1, 0), Taken::Moves(standing(&policies)));
    }
}

fn standing(policies: &PolicySet) -> crate::engine::policy_set::Standing {
    let mut entry = vec![0; policies.words()];
    policies.add(&mut entry, 1.into(), 1);
    policies.standing(&mut entry, false, 1)
}

#[test]
fn one_of_several_that_is_of_the_wrong_shape_takes_from_none() {
    let policy = |algorithm| Policy { algorithm, limit: 100, window_ms: 1_000, burst: 100, block_for_ms: 0 };
    let policies = PolicySet::new(&ALGORITHMS.map(policy), 0);
    let entry = &mut vec![0; policies.words() - 1];
    assert_eq!(policies.take(entry, 1.into(), 1, 0), Taken::Denied);
    assert!(entry.iter().all(|&word| word == 0));
}

/// What `take` says is what a second question would be told, and a taking that does not fit leaves all as it is.
#[test]
fn a_verdict_is_how_the_key_stands_after_it() {
    let random = &mut Random(1);
    for algorithm in ALGORITHMS.into_iter().cycle().take(RANDOM_STATES) {
        let policy = CompiledPolicy::new(random.policy(algorithm), 0);
        let (mut entry, then_ms) = random.entry(&policy);
        let (now_ms, cost) = (then_ms + random.below(1_000), random.below(policy.terms.policy.limit + 3));
        let before = entry.clone();
        let asked = policy.decide(&mut entry, cost, now_ms);
        assert_eq!(entry, before, "asking changes nothing");
        let taken = policy.state(&mut entry).map(|mut state| state.take(&policy.terms, cost, now_ms));
        assert_eq!(taken, Some(asked));
        assert!(asked.fits || entry == before);
        let stands = policy.decide(&mut entry, 0, now_ms);
        assert_eq!((asked.remaining, asked.reset_after_ms), (stands.remaining, stands.reset_after_ms));
        assert_eq!(policy.is_fresh(&mut entry, u64::MAX, now_ms), stands.reset_after_ms == 0);
    }
}

/// Each rough decision is the one that any exact time would have made, and leaves what that would have left.
#[test]
fn a_clock_that_lags_decides_as_the_exact_one_or_not_at_all() {
    let random = &mut Random(2);
    let mut undecided = Vec::new();
    for algorithm in ALGORITHMS.into_iter().cycle().take(3 * RANDOM_STATES) {
        let policy = CompiledPolicy::new(random.policy(algorithm), 0);
        let terms = &policy.terms;
        let (entry, then_ms) = random.entry(&policy);
        let rough_ms = then_ms + random.below(terms.policy.window_ms / 20 + 2);
        let clock = Lagging { rough_ms, exact_ms: rough_ms + random.below(65) };
        let cost = random.below(terms.policy.limit / 8 + 2);
        let (mut roughly, mut exactly) = (entry.clone(), entry.clone());
        let verdict = policy.decide(&mut exactly, cost, clock.exact_ms);
        // Mostly that of the list that it is in afterwards.
        let rank = match random.below(8) {
            0 => 3,
            _ => terms.rank(terms.policy.burst - verdict.remaining),
        };
        let taken = policy.state(&mut roughly).and_then(|mut state| {
            let stays = state.stays_roughly(terms, cost, rank, rough_ms, &clock);
            let taken = state.take_roughly(terms, cost, rank, rough_ms, &clock);
            assert!(algorithm != Algorithm::FixedWindow || stays == (taken == Some(Roughly::Taken)));
            taken
        });
        let Some(taken) = taken else {
            assert_eq!(roughly, entry);
            undecided.push(algorithm);
            continue;
        };
        let exact = policy.state(&mut exactly).map(|mut state| state.take(terms, cost, clock.exact_ms));
        assert_eq!(exact, Some(verdict));
        assert_eq!(taken != Roughly::Denied, verdict.fits, "{policy:?}, {entry:?}, {cost} at {rough_ms}");
        if taken != Roughly::Denied && algorithm != Algorithm::FixedWindow {
            assert_eq!(terms.rank(terms.policy.burst - verdict.remaining), rank);
        }
        if let Roughly::TakenUntil(due_ms) = taken {
            assert_eq!(due_ms, clock.exact_ms + verdict.reset_after_ms);
        }
        for later_ms in [0, 1, 17, 99, 1_000, 2_100].map(|ms| clock.exact_ms + ms) {
            for cost in [0, 1, 5] {
                let [roughly, exactly] = [&mut roughly, &mut exactly].map(|entry| policy.decide(entry, cost, later_ms));
                assert_eq!(roughly, exactly, "{policy:?}, {entry:?}, {cost} at {later_ms}");
            }
        }
    }
    for algorithm in ALGORITHMS {
        let decided = RANDOM_STATES - undecided.iter().filter(|&&each| each == algorithm).count();
        assert!(decided > RANDOM_STATES / 20, "{algorithm:?} decided {decided}");
    }
}

/// The same of several fixed windows, which are taken from together or not at all.
#[test]
fn several_windows_are_decided_roughly_as_exactly() {
    let random = &mut Random(4);
    let mut decided = 0;
    for _ in 0..RANDOM_STATES {
        let given = [0; 3].map(|_| random.policy(Algorithm::FixedWindow));
        let policies = PolicySet::new(&given, 0);
        let (mut entry, mut now_ms) = (vec![0; policies.words()], 1 << 20);
        for _ in 0..random.below(6) {
            now_ms += random.below(20);
            policies.take(&mut entry, random.below(5).into(), now_ms, 0);
        }
        let rough_ms = now_ms + random.below(50);
        let clock = Lagging { rough_ms, exact_ms: rough_ms + random.below(65) };
        let cost = 1 + random.below(3);
        let rank = policies.standing(&mut entry, false, now_ms).rank;
        let mut exactly = entry.clone();
        let before = entry.clone();
        if policies.take_roughly(&mut entry, cost, (rank, false), rough_ms, &clock).is_none() {
            assert_eq!(entry, before);
            continue;
        }
        decided += 1;
        assert!(matches!(policies.take(&mut exactly, cost.into(), clock.exact_ms, rank), Taken::Stays));
        assert_eq!(entry, exactly);
    }
    assert!(decided > RANDOM_STATES / 20, "{decided}");
}

#[test]
fn a_rank_is_what_halving_the_limit_says() {
    let random = &mut Random(3);
    for _ in 0..RANDOM_STATES {
        let terms = Terms::of(random.policy(Algorithm::FixedWindow));
        let burst = terms.policy.burst;
        let used = random.below(burst + 2);
        let halved = (1..7).find(|&halvings| used << halvings > burst).map_or(0, |halvings| 7 - halvings);
        let rank = if used >= burst { 7 } else { halved };
        assert_eq!(terms.rank(used), rank);
        for other in 0..8 {
            assert_eq!(terms.keeps_rank(other, used), other < 7 && used < burst && rank <= other);
            assert_eq!(
                other < 7 && used < burst && terms.is_above(other, used),
                other < 7 && used < burst && rank >= other
            );
        }
    }
}
