//! Calls that happen once in a while: `#[napi]` writes their glue.

use super::hot;
use crate::engine::Engine;
use crate::handle::Handle;
use crate::policy::Policy;
use crate::registry::{self, Refusal};
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::rc::Rc;

/// What an empty engine takes, in bytes: told to the garbage collector, which sees a handle only.
const EMPTY_ENGINE_BYTES: usize = 20_000;

/// Makes an engine, or joins the one of that name.
///
/// # Errors
/// `RangeError` where the name stands for a limiter of another kind.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value)] // `#[napi]` hands strings over owned
pub(super) fn create(
    env: Env,
    limit: f64,
    window_ms: f64,
    given_clock: bool,
    shared: Option<Utf16String>,
) -> Result<External<Rc<Handle>>> {
    let policy = Policy { limit: whole(limit), window_ms: whole(window_ms) };
    let handle = match &shared {
        Some(name) => registry::join(name, policy, given_clock).map(Handle::shared),
        None => Engine::new(policy, given_clock).map(Handle::alone).map_err(Refusal::NoRandomness),
    };
    match handle {
        Ok(handle) => Ok(External::new_with_size_hint(Rc::new(handle), EMPTY_ENGINE_BYTES)),
        Err(refusal) => Err(refuse(env, shared.as_deref(), policy, &refusal)),
    }
}

/// The hot calls of a limiter: `take`, `check`, `peek` and `reset`.
///
/// # Errors
/// `TypeError` where `answer` is too short for an answer.
#[napi(catch_unwind)]
pub(super) fn hot_calls<'env>(
    env: &'env Env,
    handle: &External<Rc<Handle>>,
    answer: Float64Array,
    narrow: bool,
) -> Result<Object<'env>> {
    hot::register(env, Rc::clone(handle), answer, narrow)
}

/// `[allowed, blocked, activeKeys]`.
#[napi(catch_unwind)]
#[allow(clippy::cast_precision_loss)] // 2^53 calls take 30 years at ten million a second
pub(super) fn stats(handle: &External<Rc<Handle>>) -> Vec<f64> {
    let (sums, active_keys) = handle.with(|engine| (engine.tallies.sums(), engine.active_keys()));
    vec![sums.allowed as f64, sums.blocked as f64, active_keys as f64]
}

/// Forgets all keys.
#[napi(catch_unwind)]
pub(super) fn clear(handle: &External<Rc<Handle>>) {
    handle.clear();
}

/// Drops all that has expired and answers how many entries went.
#[napi(catch_unwind)]
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // a count of entries; a safe integer
pub(super) fn cleanup_expired(handle: &External<Rc<Handle>>, now_ms: Option<f64>) -> f64 {
    handle.with(|engine| engine.cleanup_expired(now_ms.map(|ms| ms as i64))) as f64
}

/// The limiter has checked that it is a safe integer from 0 up.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

fn refuse(env: Env, name: Option<&[u16]>, policy: Policy, refusal: &Refusal) -> Error {
    let name = String::from_utf16_lossy(name.unwrap_or_default());
    let told = match refusal {
        Refusal::OtherPolicy(held) => {
            env.throw_range_error(&format!("shared: {name:?} has the policy ({held}) already, got ({policy})"), None)
        }
        Refusal::OtherClock => env.throw_range_error(
            &format!("shared: {name:?}: either all limiters of the name have a clock of their own or none has"),
            None,
        ),
        Refusal::NoRandomness(error) => {
            env.throw_error(&format!("the system gave no randomness to hash keys with: {error}"), None)
        }
    };
    told.err().unwrap_or_else(|| Error::new(Status::PendingException, String::new()))
}
