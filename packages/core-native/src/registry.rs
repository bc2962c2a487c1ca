//! The engines that have a name: one for all worker threads of the process.
#![forbid(unsafe_code)]

use crate::engine::calls::Engine;
use crate::engine::policy::Policy;
use crate::engine::shared::{Shared, Spec};
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

static SHARED: LazyLock<Registry> = LazyLock::new(Registry::default);

/// A name is UTF-16 as JavaScript has it. What nobody holds stays while anything in it is live: threads come and go,
/// and who comes next is denied what those before have used.
struct Registry {
    names: DashMap<Vec<u16>, Named>,
}

/// Names are looked up once in the life of a limiter.
const SHARDS: usize = 4;

impl Default for Registry {
    fn default() -> Self {
        Self { names: DashMap::with_shard_amount(SHARDS) }
    }
}

struct Named {
    /// Whoever else has a share of it got it from [`join`], under its lock.
    engine: Arc<Shared>,
    /// When nobody was seen to hold it.
    left: Option<Instant>,
}

/// Why a name can't be joined.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The name stands for other policies.
    OtherPolicies(Vec<Policy>),
    /// It has another most of keys, or does something else when it is full.
    OtherRoom(usize, bool),
    /// One of the two has an injected clock and the other has none.
    OtherClock,
    /// The system has no randomness to give.
    NoRandomness(getrandom::Error),
}

/// The engine of that name: the one that somebody holds, or that was left with something live in it, or a new one.
///
/// Whoever asks for the policies that it was made with gets those that it has been updated to. One that was left goes
/// on with other numbers; where it can't, since it is of another kind, it is made anew.
///
/// Each call lets go of all that was left and has nothing live: O(names), and once O(entries) of what has expired.
///
/// # Errors
/// Where the name stands for a limiter of another kind that somebody holds; nothing is changed then.
pub fn join(name: &[u16], spec: Spec) -> Result<Arc<Shared>, Refusal> {
    SHARED.join(name, spec, Instant::now())
}

impl Registry {
    fn join(&self, name: &[u16], spec: Spec, now: Instant) -> Result<Arc<Shared>, Refusal> {
        self.names.retain(|_, named| named.matters(now));
        match self.names.entry(name.to_vec()) {
            Entry::Vacant(vacant) => {
                let engine = made(spec)?;
                vacant.insert(Named { engine: Arc::clone(&engine), left: None });
                Ok(engine)
            }
            Entry::Occupied(mut occupied) => {
                let Named { engine, left } = occupied.get_mut();
                match Arc::get_mut(engine) {
                    None => return same_kind(engine, &spec),
                    Some(alone) if alone.can_go_on_as(&spec) => alone.go_on_as(spec),
                    Some(_) => *engine = made(spec)?,
                }
                *left = None;
                Ok(Arc::clone(engine))
            }
        }
    }
}

fn made(spec: Spec) -> Result<Arc<Shared>, Refusal> {
    Shared::new(spec).map(Arc::new).map_err(Refusal::NoRandomness)
}

impl Named {
    /// Whether somebody holds it, or it has anything live.
    fn matters(&mut self, now: Instant) -> bool {
        if Arc::strong_count(&self.engine) > 1 {
            self.left = None;
            return true;
        }
        let left = *self.left.get_or_insert(now);
        self.engine.is_live(now.saturating_duration_since(left))
    }
}

