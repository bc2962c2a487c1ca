//! Calls that happen once in a while: `#[napi]` writes their glue.

use super::calls;
use super::held::Held;
use crate::engine::calls::{Call, Engine, Kind};
use crate::engine::policy::{Algorithm, Policy};
use crate::engine::policy_changes::CallLimit;
use crate::engine::shard::Counts;
use crate::engine::shared::Spec;
use crate::engine::units::Units;
use crate::limiter::Limiter;
use crate::registry::{self, Refusal};
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::iter;
use std::rc::Rc;

/// `algorithm`, `limit`, `windowMs`, `burst`, `blockForMs` of one policy after the other.
const POLICY_NUMBERS: usize = 5;

/// Makes an engine, or joins the one of that name. `originMs`: the injected clock's reading now.
///
/// # Errors
/// `RangeError` where the name stands for a limiter of another kind.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value)] // `#[napi]` hands strings over owned
pub(super) fn create(
    env: Env,
    policies: Vec<f64>,
    max_keys: f64,
    admits_when_full: bool,
    origin_ms: Option<f64>,
    shared: Option<Utf16String>,
) -> Result<External<Rc<Held>>> {
    let spec = Spec {
        policies: read_policies(&policies),
        max_keys: usize::try_from(whole(max_keys)).unwrap_or(usize::MAX),
        admits_when_full,
        given_origin_ms: origin_ms.map(milliseconds),
    };
    let handle = match &shared {
        Some(name) => registry::join(name, spec.clone()).map(Limiter::shared),
        None => Limiter::alone(&spec).map_err(Refusal::NoRandomness),
    };
    match handle {
        Ok(handle) => Ok(External::new(Rc::new(Held::new(handle)))),
        Err(refusal) => Err(refuse(env, shared.as_deref(), &spec, &refusal)),
    }
}

fn read_policies(numbers: &[f64]) -> Vec<Policy> {
    numbers.chunks_exact(POLICY_NUMBERS).map(policy).collect()
}

fn policy(numbers: &[f64]) -> Policy {
    let number = |index: usize| whole(numbers.get(index).copied().unwrap_or_default());
    let algorithm = match number(0) {
        0 => Algorithm::FixedWindow,
        1 => Algorithm::SlidingWindow,
        _ => Algorithm::TokenBucket,
    };
    Policy { algorithm, limit: number(1), window_ms: number(2), burst: number(3), block_for_ms: number(4) }
}

/// The hot calls of a limiter: `take`, `check`, `peek`, `reserve`, `reset` and `block`.
///
/// # Errors
/// `TypeError` where `answer` is too short for an answer.
#[napi(catch_unwind)]
pub(super) fn hot_calls<'env>(
    env: &'env Env,
    handle: &External<Rc<Held>>,
    answer: Float64Array,
    policies: u32,
) -> Result<Object<'env>> {
    calls::register(env, Rc::clone(handle), answer, policies as usize)
}

/// Takes the cost from each of the keys, which come as one string with the length of each: 1 where it was allowed.
///
/// # Errors
/// `TypeError` where the lengths are not those of the string.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value)] // `#[napi]` hands them over owned
pub(super) fn take_many(
    env: Env,
    handle: &External<Rc<Held>>,
    keys: Utf16String,
    lengths: Uint32Array,
    cost: f64,
    now_ms: Option<f64>,
) -> Result<Uint8Array> {
    let mut rest: &[u16] = &keys;
    let mut cut = Vec::with_capacity(lengths.len());
    for &length in lengths.as_ref() {
        let Some((key, after)) = rest.split_at_checked(length as usize) else {
            return Err(Error::new(Status::InvalidArg, "lengths must be those of the keys"));
        };
        cut.push(key);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(Error::new(Status::InvalidArg, "lengths must be those of the keys"));
    }
    let allowed = handle.take_many(&cut, whole(cost), now_ms.map(milliseconds));
    tell(env, handle);
    Ok(Uint8Array::new(allowed))
}

/// Takes, peeks or reserves (`kind` 0, 1 or 2) by units of each policy and by limits of the call's own, if it has any.
/// Answers whether that is allowed, then what `check` leaves in its array: JavaScript reads all of it.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value)] // `#[napi]` hands strings over owned
pub(super) fn call(
    env: Env,
    handle: &External<Rc<Held>>,
    kind: u32,
    key: Utf16String,
    units: Vec<f64>,
    limits: Option<Vec<f64>>,
    now_ms: Option<f64>,
) -> Vec<f64> {
    let kind = match kind {
        0 => Kind::Check,
        1 => Kind::Peek,
        _ => Kind::Reserve,
    };
    let limits = limits.map(|limits| read_limits(&limits));
    let units = read_units(&units);
    let call = Call { units: units_of(&units), limits: limits.as_deref() };
    let (answer, number) = handle.call(kind, &key, call, now_ms.map(milliseconds));
    tell(env, handle);
    iter::once(f64::from(u8::from(answer.allowed))).chain(calls::numbers(&answer, number)).collect()
}

