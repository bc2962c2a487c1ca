//! What all limiters of one shared name have in common: what decides, the entries, the time.
#![forbid(unsafe_code)]

use crate::clock::{Given, Now, OwnClock, START_MS};
use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::places::{Budget, Newcomer, Places};
use crate::engine::policy::Policy;
use crate::engine::seed::SharedSeed;
use crate::engine::shard::{Answer, Counts, Numbers, Shard};
use crate::engine::snapshot::{Damage, Snapshot};
use crate::fingerprint::Fingerprint;
use dashmap::DashMap;
use dashmap::mapref::one::RefMut;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

/// What an engine is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// All policies, in the order given.
    pub policies: Vec<Policy>,
    /// The most entries that are held.
    pub max_keys: usize,
    /// Whether a new key is admitted where nothing can go.
    pub admits_when_full: bool,
    /// The clock's reading at the start, where each call hands its time in.
    pub given_origin_ms: Option<i64>,
}

impl Spec {
    /// A shard, one of so many.
    #[must_use]
    pub fn shard(&self, number: usize, shards: usize, places: Places) -> Shard {
        let numbers = Numbers { last: number as u64, step: shards as u64 };
        Shard::new(&self.policies, places, self.admits_when_full, numbers)
    }
}

/// The time of one engine.
pub struct Frame {
    clock: OwnClock,
    given_origin_ms: i64,
}

impl Frame {
    /// From now on.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        Self { clock: OwnClock::start(), given_origin_ms: spec.given_origin_ms.unwrap_or(0) }
    }

    /// The engine's own clock.
    #[must_use]
    pub fn own(&self) -> &OwnClock {
        &self.clock
    }

    /// What the own clock says, as a reading that could be handed in.
    #[must_use]
    pub fn own_reading_ms(&self) -> u64 {
        self.clock.exact_ms() - START_MS
    }

    /// A reading before the origin can come from another thread's clock only; no time has passed then.
    #[must_use]
    pub fn given(&self, ms: i64) -> Given {
        Given(START_MS + u64::try_from(ms.saturating_sub(self.given_origin_ms)).unwrap_or(0))
    }

    /// The time, to the millisecond.
    #[must_use]
    pub fn exactly(&self, given_ms: Option<i64>) -> Given {
        given_ms.map_or_else(|| Given(self.clock.exact_ms()), |ms| self.given(ms))
    }
}

/// One set of entries for all threads, in shards that are locked apart. Each is made when its first key comes.
pub struct Shared {
    /// What it was made of, which whoever joins has to ask for too.
    pub spec: Spec,
    frame: Frame,
    seed: SharedSeed,
    shards: DashMap<usize, Shard, ByNumber>,
    count: usize,
    /// What the shards draw their places from; none where there is one shard.
    budget: Option<Arc<Budget>>,
}

/// Enough that two threads seldom meet.
const SHARDS: usize = 64;
/// Fewer keys are one shard: among them equals are evicted in the order in which they came, as without threads. Of more,
/// those of one shard are; between shards it is who ranks lowest, as of what each was seen to hold last.
const KEYS_FOR_SHARDS: usize = 1 << 13;

/// A map has a lock for each of its own parts, and finds them by the bits of a hash below the seven highest. So each
/// number of ours has a part, and a lock, to itself.
#[derive(Clone, Copy, Default)]
struct ByNumber(u64);

impl BuildHasher for ByNumber {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self::default()
    }
}

impl Hasher for ByNumber {
    fn write(&mut self, _bytes: &[u8]) {}

    fn write_usize(&mut self, number: usize) {
        self.0 = (number as u64) << (u64::BITS - 7 - SHARDS.trailing_zeros());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Shared {
    /// Empty, from now on.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new(spec: Spec) -> Result<Self, getrandom::Error> {
        let count = if spec.max_keys < KEYS_FOR_SHARDS { 1 } else { SHARDS };
        let budget = (count > 1).then(|| Arc::new(Budget::new(spec.max_keys, count)));
        let seed = SharedSeed::new(Fingerprint::seeded()?);
        let shards = DashMap::with_hasher_and_shard_amount(ByNumber::default(), SHARDS);
        Ok(Self { frame: Frame::new(&spec), seed, shards, count, budget, spec })
    }

    /// Its time.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Takes the cost if it fits.
    #[must_use]
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_shard(key, given_ms, comes, |shard, id| match given_ms {
            None => shard.take(id, cost, self.frame.own()).allowed,
            Some(ms) => shard.take(id, cost, &self.frame.given(ms)).allowed,
        })
    }

