//! Entries that have expired go: a few with each call, or all at once.
#![forbid(unsafe_code)]

use super::Entries;

impl Entries {
    /// Looks again at so many entries whose time has come.
    #[inline]
    pub fn reclaim_some(&mut self, looks: u64, now_ms: u64) {
        if now_ms >= self.next_reclaim_at_ms {
            self.reclaim(looks, now_ms);
        }
    }

    /// The same whenever that is; whether there was one at all.
    pub(super) fn reclaim(&mut self, looks: u64, now_ms: u64) -> bool {
        self.next_reclaim_at_ms = self.order.pass_slots(&mut self.slab, now_ms);
        for look in 0..looks {
            let Some(slot) = self.order.take_passed(&mut self.slab) else { return look > 0 };
            if self.is_fresh(slot, now_ms) {
                self.forget(slot);
            } else {
                self.append(slot, None, now_ms);
            }
        }
        true
    }

    /// Drops every expired entry.
    pub fn drop_expired(&mut self, now_ms: u64) {
        for slot in self.index.slots().collect::<Vec<_>>() {
            if self.is_fresh(slot, now_ms) {
                self.remove(slot);
            }
        }
    }

    /// Whether anything is live. What is found expired before that goes, so that nothing is looked at twice.
    pub fn has_live(&mut self, now_ms: u64) -> bool {
        (0..self.index.tables()).any(|table| {
            self.index.slots_of(table).into_iter().any(|slot| {
                let is_live = !self.is_fresh(slot, now_ms);
                if !is_live {
                    self.remove(slot);
                }
                is_live
            })
        })
    }

    /// A time that has passed for these entries, by the calls on them.
    #[must_use]
    pub fn passed_ms(&self) -> u64 {
        self.order.passed_ms()
    }
}
