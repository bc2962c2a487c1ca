//! Where `now` comes from, as whole milliseconds: [`START_MS`] at the engine's start.
#![forbid(unsafe_code)]

/// What an engine's time starts at, so that something older than the engine can be restored into it: more than
/// 1,024 buckets of ten years.
pub const START_MS: u64 = 1 << 50;

/// A clock that can be read roughly for a fifth of the price.
pub trait Now {
    /// At most [`Now::exact_ms`]; how much less is not promised.
    fn rough_ms(&self) -> u64;
    /// To the millisecond.
    fn exact_ms(&self) -> u64;

    /// What the exact time is at the most, from a rough reading that was just made.
    #[inline]
    fn latest_ms(&self, rough_ms: u64) -> u64 {
        rough_ms.saturating_add(ROUGH_BY_MS)
    }

    /// A reading that tells on which side of `edge_ms` now is.
    ///
    /// The rough one is enough while the edge is clearly ahead. A tick that comes late can only make it
    /// read low, which is the side that holds back and never the one that grants.
    fn against(&self, edge_ms: u64) -> u64 {
        self.against_from(self.rough_ms(), edge_ms)
    }

    /// The same, from a rough reading that was just made.
    #[inline]
    fn against_from(&self, rough_ms: u64, edge_ms: u64) -> u64 {
        if rough_ms.saturating_add(ROUGH_BY_MS) < edge_ms { rough_ms } else { self.exact_ms() }
    }
}

/// Several times the grain of Linux's coarse clock, which is 1 to 10 ms (`CONFIG_HZ`), for ticks that come late.
const ROUGH_BY_MS: u64 = 64;

/// The engine's own monotonic clock, started when it was made.
pub struct OwnClock {
    #[cfg(target_os = "linux")]
    started_ms: u64,
    #[cfg(not(target_os = "linux"))]
    started: std::time::Instant,
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{Now, OwnClock, START_MS};
    use rustix::time::{ClockId, clock_gettime};

    impl OwnClock {
        /// Starts now.
        #[must_use]
        pub fn start() -> Self {
            Self { started_ms: monotonic_ms(ClockId::Monotonic) }
        }
    }

    impl Now for OwnClock {
        fn rough_ms(&self) -> u64 {
            START_MS + monotonic_ms(ClockId::MonotonicCoarse).saturating_sub(self.started_ms)
        }

        fn exact_ms(&self) -> u64 {
            START_MS + monotonic_ms(ClockId::Monotonic).saturating_sub(self.started_ms)
        }
    }

    /// Both clocks are one timeline (`clock_gettime(2)`), and neither is ever negative.
    fn monotonic_ms(id: ClockId) -> u64 {
        let time = clock_gettime(id);
        time.tv_sec.cast_unsigned() * 1_000 + time.tv_nsec.cast_unsigned() / 1_000_000
    }
}

#[cfg(not(target_os = "linux"))]
impl OwnClock {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

#[cfg(not(target_os = "linux"))]
impl Now for OwnClock {
    fn rough_ms(&self) -> u64 {
        self.exact_ms()
    }

    fn exact_ms(&self) -> u64 {
        START_MS.saturating_add(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// A reading that was handed in with the call: the injected clock's.
pub struct Given(pub u64);

impl Now for Given {
    fn latest_ms(&self, rough_ms: u64) -> u64 {
        rough_ms
    }

    fn rough_ms(&self) -> u64 {
        self.0
    }

    fn exact_ms(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Late;

    impl Now for Late {
        fn rough_ms(&self) -> u64 {
            1_000
        }

        fn exact_ms(&self) -> u64 {
            1_004
        }
    }

    #[test]
    fn an_edge_that_the_grain_could_cross_is_read_exactly() {
        assert_eq!(Late.against(1_002), 1_004);
        assert_eq!(Late.against(1_004), 1_004);
        assert_eq!(Late.against(1_064), 1_004);
        assert_eq!(Late.against(1_065), 1_000);
        assert_eq!(Late.against(7), 1_004);
    }

    #[test]
    fn the_rough_reading_is_never_ahead_of_the_exact_one() {
        let clock = OwnClock::start();
        for _ in 0..100_000 {
            let rough_ms = clock.rough_ms();
            assert!(rough_ms <= clock.exact_ms());
        }
    }
}
