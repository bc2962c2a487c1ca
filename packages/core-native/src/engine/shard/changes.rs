//! What changes a shard as a whole: other policies, a snapshot.
#![forbid(unsafe_code)]

use super::Shard;
use crate::engine::entries::{Entries, LOOKS_PER_CALL};
use crate::engine::policy::Policy;
use crate::engine::snapshot::{Damage, Kept};

impl Shard {
    /// Decides by other policies from here on.
    pub fn update(&mut self, policies: &[Policy], now_ms: u64) {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        self.entries.change(policies, now_ms);
    }

    /// Whether keys are held for calls with limits of their own.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.entries.policy_set.keeps()
    }

    /// All that is live.
    pub fn kept(&mut self, now_ms: u64) -> Vec<Kept> {
        self.entries.reclaim_some(LOOKS_PER_CALL, now_ms);
        self.entries.kept(now_ms)
    }

    /// How many words of a key a snapshot has.
    #[must_use]
    pub fn state_words(&self) -> usize {
        self.entries.policy_set.state_words()
    }

    /// What there would be with these in the place of all that is held.
    ///
    /// # Errors
    /// Where that can't be.
    pub fn restored(&self, entries: &[&Kept], now_ms: u64) -> Result<Entries, Damage> {
        self.entries.restored(entries, now_ms)
    }

    /// Holds these from here on.
    pub fn replace(&mut self, entries: Entries, keeps: bool) {
        self.entries.replace(entries);
        if keeps {
            self.entries.policy_set.keep_from(0);
        }
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.entries.policy_set.policies()
    }
}
