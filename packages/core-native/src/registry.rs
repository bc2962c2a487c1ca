//! The engines that have a name: one for all worker threads of the process.
#![forbid(unsafe_code)]

use crate::engine::Engine;
use crate::policy::Policy;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// A name is UTF-16 as JavaScript has it. What the last holder lets go of is freed.
static SHARED: LazyLock<Mutex<HashMap<Vec<u16>, Weak<Engine>>>> = LazyLock::new(Mutex::default);

/// Why a name can't be joined.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The name stands for another policy.
    OtherPolicy(Policy),
    /// One of the two has an injected clock and the other has none.
    OtherClock,
    /// The system has no randomness to give.
    NoRandomness(getrandom::Error),
}

/// The engine of that name, made now if nobody holds it.
///
/// # Errors
/// Where the name stands for a limiter of another kind; nothing is changed then.
pub fn join(name: &[u16], policy: Policy, given_clock: bool) -> Result<Arc<Engine>, Refusal> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = shared.get(name).and_then(Weak::upgrade) {
        return same_kind(engine, policy, given_clock);
    }
    let engine = Arc::new(Engine::new(policy, given_clock).map_err(Refusal::NoRandomness)?);
    shared.retain(|_, engine| engine.strong_count() > 0);
    shared.insert(name.to_vec(), Arc::downgrade(&engine));
    Ok(engine)
}

fn same_kind(engine: Arc<Engine>, policy: Policy, given_clock: bool) -> Result<Arc<Engine>, Refusal> {
    if engine.policy != policy {
        return Err(Refusal::OtherPolicy(engine.policy));
    }
    if engine.given_clock != given_clock {
        return Err(Refusal::OtherClock);
    }
    Ok(engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { limit: 1, window_ms: 1_000 };

    fn units(name: &str) -> Vec<u16> {
        name.encode_utf16().collect()
    }

    #[test]
    fn a_name_is_one_engine_while_somebody_holds_it() -> Result<(), Refusal> {
        let name = units("one engine");
        let one = join(&name, POLICY, false)?;
        let two = join(&name, POLICY, false)?;
        assert!(one.take(&[7], 1, None));
        assert!(!two.take(&[7], 1, None));
        drop((one, two));
        assert!(join(&name, POLICY, false)?.take(&[7], 1, None));
        Ok(())
    }

    #[test]
    fn another_policy_or_clock_is_refused() -> Result<(), Refusal> {
        let name = units("another policy");
        let held = join(&name, POLICY, false)?;
        let other = Policy { limit: 2, ..POLICY };
        assert_eq!(join(&name, other, false).err(), Some(Refusal::OtherPolicy(POLICY)));
        assert_eq!(join(&name, POLICY, true).err(), Some(Refusal::OtherClock));
        drop(held);
        join(&name, other, false).map(drop)
    }
}
