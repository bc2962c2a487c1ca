//! The last denial: whoever hammers on one key is answered without a hash and a look-up.
#![forbid(unsafe_code)]

/// Longer keys are not remembered.
const UNITS: usize = 64;

/// A denied key, and until when it stays denied. Only a reset could end that earlier, since a call that
/// takes from the key in the meantime leaves less for this cost, and a denied one changes nothing.
pub struct Denial {
    units: [u16; UNITS],
    /// More than `UNITS`: nothing is remembered.
    length: usize,
    cost: u64,
    until_ms: u64,
}

impl Default for Denial {
    fn default() -> Self {
        Self { units: [0; UNITS], length: usize::MAX, cost: 0, until_ms: 0 }
    }
}

impl Denial {
    /// When this call's key stops being denied; `None` where nothing is known of it.
    #[inline]
    #[must_use]
    pub fn until_ms(&self, key: &[u16], cost: u64) -> Option<u64> {
        let known = self.length == key.len() && cost >= self.cost && self.units.get(..self.length) == Some(key);
        known.then_some(self.until_ms)
    }

    /// Remembers this one in place of the one before.
    pub fn remember(&mut self, key: &[u16], cost: u64, until_ms: u64) {
        let Some(units) = self.units.get_mut(..key.len()) else { return };
        units.copy_from_slice(key);
        (self.length, self.cost, self.until_ms) = (key.len(), cost, until_ms);
    }

    /// For when a key may have been freed before its time.
    pub fn forget(&mut self) {
        self.length = usize::MAX;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_knows_the_key_at_that_cost_and_above() {
        let mut denial = Denial::default();
        denial.remember(&[1, 2], 5, 100);
        assert_eq!(denial.until_ms(&[1, 2], 5), Some(100));
        assert_eq!(denial.until_ms(&[1, 2], 6), Some(100));
        assert_eq!(denial.until_ms(&[1, 2], 4), None);
        assert_eq!(denial.until_ms(&[1, 3], 5), None);
        assert_eq!(denial.until_ms(&[1], 5), None);
    }

    #[test]
    fn it_knows_the_empty_key_only_once_that_was_denied() {
        let mut denial = Denial::default();
        assert_eq!(denial.until_ms(&[], 1), None);
        denial.remember(&[], 1, 100);
        assert_eq!(denial.until_ms(&[], 1), Some(100));
        denial.forget();
        assert_eq!(denial.until_ms(&[], 1), None);
    }

    #[test]
    fn a_long_key_leaves_the_one_before() {
        let mut denial = Denial::default();
        denial.remember(&[7; UNITS], 1, 100);
        denial.remember(&[8; UNITS + 1], 1, 200);
        assert_eq!(denial.until_ms(&[7; UNITS], 1), Some(100));
        assert_eq!(denial.until_ms(&[8; UNITS + 1], 1), None);
    }
}
