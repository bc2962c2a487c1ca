//! What all limiters of one shared name have in common: what decides, the entries, the time.
#![forbid(unsafe_code)]

use crate::clock::{Given, Now, OwnClock, START_MS};
use crate::engine::policy::Policy;
use crate::engine::seed::SharedSeed;
use crate::engine::shard::{Answer, Counts, Numbers, Shard};
use crate::engine::snapshot::{Damage, Snapshot};
use crate::fingerprint::Fingerprint;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// The shard for one of so many parts of the keys.
    #[must_use]
    pub fn shard(&self, part: usize, parts: usize) -> Shard {
        let numbers = Numbers { last: part as u64, step: parts as u64 };
        Shard::new(&self.policies, self.max_keys / parts, self.admits_when_full, numbers)
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

/// One set of entries for all threads: parts that are locked apart, each with its share of the most keys.
pub struct Shared {
    /// What it was made of, which whoever joins has to ask for too.
    pub spec: Spec,
    frame: Frame,
    seed: SharedSeed,
    parts: Vec<Mutex<Shard>>,
}

/// Enough that two threads seldom meet. Fewer keys are one part, so that the last place goes to whom it should.
const PARTS: usize = 16;
const KEYS_FOR_PARTS: usize = 1 << 16;

impl Shared {
    /// Empty, from now on.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new(spec: Spec) -> Result<Self, getrandom::Error> {
        let parts = if spec.max_keys < KEYS_FOR_PARTS { 1 } else { PARTS };
        let seed = SharedSeed::new(Fingerprint::seeded()?);
        let shards = (0..parts).map(|part| Mutex::new(spec.shard(part, parts))).collect();
        Ok(Self { frame: Frame::new(&spec), seed, parts: shards, spec })
    }

    /// Its time.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Takes the cost if it fits.
    #[must_use]
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        self.with_part(key, |shard, id| match given_ms {
            None => shard.take(id, cost, self.frame.own()).allowed,
            Some(ms) => shard.take(id, cost, &self.frame.given(ms)).allowed,
        })
    }

    /// Takes the cost if it fits, and tells how the key stands.
    #[must_use]
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let now = self.frame.exactly(given_ms);
        self.with_part(key, |shard, id| {
            let outcome = shard.take(id, cost, &now);
            shard.answer(outcome, cost.into(), None, now.0)
        })
    }

    /// Does something with the entry of one key, at the time that it is.
    pub fn with_key<R>(&self, key: &[u16], given_ms: Option<i64>, ask: impl FnOnce(&mut Shard, u64, u64) -> R) -> R {
        let now = self.frame.exactly(given_ms);
        self.with_part(key, |shard, id| ask(shard, id, now.0))
    }

    /// Does something with each part, at the time that it is, and adds up what comes of it.
    pub fn sum(&self, given_ms: Option<i64>, ask: impl Fn(&mut Shard, u64) -> usize) -> usize {
        let now = self.frame.exactly(given_ms);
        self.parts.iter().map(|part| ask(&mut lock(part), now.0)).sum()
    }

    /// Decides by other policies, for all threads at once.
    pub fn update(&self, policies: &[Policy], given_ms: Option<i64>) {
        let (parts, now) = self.lock_all(given_ms);
        for mut part in parts {
            part.update(policies, now.0);
        }
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.parts.first().map(|part| lock(part).policies()).unwrap_or_default()
    }

    /// All that is live.
    #[must_use]
    pub fn snapshot(&self, given_ms: Option<i64>) -> Snapshot {
        let (mut parts, now) = self.lock_all(given_ms);
        let policies = parts.first().map(|part| part.policies()).unwrap_or_default();
        let entries = parts.iter_mut().flat_map(|part| part.kept(now.0)).collect();
        let keeps = parts.iter().any(|part| part.keeps());
        Snapshot { keeps, policies, seed: self.seed.read().0.seed, entries }
    }

    /// Holds what bytes say, in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be; nothing changes then.
    pub fn restore(&self, bytes: &[u8], given_ms: Option<i64>) -> Result<(), Damage> {
        let (mut parts, now) = self.lock_all(given_ms);
        let Some(first) = parts.first() else { return Ok(()) };
        let snapshot = Snapshot::from_bytes(bytes, &first.policies(), first.state_words())?;
        if snapshot.entries.len() > self.spec.max_keys {
            return Err(Damage::TooMany { keys: snapshot.entries.len(), most: self.spec.max_keys });
        }
        let mut restored = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let own = snapshot.entries.iter().filter(|kept| self.part_of(kept.id) == index);
            // A part has room for its share of the keys: of more, those go that would be evicted first.
            let surplus = own.clone().count().saturating_sub(self.spec.max_keys / self.parts.len());
            restored.push(part.restored(&own.skip(surplus).collect::<Vec<_>>(), now.0)?);
        }
        parts.iter_mut().zip(restored).for_each(|(part, entries)| part.replace(entries, snapshot.keeps));
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
        self.parts.iter().any(|part| lock(part).has_live(now))
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
        self.parts.iter().map(|part| lock(part).counts.clone()).reduce(|sum, part| sum.plus(&part)).unwrap_or_default()
    }

    /// All parts, and the time once they are held: another thread may have taken while this one waited for them.
    fn lock_all(&self, given_ms: Option<i64>) -> (Vec<MutexGuard<'_, Shard>>, Given) {
        let parts = self.parts.iter().map(lock).collect();
        (parts, self.frame.exactly(given_ms))
    }

    fn with_part<R>(&self, key: &[u16], ask: impl FnOnce(&mut Shard, u64) -> R) -> R {
        loop {
            let (fingerprint, epoch) = self.seed.read();
            let id = fingerprint.of(key);
            let Some(part) = self.parts.get(self.part_of(id)) else { continue };
            let mut part = lock(part);
            if self.seed.epoch() == epoch {
                return ask(&mut part, id);
            }
        }
    }

    /// The top bits of an id are the tables' tags and shares; its low ones are free to part by.
    #[allow(clippy::cast_possible_truncation)] // a remainder
    fn part_of(&self, id: u64) -> usize {
        (id % self.parts.len() as u64) as usize
    }
}

