//! The numbers that decide, checked by the caller.
#![forbid(unsafe_code)]

use std::fmt;

/// The most units that are counted: what JavaScript counts exactly.
pub const MOST_UNITS: u64 = (1 << 53) - 1;

/// How units are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// A window from the first unit.
    FixedWindow,
    /// Sub-windows, and never more than the limit in any span of a window.
    SlidingWindow,
    /// A bucket that refills evenly.
    TokenBucket,
}

/// An algorithm with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How units are counted.
    pub algorithm: Algorithm,
    /// From 0 to 2^53 − 1.
    pub limit: u64,
    /// From 1 ms to ten years.
    pub window_ms: u64,
    /// The most units that can be taken at once.
    pub burst: u64,
    /// How long a denial blocks its key; 0: it does not.
    pub block_for_ms: u64,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithm, limit, window_ms, burst, block_for_ms } = self;
        let algorithm = match algorithm {
            Algorithm::FixedWindow => "fixed-window",
            Algorithm::SlidingWindow => "sliding-window",
            Algorithm::TokenBucket => "token-bucket",
        };
        write!(f, "{algorithm}, limit {limit}, windowMs {window_ms}, burst {burst}, blockForMs {block_for_ms}")
    }
}
