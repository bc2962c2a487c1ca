//! Reads a key out of JavaScript, whatever its length.

use napi::sys;
use std::mem::MaybeUninit;
use std::ptr;

/// Longer keys take a second call and the heap.
const STACK_UNITS: usize = 256;

/// Hands the key's UTF-16 units to `with`; `None` if the value is no string.
///
/// # Safety
/// `value` is a live value of `env`, in a callback on its thread.
pub(super) unsafe fn read<R>(env: sys::napi_env, value: sys::napi_value, with: impl FnOnce(&[u16]) -> R) -> Option<R> {
    let mut stack = [MaybeUninit::<u16>::uninit(); STACK_UNITS];
    let mut written = 0;
    // SAFETY: the buffer has STACK_UNITS units, and Node writes at most that many, its closing NUL included.
    let status = unsafe {
        sys::napi_get_value_string_utf16(env, value, stack.as_mut_ptr().cast(), STACK_UNITS, &raw mut written)
    };
    if status != sys::Status::napi_ok {
        return None;
    }
    if written == STACK_UNITS - 1 {
        // SAFETY: the caller's promise.
        return unsafe { read_long(env, value) }.map(|units| with(&units));
    }
    // SAFETY: Node has written the first `written` units, which are fewer than the buffer has.
    Some(with(unsafe { std::slice::from_raw_parts(stack.as_ptr().cast(), written) }))
}

/// A full buffer may be a key cut short: ask for its length first.
///
/// # Safety
/// As for [`read`].
unsafe fn read_long(env: sys::napi_env, value: sys::napi_value) -> Option<Vec<u16>> {
    let mut length = 0;
    // SAFETY: a null buffer asks for the length only.
    let status = unsafe { sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &raw mut length) };
    if status != sys::Status::napi_ok {
        return None;
    }
    let mut units = vec![0; length + 1];
    // SAFETY: the vector has room for the string and its closing NUL.
    let status =
        unsafe { sys::napi_get_value_string_utf16(env, value, units.as_mut_ptr(), units.len(), &raw mut length) };
    units.truncate(length);
    (status == sys::Status::napi_ok).then_some(units)
}
