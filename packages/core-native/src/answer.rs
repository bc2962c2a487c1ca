//! How a key stands after a call, in the units that JavaScript is given.
#![forbid(unsafe_code)]

use crate::algorithms::fixed_window::{self, State};
use crate::policy::Policy;
use crate::table::Outcome;

/// A decision, but for the limit, which JavaScript has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the cost was taken, or would be.
    pub allowed: bool,
    /// Units left.
    pub remaining: u64,
    /// Until the key is as good as never seen.
    pub reset_after_ms: u64,
    /// 0 when allowed; `None`: the cost can never fit.
    pub retry_after_ms: Option<u64>,
}

impl Answer {
    /// After a call that came to this outcome.
    #[must_use]
    pub fn new(policy: Policy, outcome: Outcome, cost: u64, now_ms: u64) -> Self {
        let Outcome { allowed, state } = outcome;
        // Without a state, only a cost beyond the limit is denied.
        let denied_for_ms = || fixed_window::retry_after_ms(state?, policy, cost, now_ms);
        Self {
            allowed,
            remaining: remaining(policy, state, now_ms),
            reset_after_ms: state.map_or(0, |state| fixed_window::reset_after_ms(state, policy, now_ms)),
            retry_after_ms: if allowed { Some(0) } else { denied_for_ms() },
        }
    }

    /// Before a call that may never come.
    #[must_use]
    pub fn foretold(policy: Policy, state: Option<State>, cost: u64, now_ms: u64) -> Self {
        let allowed = cost <= remaining(policy, state, now_ms);
        Self::new(policy, Outcome { allowed, state }, cost, now_ms)
    }
}

fn remaining(policy: Policy, state: Option<State>, now_ms: u64) -> u64 {
    state.map_or(policy.limit, |state| fixed_window::remaining(state, policy, now_ms))
}
