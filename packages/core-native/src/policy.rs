//! The numbers that decide, checked by the caller.
#![forbid(unsafe_code)]

use std::fmt;

/// Units per window, and the window's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// From 0 to 2^53 − 1.
    pub limit: u64,
    /// From 1 ms to ten years.
    pub window_ms: u64,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fixed-window, limit {}, windowMs {}", self.limit, self.window_ms)
    }
}
