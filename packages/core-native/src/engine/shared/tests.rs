//! Threads on one engine.
use super::*;
use crate::clock::{Given, START_MS};
use crate::engine::policy::{Algorithm, Policy};
use crate::engine::shared::places::{Newcomer, Places};
use crate::engine::snapshot::Snapshot;
use std::thread;

pub(super) fn spec(limits: &[u64], max_keys: usize) -> Spec {
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
    let bytes = Shared::new(spec(&[1_000], 1 << 20))?.snapshot(None);
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
    assert_eq!(shared.stats().0, 0);
    Ok(())
}

#[test]
fn threads_take_of_all_policies_or_of_none() -> Result<(), getrandom::Error> {
    let shared = Shared::new(spec(&[700, 500, 900], 1 << 20))?;
    assert_eq!(admitted_by_four(&shared, 1), 500);
    let answer =
        shared.with_key(&[1], None, |_| Newcomer::Comes, |shard, id, now_ms| shard.peek(id, 1.into(), None, now_ms));
    assert_eq!(answer.rows.iter().map(|row| row.remaining).collect::<Vec<_>>(), [200, 0, 400]);
    Ok(())
}

#[test]
fn all_shards_together_hold_no_more_than_the_most_keys() -> Result<(), getrandom::Error> {
    let shared = Shared::new(spec(&[2], 1 << 17))?;
    for key in 0..(1_u32 << 18) {
        let units = [key.to_le_bytes(), [0; 4]].concat();
        let _ = shared.take(&units.iter().map(|&byte| u16::from(byte)).collect::<Vec<_>>(), 1, None);
    }
    let held = shared.stats().0;
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
        let bytes = shared.snapshot(Some(5_460));
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
    let foreign = Shared::new(spec(&[1_000], 1 << 20))?.snapshot(None);
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
fn a_full_snapshot_of_one_shard_is_held_by_many() -> Result<(), getrandom::Error> {
    let spec = spec(&[2], 1 << 16);
    let mut alone = spec.shard(0, 1, Places::Own(spec.max_keys));
    for id in 0..1_u64 << 16 {
        alone.take(id.wrapping_mul(0x9e37_79b9_7f4a_7c15), 1, &Given(START_MS));
    }
    let (policies, entries) = (alone.policies(), alone.kept(START_MS));
    let bytes = Snapshot { keeps: false, policies, seed: [1, 2], entries }.to_bytes();
    let shared = Shared::new(spec)?;
    assert_eq!(shared.restore(&bytes, None), Ok(()));
    let held = shared.stats().0;
    assert!(held <= 1 << 16 && held > (1 << 16) - (1 << 12), "{held} were held");
    Ok(())
}
