use crate::engine::eviction_order::PROTECTED_RANK;
use crate::engine::policy::{Algorithm, Policy};

/// A policy with the numbers that its algorithm derives from it, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is of.
    pub policy: Policy,
    /// The length of a sub-window: a tenth of the window, and at least 1 ms.
    pub sub_window_ms: u64,
    /// How many sub-windows can count at one time.
    pub sub_windows: u64,
    /// The longest that a key can stay live by this policy alone.
    pub span_ms: u64,
}

impl Terms {
    /// Of a policy.
    #[must_use]
    pub fn of(policy: Policy) -> Self {
        let Policy { algorithm, limit, window_ms, burst, .. } = policy;
        let sub_window_ms = (window_ms / 10).max(1);
        let sub_windows = if window_ms < 2 { 1 } else { (window_ms - 2) / sub_window_ms + 2 };
        let span_ms = match algorithm {
            Algorithm::FixedWindow => window_ms,
            Algorithm::SlidingWindow => window_ms + sub_window_ms,
            Algorithm::TokenBucket if limit == 0 => window_ms,
            Algorithm::TokenBucket => (burst * window_ms).div_ceil(limit),
        };
        Self { policy, sub_window_ms, sub_windows, span_ms }
    }

    /// The rank of a key by how much it has used, in halves of the most that can be taken at once.
    #[inline]
    #[must_use]
    pub fn rank(&self, used: u64) -> u32 {
        if used >= self.policy.burst {
            return PROTECTED_RANK;
        }
        (0..PROTECTED_RANK).find(|&rank| used <= self.up_to(rank)).unwrap_or(PROTECTED_RANK)
    }

    /// Whether more use leaves a key in its rank.
    #[inline]
    #[must_use]
    pub fn keeps_rank(&self, rank: u32, used: u64) -> bool {
        rank < PROTECTED_RANK && used < self.policy.burst && used <= self.up_to(rank)
    }

    /// Whether a key has used more than those of the ranks below.
    #[inline]
    #[must_use]
    pub fn is_above(&self, rank: u32, used: u64) -> bool {
        rank == 0 || used > self.up_to(rank - 1)
    }

    /// How many units a rank below the protected one goes up to.
    #[inline]
    #[must_use]
    pub fn up_to(&self, rank: u32) -> u64 {
        let burst = self.policy.burst;
        (burst >> (PROTECTED_RANK - 1).saturating_sub(rank)).min(burst.saturating_sub(1))
    }
}
