//! What a call takes.
#![forbid(unsafe_code)]

/// Units: the same of each policy, or of each its own in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units<'call> {
    /// So many of each.
    Same(u64),
    /// So many of each by itself.
    Each(&'call [u64]),
}

impl Units<'_> {
    /// How many of them are of one policy.
    #[inline]
    #[must_use]
    pub fn of(self, policy: usize) -> u64 {
        match self {
            Self::Same(units) => units,
            Self::Each(units) => units.get(policy).copied().unwrap_or_default(),
        }
    }

    /// Whether there are none of any policy.
    #[inline]
    #[must_use]
    pub fn is_none(self) -> bool {
        match self {
            Self::Same(units) => units == 0,
            Self::Each(units) => units.iter().all(|&units| units == 0),
        }
    }

    /// Whether there are more of them than of others, of any policy.
    #[must_use]
    pub fn exceeds(self, others: Self, policies: usize) -> bool {
        (0..policies).any(|policy| self.of(policy) > others.of(policy))
    }

    /// What is left of these without others, by policy and at least 0.
    #[must_use]
    pub fn beyond(self, others: Self, policies: usize) -> Vec<u64> {
        (0..policies).map(|policy| self.of(policy).saturating_sub(others.of(policy))).collect()
    }
}

impl From<u64> for Units<'_> {
    fn from(units: u64) -> Self {
        Self::Same(units)
    }
}
