//! The calls of every request, registered by hand: one function per limiter, with the limiter as its data.
//!
//! Each takes `(key, cost?, now?)`; a cost left out is 1 and a time left out is the engine's own. Each
//! answers the key for yes and `undefined` for no, since both are at hand: a boolean would take one more call.

use super::held::Held;
use super::key;
use crate::engine::calls::Engine;
use crate::engine::rows::Row;
use crate::engine::shard::Answer;
use napi::bindgen_prelude::{Float64Array, JsValue, Object, ToNapiValue};
use napi::{Env, Error, Status, check_status, sys};
use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;
use std::slice;

/// What the functions of one limiter share.
struct Bound {
    handle: Rc<Held>,
    /// Where `check` and `peek` leave their numbers; JavaScript allocated it, since building an object here
    /// would cost more than the decision.
    answer: *mut f64,
    /// How many numbers there is room for.
    numbers: usize,
    /// Keeps the memory behind `answer` alive as long as the functions are.
    answer_ref: sys::napi_ref,
}

/// `limit`, `remaining`, `resetAfterMs` and `retryAfterMs` of each policy, after the index of the one that binds a denial
/// and the number of a reservation.
const ROW_NUMBERS: usize = 4;
const FIRST_NUMBERS: usize = 2;

/// Makes the functions of one limiter. They hold it until they are collected, all of them.
pub(super) fn register(
    env: &Env,
    handle: Rc<Held>,
    mut answer: Float64Array,
    policies: usize,
) -> napi::Result<Object<'_>> {
    let numbers = FIRST_NUMBERS + policies * ROW_NUMBERS;
    if answer.len() < numbers {
        return Err(Error::new(Status::InvalidArg, format!("answer must have {numbers} numbers")));
    }
    // SAFETY: we are in a callback of `env`, on its thread. The functions made below take it back.
    unsafe { handle.tell(env.raw()) };
    let calls = Object::new(env)?;
    // SAFETY: the memory of a typed array that Node-API has handed out stays in place until it is collected,
    // which the reference below prevents, or detached, which the loader's array, seen by nobody else, never is.
    let memory = unsafe { answer.as_mut().as_mut_ptr() };
    // SAFETY: we are in a callback of `env`, on its thread.
    let array = unsafe { ToNapiValue::to_napi_value(env.raw(), answer)? };
    let mut answer_ref = ptr::null_mut();
    // SAFETY: `array` is a live object of `env`.
    check_status!(unsafe { sys::napi_create_reference(env.raw(), array, 1, &raw mut answer_ref) })?;
    let bound = Rc::new(Bound { handle, answer: memory, numbers, answer_ref });
    for (name, callback) in CALLS {
        // SAFETY: `calls` is a live object of `env`, and each callback reads its data as `Bound`.
        unsafe { set_function(env.raw(), calls.raw(), name, callback, Rc::clone(&bound)) }?;
    }
    Ok(calls)
}

type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

const CALLS: [(&CStr, Callback); 6] =
    [(c"take", take), (c"check", check), (c"peek", peek), (c"reserve", reserve), (c"reset", reset), (c"block", block)];

/// # Safety
/// `object` is a live object of `env`, in a callback on its thread.
unsafe fn set_function(
    env: sys::napi_env,
    object: sys::napi_value,
    name: &CStr,
    callback: Callback,
    bound: Rc<Bound>,
) -> napi::Result<()> {
    let data = Rc::into_raw(bound).cast_mut().cast::<c_void>();
    let mut function = ptr::null_mut();
    // SAFETY: `name` ends with a NUL, and `data` lives until the finalizer below gives it back.
    check_status!(unsafe {
        sys::napi_create_function(env, name.as_ptr(), -1, Some(callback), data, &raw mut function)
    })?;
    // SAFETY: `function` was made above and carries `data`.
    check_status!(unsafe {
        sys::napi_add_finalizer(env, function, data, Some(release), ptr::null_mut(), ptr::null_mut())
    })?;
    // SAFETY: all three are live values of `env`.
    check_status!(unsafe { sys::napi_set_named_property(env, object, name.as_ptr(), function) })
}

/// Gives a collected function's share back; the last one frees the limiter.
unsafe extern "C" fn release(env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `data` came from `Rc::into_raw` in `set_function`, and Node calls a finalizer once.
    let Some(bound) = Rc::into_inner(unsafe { Rc::from_raw(data.cast::<Bound>()) }) else { return };
    // SAFETY: a finalizer runs on the thread of its `env`, which may be told of memory there. The reference was made
    // in `register` and nothing else deletes it.
    unsafe {
        bound.handle.take_back(env);
        sys::napi_delete_reference(env, bound.answer_ref)
    };
}

unsafe extern "C" fn take(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node calls with a live `env` and `info`, and the data that `set_function` gave.
    unsafe { decide(env, info, |call, key| call.bound.handle.take(key, call.cost, call.now_ms)) }
}

unsafe extern "C" fn check(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as in `take`.
    unsafe { decide(env, info, |call, key| call.tell(&call.bound.handle.check(key, call.cost, call.now_ms), 0)) }
}

unsafe extern "C" fn peek(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as in `take`.
    unsafe { decide(env, info, |call, key| call.tell(&call.bound.handle.peek(key, call.cost, call.now_ms), 0)) }
}

unsafe extern "C" fn reserve(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as in `take`.
    unsafe {
        decide(env, info, |call, key| {
            let (answer, number) = call.bound.handle.reserve(key, call.cost, call.now_ms);
            call.tell(&answer, number)
        })
    }
}