/// A panic in the middle of a call leaves counts that are right but for that call.
fn lock(part: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

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
                let (_, number) = shared
                    .with_key(&[key], None, |shard, id, now_ms| shard.reserve(id, 3.into(), None, &Given(now_ms)));
                shared.with_key(&[key], None, |shard, id, now_ms| {
                    shard.settle(id, number, (3.into(), 1.into()), None, now_ms);
                });
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| settle(1));
            }
        });
        let left = || {
            shared.with_key(&[1], None, |shard, id, now_ms| {
                shard.peek(id, 0.into(), None, now_ms).rows.first().map(|row| row.remaining)
            })
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
        let answer = shared.with_key(&[1], None, |shard, id, now_ms| shard.peek(id, 1.into(), None, now_ms));
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
            shared.with_key(&[2], Some(5_990), |shard, id, now_ms| shard.block(id, 3_653 * 86_400_000, now_ms));
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
            let left =
                shared.with_key(&[1], Some(5_010), |shard, id, now_ms| shard.peek(id, 0.into(), None, now_ms).rows);
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
            shared.with_key(&[key], None, |shard, id, now_ms| shard.reserve(id, 100.into(), None, &Given(now_ms)).1)
        };
        for key in 0..64 {
            let before = reserve(key);
            assert_eq!(shared.restore(&foreign, None), Ok(()));
            reserve(key);
            let left = shared.with_key(&[key], None, |shard, id, now_ms| {
                shard.settle(id, before, (100.into(), 0.into()), None, now_ms);
                shard.peek(id, 0.into(), None, now_ms).rows.first().map(|row| row.remaining)
            });
            assert_eq!(left, Some(900), "key {key}");
        }
        Ok(())
    }

    #[test]
    fn a_full_snapshot_of_one_part_is_held_by_sixteen_as_far_as_each_has_room() -> Result<(), getrandom::Error> {
        let spec = spec(&[2], 1 << 16);
        let mut alone = spec.shard(0, 1);
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
}
