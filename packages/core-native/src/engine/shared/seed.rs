//! The seed of keys' names that all threads share, and that a restored snapshot replaces.
#![forbid(unsafe_code)]

use crate::fingerprint::Fingerprint;
use std::sync::atomic::{AtomicU64, Ordering};

/// Read without a lock. Who has named a key asks again once it holds the lock under which seeds are replaced.
pub struct SharedSeed {
    words: [AtomicU64; 2],
    epoch: AtomicU64,
}

impl SharedSeed {
    /// To begin with.
    #[must_use]
    pub fn new(fingerprint: Fingerprint) -> Self {
        Self { words: fingerprint.seed.map(AtomicU64::new), epoch: AtomicU64::new(0) }
    }

    /// What names keys, and the epoch in which it does.
    #[must_use]
    pub fn read(&self) -> (Fingerprint, u64) {
        let epoch = self.epoch();
        let [low, high] = &self.words;
        (Fingerprint { seed: [low.load(Ordering::Relaxed), high.load(Ordering::Relaxed)] }, epoch)
    }

    /// The epoch now.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Names keys by another seed from here on; under the lock of all that was named by the old one.
    pub fn write(&self, fingerprint: Fingerprint) {
        for (word, seed) in self.words.iter().zip(fingerprint.seed) {
            word.store(seed, Ordering::Relaxed);
        }
        self.epoch.fetch_add(1, Ordering::Release);
    }
}
