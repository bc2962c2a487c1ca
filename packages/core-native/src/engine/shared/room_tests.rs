//! Room that shards share.

use super::places::Newcomer;
use super::tests::spec;
use super::*;
use std::thread;

#[test]
fn shards_share_the_room_for_keys_and_the_least_used_go_first() -> Result<(), getrandom::Error> {
    let most = KEYS_FOR_SHARDS;
    let shared = Shared::new(Spec { given_origin_ms: Some(0), ..spec(&[100], most) })?;
    let key =
        |number: usize| [u16::try_from(number % 60_000).unwrap_or(0), u16::try_from(number / 60_000).unwrap_or(0)];
    let held = || shared.stats().0;
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
fn few_keys_are_one_shard_of_which_equals_go_in_the_order_in_which_they_came() -> Result<(), getrandom::Error> {
    for most in [1, 2, 100, KEYS_FOR_SHARDS - 1] {
        let shared = Shared::new(Spec { given_origin_ms: Some(0), ..spec(&[100], most) })?;
        let key = |number: usize| [u16::try_from(number).unwrap_or(0)];
        let left = |number| shared.peek(&key(number), 0, Some(0)).rows.first().map(|row| row.remaining);
        assert_eq!(shared.count, 1);
        for number in 0..2 * most {
            assert!(shared.take(&key(number), 1, Some(0)));
            assert_eq!(left(number), Some(99));
            if let Some(gone) = number.checked_sub(most) {
                assert_eq!((left(gone), left(gone + 1)), (Some(100), Some(99)));
            }
        }
    }
    Ok(())
}

#[test]
fn no_key_of_any_shard_goes_while_another_ranks_lower() -> Result<(), getrandom::Error> {
    let most = KEYS_FOR_SHARDS;
    let shared = Shared::new(Spec { given_origin_ms: Some(0), ..spec(&[100], most) })?;
    let key = |number: usize| [u16::try_from(number).unwrap_or(0)];
    // All but a hundred have used half of their limit, so most shards soon have nothing else.
    let has_used_half = |number: usize| !number.is_multiple_of(most / 100);
    for number in 0..most {
        assert!(shared.take(&key(number), if has_used_half(number) { 50 } else { 1 }, Some(0)));
    }
    for number in most..4 * most {
        assert!(shared.take(&key(number), 1, Some(0)));
    }
    for number in (0..most).filter(|&number| has_used_half(number)) {
        assert_eq!(shared.peek(&key(number), 0, Some(0)).rows.first().map(|row| row.remaining), Some(50));
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
    // All windows are of ten million milliseconds, so none of the shards has a place much before.
    for answer in [shared.check(&other, 1, Some(1)), peek(1)] {
        let wait_ms = answer.rows.first().and_then(|row| row.retry_after_ms);
        assert!(!answer.allowed && wait_ms.is_some_and(|ms| ms > 9_000_000), "{wait_ms:?}");
    }
    assert!(!shared.take(&other, 1, Some(1)));
    assert!(peek(20_000_000).allowed && shared.take(&other, 1, Some(20_000_000)));
    Ok(())
}

#[test]
fn threads_that_bring_new_keys_never_hold_more_than_there_is_room_for() -> Result<(), getrandom::Error> {
    let most = KEYS_FOR_SHARDS;
    let shared = Shared::new(spec(&[100], most))?;
    let bytes = Shared::new(spec(&[100], most))?.snapshot(None);
    thread::scope(|scope| {
        for thread in 0..4_u16 {
            let shared = &shared;
            scope.spawn(move || (0..30_000).for_each(|number| assert!(shared.take(&[thread, number], 1, None))));
        }
        scope.spawn(|| {
            for _ in 0..20 {
                assert!(shared.stats().0 <= most + 4);
                assert_eq!(shared.restore(&bytes, None), Ok(()));
            }
        });
    });
    assert!(shared.stats().0 <= most);
    let free = shared.budget.as_ref().map(|budget| budget.free());
    assert_eq!(free, Some(most - shared.stats().0));
    Ok(())
}

#[test]
fn a_full_engine_foresees_what_a_call_of_a_new_key_comes_to() -> Result<(), getrandom::Error> {
    let most = KEYS_FOR_SHARDS;
    for limit in [1, 4] {
        let mut spec = Spec { given_origin_ms: Some(0), ..spec(&[limit], most) };
        spec.policies.iter_mut().for_each(|policy| policy.window_ms = 1_000);
        let shared = Shared::new(spec)?;
        let mut random = 1_u64;
        for call in 0..100_000 {
            let now_ms = call / 40; // several times as many calls in a window as there is room for keys
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let [.., low, high, cost] = random.to_be_bytes().map(u16::from);
            let key = [low, high];
            let cost = u64::from(cost) % (limit + 1);
            let foreseen = shared.peek(&key, cost, Some(now_ms));
            let answer = shared.check(&key, cost, Some(now_ms));
            assert_eq!(foreseen.allowed, answer.allowed, "call {call}");
            if !answer.allowed {
                assert_eq!(foreseen, answer, "call {call}");
            }
        }
        let (held, evictions, counts) = shared.stats();
        assert!(held <= most && evictions + counts.rejected_full > 1_000, "{held}, {evictions}, {counts:?}");
        assert_eq!(shared.budget.as_ref().map(|budget| budget.free()), Some(most - held));
    }
    Ok(())
}
