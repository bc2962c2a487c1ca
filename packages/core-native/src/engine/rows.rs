//! How each policy stands, as a call is told.
//!
//! Reads side by side with `core-ts/src/decision.ts`.
#![forbid(unsafe_code)]

use std::ops::Deref;

/// How one policy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The policy's limit, which another thread may have changed.
    pub limit: u64,
    /// Units left.
    pub remaining: u64,
    /// Until the key is as good as never seen.
    pub reset_after_ms: u64,
    /// How long the cost has to wait; `None`: it can never fit.
    pub retry_after_ms: Option<u64>,
}

/// One row per policy. A lone one needs no memory of its own, which would take as long as to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Of a lone policy.
    One([Row; 1]),
    /// Of several.
    Several(Vec<Row>),
}

impl Deref for Rows {
    type Target = [Row];

    #[inline]
    fn deref(&self) -> &[Row] {
        match self {
            Self::One(row) => row,
            Self::Several(rows) => rows,
        }
    }
}