fn same_kind(engine: &Arc<Shared>, asked: &Spec) -> Result<Arc<Shared>, Refusal> {
    let Spec { policies, max_keys, admits_when_full, given_origin_ms } = &engine.spec;
    let current = engine.policies();
    if *policies != asked.policies && current != asked.policies {
        return Err(Refusal::OtherPolicies(current));
    }
    if given_origin_ms.is_some() != asked.given_origin_ms.is_some() {
        return Err(Refusal::OtherClock);
    }
    if (*max_keys, *admits_when_full) != (asked.max_keys, asked.admits_when_full) {
        return Err(Refusal::OtherRoom(*max_keys, *admits_when_full));
    }
    Ok(Arc::clone(engine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::policy::Algorithm;
    use crate::engine::shared::places::Newcomer;
    use std::time::Duration;

    const HOUR_MS: u64 = 3_600_000;

    fn spec(limit: u64) -> Spec {
        let algorithm = Algorithm::FixedWindow;
        let policy = Policy { algorithm, limit, window_ms: HOUR_MS, burst: limit, block_for_ms: 0 };
        Spec { policies: vec![policy], max_keys: 10, admits_when_full: false, given_origin_ms: None }
    }

    fn units(name: &str) -> Vec<u16> {
        name.encode_utf16().collect()
    }

    fn timed(limit: u64, given_ms: i64) -> Spec {
        Spec { given_origin_ms: Some(given_ms), ..spec(limit) }
    }

    #[test]
    fn a_name_is_one_engine_whoever_holds_it_and_one_after_the_other() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let name = units("one engine");
        let one = names.join(&name, spec(2), now)?;
        let two = names.join(&name, spec(2), now)?;
        assert!(one.take(&[7], 1, None));
        drop(one);
        assert!(two.take(&[7], 1, None));
        drop(two);
        for _ in 0..4 {
            assert!(!names.join(&name, spec(2), now)?.take(&[7], 1, None));
        }
        Ok(())
    }

    #[test]
    fn what_was_left_goes_with_the_next_join_of_any_name_once_nothing_in_it_is_live() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let (empty, used, blocked) = (units("empty"), units("used"), units("blocked"));
        drop(names.join(&empty, timed(2, 0), now)?);
        assert!(names.join(&used, timed(2, 0), now)?.take(&[7], 1, Some(0)));
        let longer = names.join(&blocked, timed(2, 0), now)?;
        assert!(longer.with_key(
            &[7],
            Some(0),
            |_| Newcomer::Comes,
            |shard, id, now_ms| shard.block(id, 10 * HOUR_MS, now_ms)
        ));
        drop(longer);
        let known_after = |ms| -> Result<_, Refusal> {
            drop(names.join(&units("another"), spec(1), now + Duration::from_millis(ms))?);
            Ok([&empty, &used, &blocked].map(|name| names.names.contains_key(name)))
        };
        assert_eq!(known_after(0)?, [false, true, true]);
        assert_eq!(known_after(HOUR_MS - 1)?, [false, true, true]);
        assert_eq!(known_after(2 * HOUR_MS)?, [false, false, true]);
        assert!(names.join(&used, timed(2, 0), now)?.take(&[7], 2, Some(0)));
        assert!(!names.join(&blocked, timed(2, 0), now)?.take(&[7], 1, Some(0)));
        Ok(())
    }

    #[test]
    fn what_was_left_on_the_engines_own_clock_goes_when_its_time_has_come() -> Result<(), Refusal> {
        let names = Registry::default();
        let mut short = spec(1);
        short.policies.iter_mut().for_each(|policy| policy.window_ms = 1);
        let name = units("short");
        assert!(names.join(&name, short, Instant::now())?.take(&[7], 1, None));
        while names.names.contains_key(&name) {
            drop(names.join(&units("another"), spec(1), Instant::now())?);
        }
        Ok(())
    }

    #[test]
    fn what_is_held_stays_however_long_nothing_in_it_is_live() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let name = units("held");
        let held = names.join(&name, spec(3), now)?;
        assert!(held.take(&[7], 0, None));
        drop(names.join(&units("another"), spec(1), now)?);
        assert_eq!(names.join(&name, spec(3), now)?.stats().2.allowed, 1);
        Ok(())
    }

    #[test]
    fn a_name_that_comes_back_with_other_numbers_goes_on_with_them() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let name = units("other numbers");
        assert!(names.join(&name, spec(5), now)?.take(&[7], 3, None));
        let more = names.join(&name, spec(7), now)?;
        assert_eq!(more.policies(), spec(7).policies);
        assert!(!more.take(&[7], 5, None) && more.take(&[7], 4, None));
        assert!(names.join(&name, spec(7), now).is_ok());
        assert_eq!(names.join(&name, spec(5), now).err(), Some(Refusal::OtherPolicies(spec(7).policies)));
        Ok(())
    }

    #[test]
    fn a_name_that_was_updated_and_left_keeps_that_for_who_asks_as_it_was_made() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let name = units("updated and left");
        let held = names.join(&name, spec(5), now)?;
        assert!(held.take(&[7], 3, None));
        held.update(&spec(4).policies, None);
        drop(held);
        for asked in [5, 4, 5] {
            assert_eq!(names.join(&name, spec(asked), now)?.policies(), spec(4).policies);
        }
        Ok(())
    }

    #[test]
    fn a_name_that_comes_back_as_another_kind_is_made_anew() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let mut sliding = spec(1);
        sliding.policies.iter_mut().for_each(|policy| policy.algorithm = Algorithm::SlidingWindow);
        let mut two = spec(1);
        two.policies.extend(spec(1).policies);
        let kinds =
            [sliding, two, timed(1, 0), Spec { max_keys: 11, ..spec(1) }, Spec { admits_when_full: true, ..spec(1) }];
        let name = units("another kind comes back");
        for kind in kinds {
            assert!(names.join(&name, spec(1), now)?.take(&[7], 1, None));
            let anew = names.join(&name, kind.clone(), now)?;
            assert!(anew.take(&[7], 1, kind.given_origin_ms));
            assert_eq!(anew.spec, kind);
        }
        Ok(())
    }

    #[test]
    fn another_kind_is_refused_while_somebody_holds_the_name() -> Result<(), Refusal> {
        let (names, now) = (Registry::default(), Instant::now());
        let name = units("another kind");
        let held = names.join(&name, spec(1), now)?;
        assert_eq!(names.join(&name, spec(2), now).err(), Some(Refusal::OtherPolicies(spec(1).policies)));
        assert_eq!(names.join(&name, timed(1, 0), now).err(), Some(Refusal::OtherClock));
        assert_eq!(names.join(&name, Spec { max_keys: 11, ..spec(1) }, now).err(), Some(Refusal::OtherRoom(10, false)));
        drop(held);
        names.join(&name, spec(2), now).map(drop)
    }
}
