//! The engines that have a name: one for all worker threads of the process.
#![forbid(unsafe_code)]

use crate::engine::{Shared, Spec};
use crate::policy::Policy;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// A name is UTF-16 as JavaScript has it. What the last holder lets go of is freed.
static SHARED: LazyLock<Mutex<HashMap<Vec<u16>, Weak<Shared>>>> = LazyLock::new(Mutex::default);

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

/// The engine of that name, made now if nobody holds it.
///
/// Whoever asks for the policies that it was made with gets those that it has been updated to.
///
/// # Errors
/// Where the name stands for a limiter of another kind; nothing is changed then.
pub fn join(name: &[u16], spec: Spec) -> Result<Arc<Shared>, Refusal> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = shared.get(name).and_then(Weak::upgrade) {
        return same_kind(engine, &spec);
    }
    let engine = Arc::new(Shared::new(spec).map_err(Refusal::NoRandomness)?);
    shared.retain(|_, engine| engine.strong_count() > 0);
    shared.insert(name.to_vec(), Arc::downgrade(&engine));
    Ok(engine)
}

fn same_kind(engine: Arc<Shared>, asked: &Spec) -> Result<Arc<Shared>, Refusal> {
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
    Ok(engine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Algorithm;

    fn spec(limit: u64) -> Spec {
        let algorithm = Algorithm::FixedWindow;
        let policy = Policy { algorithm, limit, window_ms: 1_000, burst: limit, block_for_ms: 0 };
        Spec { policies: vec![policy], max_keys: 10, admits_when_full: false, given_origin_ms: None }
    }

    fn units(name: &str) -> Vec<u16> {
        name.encode_utf16().collect()
    }

    #[test]
    fn a_name_is_one_engine_while_somebody_holds_it() -> Result<(), Refusal> {
        let name = units("one engine");
        let one = join(&name, spec(1))?;
        let two = join(&name, spec(1))?;
        assert!(one.take(&[7], 1, None));
        assert!(!two.take(&[7], 1, None));
        drop((one, two));
        assert!(join(&name, spec(1))?.take(&[7], 1, None));
        Ok(())
    }

    #[test]
    fn another_kind_is_refused() -> Result<(), Refusal> {
        let name = units("another kind");
        let held = join(&name, spec(1))?;
        assert_eq!(join(&name, spec(2)).err(), Some(Refusal::OtherPolicies(spec(1).policies)));
        assert_eq!(join(&name, Spec { given_origin_ms: Some(0), ..spec(1) }).err(), Some(Refusal::OtherClock));
        assert_eq!(join(&name, Spec { max_keys: 11, ..spec(1) }).err(), Some(Refusal::OtherRoom(10, false)));
        drop(held);
        join(&name, spec(2)).map(drop)
    }
}
