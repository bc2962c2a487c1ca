//! The one module that speaks Node-API, and the one that may be `unsafe`.
//!
//! The calls of every request are raw callbacks in [`hot`], since what `#[napi]` generates would cost ten
//! times the decision; the others are in [`cold`].

mod calls;
mod held;
mod key;
mod loaded;
mod setup;

use napi::bindgen_prelude::*;
use napi_derive::module_init;

/// Threads come and go while the engines that they share stay, so the module must not be unloaded.
#[module_init]
fn init() {
    retain_current_module_for_unload_safety();
}
