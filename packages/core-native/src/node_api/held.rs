//! A limiter as JavaScript holds it: the garbage collector is told what it takes.

use crate::limiter::Limiter;
use napi::sys;
use std::cell::Cell;
use std::ops::Deref;

/// A handle, and what V8 was told of it: it sees an object of a few words, and would leave a hundred megabytes lie.
///
/// An engine that has a shared name is told of by nobody: it is no isolate's, and collecting a limiter of it frees
/// nothing while others hold it or anything in it is live.
pub(super) struct Held {
    handle: Limiter,
    told: Cell<usize>,
}

impl Held {
    pub(super) fn new(handle: Limiter) -> Self {
        Self { handle, told: Cell::new(0) }
    }

    /// Tells V8 by how much the engine has grown or shrunk since. It may collect garbage meanwhile.
    ///
    /// # Safety
    /// `env` is live, and the caller is on its thread.
    #[inline]
    pub(super) unsafe fn tell(&self, env: sys::napi_env) {
        let bytes = self.handle.bytes();
        if bytes != self.told.get() {
            // SAFETY: the caller's promise.
            unsafe { self.tell_change(env, bytes) };
        }
    }

    /// Takes back all that was told.
    ///
    /// # Safety
    /// As for [`Held::tell`].
    pub(super) unsafe fn take_back(&self, env: sys::napi_env) {
        // SAFETY: the caller's promise.
        unsafe { self.tell_change(env, 0) };
    }

    #[cold]
    #[allow(clippy::cast_possible_wrap)] // no memory has 2^63 bytes
    unsafe fn tell_change(&self, env: sys::napi_env, bytes: usize) {
        let change = bytes as i64 - self.told.replace(bytes) as i64;
        let mut all = 0;
        // SAFETY: the caller's promise. V8 keeps the sum, and there is nothing to do about a failure.
        let _ = unsafe { sys::napi_adjust_external_memory(env, change, &raw mut all) };
    }
}

impl Deref for Held {
    type Target = Limiter;

    fn deref(&self) -> &Limiter {
        &self.handle
    }
}