unsafe extern "C" fn reset(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as in `take`.
    unsafe { decide(env, info, |call, key| call.bound.handle.reset(key, call.now_ms)) }
}

/// Its second argument is a time in milliseconds, not a cost.
unsafe extern "C" fn block(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as in `take`.
    unsafe { decide(env, info, |call, key| call.bound.handle.block(key, call.cost, call.now_ms)) }
}

/// What JavaScript reads of an answer, and of a reservation that was made with it.
pub(super) fn numbers(answer: &Answer, reservation: u64) -> impl Iterator<Item = f64> {
    first_numbers(answer, reservation).into_iter().chain(answer.rows.iter().flat_map(row_numbers))
}

fn first_numbers(answer: &Answer, reservation: u64) -> [f64; FIRST_NUMBERS] {
    [number_of(answer.binding as u64), number_of(reservation)]
}

#[inline]
fn row_numbers(row: &Row) -> [f64; ROW_NUMBERS] {
    let retry_after_ms = row.retry_after_ms.map_or(-1.0, number_of);
    [number_of(row.limit), number_of(row.remaining), number_of(row.reset_after_ms), retry_after_ms]
}

/// All of them are below 2^53: so they are signed ones too, which a processor turns into a float by one instruction.
#[inline]
#[allow(clippy::cast_precision_loss)]
fn number_of(number: u64) -> f64 {
    number.cast_signed() as f64
}

struct Call<'a> {
    bound: &'a Bound,
    key: sys::napi_value,
    cost: u64,
    now_ms: Option<i64>,
}

impl Call<'_> {
    fn answer(&self, yes: bool) -> sys::napi_value {
        if yes { self.key } else { ptr::null_mut() }
    }

    /// Leaves the numbers where JavaScript reads them, and passes on whether the cost was allowed.
    fn tell(&self, answer: &Answer, reservation: u64) -> bool {
        // SAFETY: `answer` has room for `numbers` of them, is kept alive by `answer_ref`, and is touched by this thread
        // alone, which runs no JavaScript meanwhile.
        let room = unsafe { slice::from_raw_parts_mut(self.bound.answer, self.bound.numbers) };
        if let Some((first, rows)) = room.split_first_chunk_mut() {
            *first = first_numbers(answer, reservation);
            for (numbers, row) in rows.as_chunks_mut().0.iter_mut().zip(answer.rows.iter()) {
                *numbers = row_numbers(row);
            }
        }
        answer.allowed
    }
}

/// Reads the call, decides, and answers yes or no; a panic ends here, as a JavaScript error.
///
/// # Safety
/// `info` belongs to a function that `set_function` made in `env`.
#[inline]
unsafe fn decide(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    decision: impl FnOnce(&Call, &[u16]) -> bool,
) -> sys::napi_value {
    // SAFETY: the caller's promise.
    let decided = catch_unwind(AssertUnwindSafe(|| unsafe {
        let call = read_call(env, info)?;
        let answer =
            key::read(env, call.key, |key| call.answer(decision(&call, key))).ok_or(c"key must be a string")?;
        call.bound.handle.tell(env);
        Ok(answer)
    }));
    match decided {
        Ok(Ok(answer)) => answer,
        // SAFETY: `env` is live.
        Ok(Err(message)) => unsafe { throw_type_error(env, message) },
        // SAFETY: `env` is live.
        Err(_) => unsafe { throw_type_error(env, c"headgate: the native engine panicked; this is a bug") },
    }
}

/// # Safety
/// As for [`decide`].
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked in JavaScript; a cast saturates
unsafe fn read_call<'a>(env: sys::napi_env, info: sys::napi_callback_info) -> Result<Call<'a>, &'static CStr> {
    let mut given = 3;
    let mut values = [ptr::null_mut(); 3];
    let mut data = ptr::null_mut();
    // SAFETY: there is room for three values, and Node fills those that were not given with `undefined`.
    let status = unsafe {
        sys::napi_get_cb_info(env, info, &raw mut given, values.as_mut_ptr(), ptr::null_mut(), &raw mut data)
    };
    if status != sys::Status::napi_ok {
        return Err(c"headgate: the call can't be read");
    }
    let [key, cost, now] = values;
    // SAFETY: both are live values of `env`.
    let (cost, now) = unsafe {
        (
            if given > 1 { Some(number(env, cost)?) } else { None },
            if given > 2 { Some(number(env, now)?) } else { None },
        )
    };
    Ok(Call {
        // SAFETY: the function holds a share of `Bound` while it is being called.
        bound: unsafe { &*data.cast::<Bound>() },
        key,
        cost: cost.map_or(1, |cost| cost as u64),
        now_ms: now.map(|ms| ms as i64),
    })
}

/// # Safety
/// `value` is a live value of `env`.
#[inline]
unsafe fn number(env: sys::napi_env, value: sys::napi_value) -> Result<f64, &'static CStr> {
    let mut number = 0.0;
    // SAFETY: the caller's promise.
    let status = unsafe { sys::napi_get_value_double(env, value, &raw mut number) };
    if status == sys::Status::napi_ok { Ok(number) } else { Err(c"cost and now must be numbers") }
}

/// # Safety
/// `env` is live.
#[cold]
unsafe fn throw_type_error(env: sys::napi_env, message: &CStr) -> sys::napi_value {
    // SAFETY: the message ends with a NUL. What is returned beside an exception is not looked at.
    unsafe { sys::napi_throw_type_error(env, ptr::null(), message.as_ptr()) };
    ptr::null_mut()
}