/// Settles what was reserved of a key under a number. Estimate and actual have one number for all policies, or one of
/// each; `limits` has `limit` and `burst` of each, where the call came with its own.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments)] // `#[napi]` hands strings over owned
pub(super) fn settle(
    env: Env,
    handle: &External<Rc<Held>>,
    key: Utf16String,
    number: f64,
    estimate: Vec<f64>,
    actual: Vec<f64>,
    limits: Option<Vec<f64>>,
    now_ms: Option<f64>,
) {
    let limits = limits.map(|limits| read_limits(&limits));
    let (estimate, actual) = (read_units(&estimate), read_units(&actual));
    let call = Call { units: units_of(&estimate), limits: limits.as_deref() };
    handle.settle(&key, whole(number), call, units_of(&actual), now_ms.map(milliseconds));
    tell(env, handle);
}

/// `limit` and `burst` of one policy after the other.
fn read_limits(numbers: &[f64]) -> Vec<CallLimit> {
    let (pairs, _) = numbers.as_chunks::<2>();
    pairs.iter().map(|&[limit, burst]| CallLimit { limit: whole(limit), burst: whole(burst) }).collect()
}

fn read_units(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().copied().map(whole).collect()
}

/// One number stands for all policies.
fn units_of(units: &[u64]) -> Units<'_> {
    match units {
        &[units] => Units::Same(units),
        units => Units::Each(units),
    }
}

/// Decides by other numbers from here on; the algorithms are the same.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value)] // `#[napi]` hands them over owned
pub(super) fn update(env: Env, handle: &External<Rc<Held>>, policies: Vec<f64>, now_ms: Option<f64>) {
    handle.update(&read_policies(&policies), now_ms.map(milliseconds));
    tell(env, handle);
}

/// The numbers of the policies that decide, without the algorithms.
#[napi(catch_unwind)]
#[allow(clippy::cast_precision_loss)] // all of them are below 2^53
pub(super) fn policies(handle: &External<Rc<Held>>) -> Vec<f64> {
    let numbers = |policy: Policy| [policy.limit, policy.window_ms, policy.burst, policy.block_for_ms];
    handle.policies().into_iter().flat_map(numbers).map(|number| number as f64).collect()
}

/// All that is live, as bytes.
#[napi(catch_unwind)]
pub(super) fn snapshot(handle: &External<Rc<Held>>, now_ms: Option<f64>) -> Uint8Array {
    Uint8Array::new(handle.snapshot(now_ms.map(milliseconds)))
}

/// Holds what bytes say, in the place of all that is held; answers why it can't, if it can't.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value)] // `#[napi]` hands them over owned
pub(super) fn restore(env: Env, handle: &External<Rc<Held>>, bytes: Uint8Array, now_ms: Option<f64>) -> Option<String> {
    let restored = handle.restore(&bytes, now_ms.map(milliseconds));
    tell(env, handle);
    restored.err().map(|damage| damage.to_string())
}

/// `[allowed, blocked, activeKeys, evictions, rejectedFull, …denied by policy]`.
#[napi(catch_unwind)]
#[allow(clippy::cast_precision_loss)] // 2^53 calls take 30 years at ten million a second
pub(super) fn stats(handle: &External<Rc<Held>>) -> Vec<f64> {
    let (active_keys, evictions, counts) = handle.stats();
    let Counts { allowed, blocked, rejected_full, denied } = counts;
    let numbers = [allowed, blocked, active_keys as u64, evictions, rejected_full];
    numbers.into_iter().chain(denied).map(|number| number as f64).collect()
}

/// The engine's own time, as a reading that calls could hand in.
#[napi(catch_unwind)]
#[allow(clippy::cast_precision_loss)] // 2^53 milliseconds are 285,000 years
pub(super) fn now_ms(handle: &External<Rc<Held>>) -> f64 {
    handle.now_ms() as f64
}

/// Forgets all keys.
#[napi(catch_unwind)]
pub(super) fn clear(env: Env, handle: &External<Rc<Held>>) {
    handle.clear();
    tell(env, handle);
}

/// Drops all that has expired and answers how many entries went.
#[napi(catch_unwind)]
#[allow(clippy::cast_precision_loss)] // a count of entries
pub(super) fn cleanup_expired(env: Env, handle: &External<Rc<Held>>, now_ms: Option<f64>) -> f64 {
    let dropped = handle.cleanup_expired(now_ms.map(milliseconds));
    tell(env, handle);
    dropped as f64
}

fn tell(env: Env, handle: &Held) {
    // SAFETY: a call of `env`, on its thread.
    unsafe { handle.tell(env.raw()) };
}

/// The limiter has checked that it is a safe integer from 0 up.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// A reading of the clock: a safe integer.
#[allow(clippy::cast_possible_truncation)]
fn milliseconds(ms: f64) -> i64 {
    ms as i64
}

fn refuse(env: Env, name: Option<&[u16]>, asked: &Spec, refusal: &Refusal) -> Error {
    let name = String::from_utf16_lossy(name.unwrap_or_default());
    let told = match refusal {
        Refusal::OtherPolicies(held) => env.throw_range_error(
            &format!("shared: {name:?} has the policy {} already, got {}", listed(held), listed(&asked.policies)),
            None,
        ),
        Refusal::OtherRoom(max_keys, admits) => env.throw_range_error(
            &format!("shared: {name:?} has maxKeys {max_keys} and onFull {} already", on_full(*admits)),
            None,
        ),
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

fn listed(policies: &[Policy]) -> String {
    policies.iter().map(|policy| format!("({policy})")).collect::<Vec<_>>().join(", ")
}

fn on_full(admits: bool) -> &'static str {
    if admits { "'admit'" } else { "'deny'" }
}
