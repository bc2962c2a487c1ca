//! Each algorithm as pure functions: state, policy, cost and now in; the next state out.
#![forbid(unsafe_code)]

pub mod fixed_window;