    /// Takes the cost if it fits, and tells how the key stands.
    #[must_use]
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let now = self.frame.exactly(given_ms);
        let comes = |shard: &Shard| shard.comes(cost.into());
        self.with_shard(key, given_ms, comes, |shard, id| {
            let outcome = shard.take(id, cost, &now);
            shard.answer(outcome, cost.into(), None, now.0)
        })
    }

    /// Does something with the entry of one key, at the time that it is. `newcomer`: what it is to a key that is not held.
    pub fn with_key<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64, u64) -> R,
    ) -> R {
        let now = self.frame.exactly(given_ms);
        self.with_shard(key, given_ms, newcomer, |shard, id| ask(shard, id, now.0))
    }

    /// Does something with each shard, at the time that it is, and adds up what comes of it.
    pub fn sum(&self, given_ms: Option<i64>, ask: impl Fn(&mut Shard, u64) -> usize) -> usize {
        let now = self.frame.exactly(given_ms);
        self.made().map(|mut shard| ask(&mut shard, now.0)).sum()
    }

    /// Decides by other policies, for all threads at once.
    pub fn update(&self, policies: &[Policy], given_ms: Option<i64>) {
        let (shards, now) = self.lock_all(given_ms);
        for mut shard in shards {
            shard.update(policies, now.0);
        }
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.shard(0).policies()
    }

    /// All that is live.
    #[must_use]
    pub fn snapshot(&self, given_ms: Option<i64>) -> Snapshot {
        let (mut shards, now) = self.lock_all(given_ms);
        let policies = shards.first().map(|shard| shard.policies()).unwrap_or_default();
        let entries = shards.iter_mut().flat_map(|shard| shard.kept(now.0)).collect();
        let keeps = shards.iter().any(|shard| shard.keeps());
        Snapshot { keeps, policies, seed: self.seed.read().0.seed, entries }
    }

    /// Holds what bytes say, in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be; nothing changes then.
    pub fn restore(&self, bytes: &[u8], given_ms: Option<i64>) -> Result<(), Damage> {
        let (mut shards, now) = self.lock_all(given_ms);
        let Some(first) = shards.first() else { return Ok(()) };
        let snapshot = Snapshot::from_bytes(bytes, &first.policies(), first.state_words())?;
        let (keys, most) = (snapshot.entries.len(), self.spec.max_keys);
        if keys > most {
            return Err(Damage::TooMany { keys, most });
        }
        let mut restored = Vec::new();
        for (number, shard) in shards.iter().enumerate() {
            let own = snapshot.entries.iter().filter(|kept| self.number_of(kept.id) == number);
            restored.push(shard.restored(&own.collect::<Vec<_>>(), now.0)?);
        }
        shards.iter_mut().zip(restored).for_each(|(shard, entries)| shard.replace(entries, snapshot.keeps));
        if let Some(budget) = &self.budget {
            budget.reset(most - keys);
            (0..self.count).for_each(|number| budget.note_unknown(number));
        }
        // Before the locks are given back: who has named a key by the old seed sees it once it holds one.
        self.seed.write(Fingerprint { seed: snapshot.seed });
        Ok(())
    }

    /// Whether anything in it counts still, so long after somebody held it.
    ///
    /// Nobody reads an injected clock meanwhile: it is taken to go on as real time does.
    #[must_use]
    pub fn is_live(&self, unheld: Duration) -> bool {
        let unheld_ms = u64::try_from(unheld.as_millis()).unwrap_or(u64::MAX);
        let now = |passed_ms: u64| match self.spec.given_origin_ms {
            None => self.frame.own().exact_ms(),
            Some(_) => passed_ms.saturating_add(unheld_ms),
        };
        self.made().any(|mut shard| shard.has_live(now))
    }

    /// Whether a limiter of that spec can go on with what is counted here.
    #[must_use]
    pub fn can_go_on_as(&self, asked: &Spec) -> bool {
        let algorithms = |spec: &Spec| spec.policies.iter().map(|policy| policy.algorithm).collect::<Vec<_>>();
        algorithms(&self.spec) == algorithms(asked)
            && self.spec.given_origin_ms.is_some() == asked.given_origin_ms.is_some()
            && (self.spec.max_keys, self.spec.admits_when_full) == (asked.max_keys, asked.admits_when_full)
    }

    /// Decides by the numbers of a spec that it can go on as; all that is counted stays.
    pub fn go_on_as(&mut self, asked: Spec) {
        if self.spec.policies == asked.policies || self.policies() == asked.policies {
            return;
        }
        self.update(&asked.policies, asked.given_origin_ms);
        self.spec.policies = asked.policies;
    }

    /// What came of all calls.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let none = || Counts { denied: vec![0; self.spec.policies.len()], ..Counts::default() };
        self.made().map(|shard| shard.counts.clone()).reduce(|sum, own| sum.plus(&own)).unwrap_or_else(none)
    }

    /// All shards, and the time once they are held: another thread may have taken while this one waited for them. Those
    /// that no key has come to yet are made, so that none is made meanwhile by what was.
    fn lock_all(&self, given_ms: Option<i64>) -> (Vec<Held<'_>>, Given) {
        let shards = (0..self.count).map(|number| self.shard(number)).collect();
        (shards, self.frame.exactly(given_ms))
    }

    /// The shards that some key has come to, one after the other.
    fn made(&self) -> impl Iterator<Item = Held<'_>> {
        (0..self.count).filter_map(|number| self.shards.get_mut(&number))
    }

    fn shard(&self, number: usize) -> Held<'_> {
        self.shards.get_mut(&number).unwrap_or_else(|| self.make(number))
    }

    #[cold]
    fn make(&self, number: usize) -> Held<'_> {
        self.shards.entry(number).or_insert_with(|| {
            let places = self.budget.as_ref().map_or(Places::Own(self.spec.max_keys), |budget| {
                budget.note_unknown(number);
                Places::Common { budget: Arc::clone(budget), spare: 0 }
            });
            self.spec.shard(number, self.count, places)
        })
    }

    fn with_shard<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64) -> R,
    ) -> R {
        let mut is_foreseen = false;
        loop {
            let (fingerprint, epoch) = self.seed.read();
            let id = fingerprint.of(key);
            let number = self.number_of(id);
            let mut shard = self.shard(number);
            if self.seed.epoch() != epoch {
                continue; // a restore came between
            }
            let Some(budget) = &self.budget else { return ask(&mut shard, id) };
            if shard.is_full() && !shard.holds(id) {
                let now_ms = self.frame.exactly(given_ms).0;
                match newcomer(&shard) {
                    Newcomer::None => {}
                    Newcomer::Foreseen if is_foreseen => {}
                    Newcomer::Foreseen => {
                        drop(shard);
                        self.note_hints(budget, now_ms);
                        is_foreseen = true;
                        continue;
                    }
                    Newcomer::Comes => {
                        let own = shard.hint().map(|hint| hint.at(now_ms)).filter(|hint| hint.rank < PROTECTED_RANK);
                        let other = budget.first_to_go(Some(number), now_ms).map(|(_, hint)| hint);
                        if other.is_some_and(|other| own.is_none_or(|own| other < own)) {
                            drop(shard); // nobody ever holds two, so nobody waits for another in a circle
                            let drawn = self.let_one_go(budget, number, now_ms);
                            shard = self.shard(number);
                            // A restore has counted all places anew, also the one in hand.
                            if drawn == Some(self.seed.epoch()) {
                                shard.places().keep(1);
                            }
                            if self.seed.epoch() != epoch {
                                shard.places().give(0);
                                continue;
                            }
                        }
                    }
                }
            }
            let answer = ask(&mut shard, id);
            if shard.is_full() {
                budget.note(number, shard.hint());
            }
            shard.places().give(0);
            return answer;
        }
    }

    /// Lets one entry of another shard go, by what each was seen to hold last. Answers the epoch in which its place came
    /// into hand.
    fn let_one_go(&self, budget: &Budget, own: usize, now_ms: u64) -> Option<u64> {
        (0..self.count).find_map(|_| {
            let (number, _) = budget.first_to_go(Some(own), now_ms)?;
            let mut shard = self.shard(number);
            let goes = shard.let_one_go(now_ms);
            budget.note(number, shard.hint());
            goes.then(|| self.seed.epoch())
        })
    }

    /// Notes what each shard would let go of, where that may be another than it was.
    fn note_hints(&self, budget: &Budget, now_ms: u64) {
        for (number, _) in budget.due(now_ms) {
            let mut shard = self.shard(number);
            shard.reclaim_some(now_ms);
            budget.note(number, shard.hint());
        }
    }

    /// The top bits of an id are the tables' tags and shares; its low ones are free to part by.
    #[allow(clippy::cast_possible_truncation)] // a remainder
    fn number_of(&self, id: u64) -> usize {
        (id % self.count as u64) as usize
    }
}

/// A shard, under its lock.
type Held<'shared> = RefMut<'shared, usize, Shard>;

impl Counts {
    fn plus(mut self, other: &Self) -> Self {
        self.allowed += other.allowed;
        self.blocked += other.blocked;
        self.rejected_full += other.rejected_full;
        self.denied.iter_mut().zip(&other.denied).for_each(|(sum, denied)| *sum += denied);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::policy::Algorithm;
    use std::thread;

    fn spec(limits: &[u64], max_keys: usize) -> Spec {
        let policy = |&limit: &u64| Policy {
            algorithm: Algorithm::FixedWindow,
            limit,
            window_ms: 10_000_000,
            burst: limit,
            block_for_ms: 0,
        };
        Spec { policies: limits.iter().map(policy).collect(), max_keys, admits_when_full: false, given_origin_ms: None }
    }

    fn admitted_by_four(shared: &Shared, cost: u64) -> usize {
        thread::scope(|scope| {
            let hammer = || (0..1_000).filter(|_| shared.take(&[1], cost, None)).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(hammer)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
        })
    }

    #[test]
    fn threads_on_one_key_admit_exactly_the_limit() -> Result<(), getrandom::Error> {
        for limit in [1_000, 1 << 24, 1 << 50] {
            let shared = Shared::new(spec(&[limit], 100))?;
            assert_eq!(admitted_by_four(&shared, limit / 1_000), usize::try_from(limit / (limit / 1_000)).unwrap_or(0));
        }
        Ok(())
    }

    #[test]
    fn threads_settle_what_they_reserved_while_another_restores() -> Result<(), getrandom::Error> {
        let shared = Shared::new(spec(&[1_000], 1 << 20))?;
        let bytes = Shared::new(spec(&[1_000], 1 << 20))?.snapshot(None).to_bytes();
        let settle = |key: u16| {
            for _ in 0..100 {
                let (_, number) = shared.with_key(
                    &[key],
                    None,
                    |_| Newcomer::Comes,
                    |shard, id, now_ms| shard.reserve(id, 3.into(), None, &Given(now_ms)),
                );
                shared.with_key(
                    &[key],
                    None,
                    |_| Newcomer::Comes,
                    |shard, id, now_ms| {
                        shard.settle(id, number, (3.into(), 1.into()), None, now_ms);
                    },
                );
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| settle(1));
            }
        });
        let left = || {
            shared.with_key(
                &[1],
                None,
                |_| Newcomer::Comes,
                |shard, id, now_ms| shard.peek(id, 0.into(), None, now_ms).rows.first().map(|row| row.remaining),
            )
        };
        assert_eq!(left(), Some(600));
        thread::scope(|scope| {
            scope.spawn(|| settle(2));
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(shared.restore(&bytes, None), Ok(()))));
        });
        assert_eq!(shared.restore(&bytes, None), Ok(()));
        assert_eq!(left(), Some(1_000));
        assert_eq!(shared.sum(None, |shard, _| shard.len()), 0);
        Ok(())
    }

    #[test]
    fn threads_take_of_all_policies_or_of_none() -> Result<(), getrandom::Error> {
        let shared = Shared::new(spec(&[700, 500, 900], 1 << 20))?;
        assert_eq!(admitted_by_four(&shared, 1), 500);
        let answer = shared.with_key(
            &[1],
            None,
            |_| Newcomer::Comes,
            |shard, id, now_ms| shard.peek(id, 1.into(), None, now_ms),
        );
        assert_eq!(answer.rows.iter().map(|row| row.remaining).collect::<Vec<_>>(), [200, 0, 400]);
        Ok(())
    }

    #[test]
    fn all_parts_together_hold_no_more_than_the_most_keys() -> Result<(), getrandom::Error> {
        let shared = Shared::new(spec(&[2], 1 << 17))?;
        for key in 0..(1_u32 << 18) {
            let units = [key.to_le_bytes(), [0; 4]].concat();
            let _ = shared.take(&units.iter().map(|&byte| u16::from(byte)).collect::<Vec<_>>(), 1, None);
        }
        let held = shared.sum(None, |shard, _| shard.len());
        assert!(held <= 1 << 17 && held > (1 << 17) - (1 << 12), "{held} were held");
        Ok(())
    }

    fn spec_of(algorithm: Algorithm, max_keys: usize) -> Spec {
        let mut spec = spec(&[1_000], max_keys);
        for policy in &mut spec.policies {
            (policy.algorithm, policy.window_ms) = (algorithm, 1_000);
        }
        spec.given_origin_ms = Some(0);
        spec
    }

    /// Takes, blocks and snapshots may each have read the clock before they waited for the lock.
    #[test]
    fn a_snapshot_by_an_older_reading_than_the_last_taking_can_be_restored() -> Result<(), getrandom::Error> {
        for algorithm in [Algorithm::FixedWindow, Algorithm::SlidingWindow, Algorithm::TokenBucket] {
            let shared = Shared::new(spec_of(algorithm, 100))?;
            for at_ms in [5_000, 5_450, 5_990] {
                assert!(shared.take(&[1], 1, Some(at_ms)));
            }
            shared.with_key(
                &[2],
                Some(5_990),
                |_| Newcomer::Comes,
                |shard, id, now_ms| shard.block(id, 3_653 * 86_400_000, now_ms),
            );
            let bytes = shared.snapshot(Some(5_460)).to_bytes();
            assert_eq!(Shared::new(spec_of(algorithm, 100))?.restore(&bytes, Some(0)), Ok(()));
        }
        Ok(())
    }

    #[test]
    fn an_update_by_an_older_reading_than_the_last_taking_gives_nothing_away() -> Result<(), getrandom::Error> {
        for algorithm in [Algorithm::FixedWindow, Algorithm::SlidingWindow, Algorithm::TokenBucket] {
            let spec = spec_of(algorithm, 100);
            let shared = Shared::new(spec.clone())?;
            assert!(shared.take(&[1], 10, Some(5_000)) && shared.take(&[1], 990, Some(5_010)));
            shared.update(&spec.policies, Some(4_000));
            let left = shared.with_key(
                &[1],
                Some(5_010),
                |_| Newcomer::Foreseen,
                |shard, id, now_ms| shard.peek(id, 0.into(), None, now_ms).rows,
            );
            let most = if algorithm == Algorithm::TokenBucket { 10 } else { 0 }; // ten of them have come back
            assert!(left.iter().all(|row| row.remaining <= most), "{left:?}");
        }
        Ok(())
    }

    #[test]
    fn what_was_reserved_before_a_restore_gives_back_nothing_that_was_reserved_after() -> Result<(), getrandom::Error> {
        let foreign = Shared::new(spec(&[1_000], 1 << 20))?.snapshot(None).to_bytes();
        let shared = Shared::new(spec(&[1_000], 1 << 20))?;
        let reserve = |key| {
            shared.with_key(
                &[key],
                None,
                |_| Newcomer::Comes,
                |shard, id, now_ms| shard.reserve(id, 100.into(), None, &Given(now_ms)).1,
            )
        };
        for key in 0..64 {
            let before = reserve(key);
            assert_eq!(shared.restore(&foreign, None), Ok(()));
            reserve(key);
            let left = shared.with_key(
                &[key],
                None,
                |_| Newcomer::Comes,
                |shard, id, now_ms| {
                    shard.settle(id, before, (100.into(), 0.into()), None, now_ms);
                    shard.peek(id, 0.into(), None, now_ms).rows.first().map(|row| row.remaining)
                },
            );
            assert_eq!(left, Some(900), "key {key}");
        }
        Ok(())
    }

    #[test]
    fn a_full_snapshot_of_one_part_is_held_by_sixteen_as_far_as_each_has_room() -> Result<(), getrandom::Error> {
        let spec = spec(&[2], 1 << 16);
        let mut alone = spec.shard(0, 1, Places::Own(spec.max_keys));
        for id in 0..1_u64 << 16 {
            alone.take(id.wrapping_mul(0x9e37_79b9_7f4a_7c15), 1, &Given(START_MS));
        }
        let (policies, entries) = (alone.policies(), alone.kept(START_MS));
        let bytes = Snapshot { keeps: false, policies, seed: [1, 2], entries }.to_bytes();
        let shared = Shared::new(spec)?;
        assert_eq!(shared.restore(&bytes, None), Ok(()));
        let held = shared.sum(None, |shard, _| shard.len());
        assert!(held <= 1 << 16 && held > (1 << 16) - (1 << 12), "{held} were held");
        Ok(())
    }

    #[test]
    fn shards_share_the_room_for_keys_and_the_least_used_go_first() -> Result<(), getrandom::Error> {
        let most = KEYS_FOR_SHARDS;
        let shared = Shared::new(Spec { given_origin_ms: Some(0), ..spec(&[100], most) })?;
        let key =
            |number: usize| [u16::try_from(number % 60_000).unwrap_or(0), u16::try_from(number / 60_000).unwrap_or(0)];
        let held = || shared.sum(Some(0), |shard, _| shard.len());
        // Every twentieth key is over its limit: such a key stays, however many come.
        let is_over = |number: usize| number.is_multiple_of(20);
        for number in 0..most {
            assert!(shared.take(&key(number), if is_over(number) { 100 } else { 1 }, Some(0)));
        }
        assert_eq!(held(), most);
        for number in most..3 * most {
            assert!(shared.take(&key(number), 1, Some(0)));
            assert_eq!(held(), most);
        }
        for number in (0..most).filter(|&number| is_over(number)) {
            assert!(!shared.take(&key(number), 1, Some(0)));
        }
        Ok(())
    }

    #[test]
    fn where_all_are_protected_a_new_key_is_denied_until_one_is_not() -> Result<(), getrandom::Error> {
        let most = KEYS_FOR_SHARDS;
        let shared = Shared::new(Spec { given_origin_ms: Some(0), ..spec(&[1], most) })?;
        let key = |number: usize| [u16::try_from(number).unwrap_or(0)];
        (0..most).for_each(|number| assert!(shared.take(&key(number), 1, Some(0))));
        let other = key(most + 7);
        let peek = |ms| {
            shared.with_key(
                &other,
                Some(ms),
                |_| Newcomer::Foreseen,
                |shard, id, now_ms| shard.peek(id, 1.into(), None, now_ms),
            )
        };
        assert!(!peek(1).allowed && !shared.take(&other, 1, Some(1)));
        let wait_ms = peek(1).rows.first().and_then(|row| row.retry_after_ms);
        assert!(wait_ms.is_some_and(|ms| ms > 0));
        assert!(peek(20_000_000).allowed && shared.take(&other, 1, Some(20_000_000)));
        Ok(())
    }

    #[test]
    fn threads_that_bring_new_keys_never_hold_more_than_there_is_room_for() -> Result<(), getrandom::Error> {
        let most = KEYS_FOR_SHARDS;
        let shared = Shared::new(spec(&[100], most))?;
        let bytes = Shared::new(spec(&[100], most))?.snapshot(None).to_bytes();
        thread::scope(|scope| {
            for thread in 0..4_u16 {
                let shared = &shared;
                scope.spawn(move || (0..30_000).for_each(|number| assert!(shared.take(&[thread, number], 1, None))));
            }
            scope.spawn(|| {
                for _ in 0..20 {
                    assert!(shared.sum(None, |shard, _| shard.len()) <= most + 4);
                    assert_eq!(shared.restore(&bytes, None), Ok(()));
                }
            });
        });
        assert!(shared.sum(None, |shard, _| shard.len()) <= most);
        let free = shared.budget.as_ref().map(|budget| budget.free());
        assert_eq!(free, Some(most - shared.sum(None, |shard, _| shard.len())));
        Ok(())
    }
}
