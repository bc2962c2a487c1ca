//! The key of the last call: whoever hammers on one key is answered without a hash, and once it is denied
//! without a look-up.
#![forbid(unsafe_code)]

use crate::clock::Now;
use crate::fingerprint::Fingerprint;

/// Longer keys are not remembered.
const UNITS: usize = 64;

/// A key, its id by the seed that gave it, and its denial if it was denied.
pub struct LastKey {
    units: [u16; UNITS],
    /// More than `UNITS`: no key is remembered.
    length: usize,
    seed: [u64; 2],
    id: u64,
    denial: Option<Denial>,
}

/// A cost that was denied, and until when it stays so, by which policy. Only forgetting the key could end that
/// earlier: a call that takes from it in the meantime leaves less for this cost, and a denied one changes nothing.
#[derive(Clone, Copy)]
struct Denial {
    cost: u64,
    until_ms: u64,
    binding: usize,
    forgotten: u64,
}

impl Default for LastKey {
    fn default() -> Self {
        Self { units: [0; UNITS], length: usize::MAX, seed: [0; 2], id: 0, denial: None }
    }
}

impl LastKey {
    /// The key's id. From here on it is the last key.
    #[inline]
    pub fn id(&mut self, key: &[u16], fingerprint: &Fingerprint) -> u64 {
        if self.length != key.len() || self.units.get(..self.length) != Some(key) || self.seed != fingerprint.seed {
            self.replace(key, fingerprint);
        }
        self.id
    }

    /// The policy by which the last key is known to be denied at this cost, if no entry was forgotten since.
    #[inline]
    pub fn denies(&self, cost: u64, forgotten: u64, clock: &impl Now) -> Option<usize> {
        let denial = self.denial?;
        let holds = cost == denial.cost && forgotten == denial.forgotten;
        (holds && clock.against(denial.until_ms) < denial.until_ms).then_some(denial.binding)
    }

    /// Remembers that the last key was denied.
    pub fn deny(&mut self, cost: u64, until_ms: u64, binding: usize, forgotten: u64) {
        self.denial = Some(Denial { cost, until_ms, binding, forgotten });
    }

    fn replace(&mut self, key: &[u16], fingerprint: &Fingerprint) {
        self.length = usize::MAX;
        if let Some(units) = self.units.get_mut(..key.len()) {
            units.copy_from_slice(key);
            self.length = key.len();
        }
        self.seed = fingerprint.seed;
        self.id = fingerprint.of(key);
        self.denial = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Given;

    #[test]
    fn every_key_has_the_id_of_its_fingerprint() -> Result<(), getrandom::Error> {
        let fingerprint = Fingerprint::seeded()?;
        let mut last = LastKey::default();
        let keys: [&[u16]; 8] = [&[], &[], &[1, 2], &[1, 2], &[1, 3], &[1], &[7; UNITS], &[7; UNITS + 1]];
        for key in keys.iter().chain(keys.iter().rev()) {
            assert_eq!(last.id(key, &fingerprint), fingerprint.of(key));
        }
        Ok(())
    }

    #[test]
    fn by_another_seed_a_key_has_another_id() -> Result<(), getrandom::Error> {
        let [one, other] = [Fingerprint::seeded()?, Fingerprint::seeded()?];
        let mut last = LastKey::default();
        for fingerprint in [&one, &other, &one] {
            assert_eq!(last.id(&[1, 2], fingerprint), fingerprint.of(&[1, 2]));
        }
        Ok(())
    }

    #[test]
    fn it_knows_of_a_denial_at_that_cost_until_its_end_or_until_a_key_is_forgotten() -> Result<(), getrandom::Error> {
        let mut last = LastKey::default();
        last.id(&[1], &Fingerprint::seeded()?);
        last.deny(5, 100, 0, 7);
        assert_eq!(last.denies(5, 7, &Given(99)), Some(0));
        assert_eq!(last.denies(4, 7, &Given(99)), None);
        assert_eq!(last.denies(5, 7, &Given(100)), None);
        assert_eq!(last.denies(5, 8, &Given(99)), None);
        Ok(())
    }

    #[test]
    fn a_denial_is_of_its_key_alone() -> Result<(), getrandom::Error> {
        let fingerprint = Fingerprint::seeded()?;
        for other in [vec![2], vec![], vec![9; UNITS + 1]] {
            let mut last = LastKey::default();
            last.id(&[1], &fingerprint);
            last.deny(1, 100, 0, 0);
            last.id(&other, &fingerprint);
            assert_eq!(last.denies(1, 0, &Given(0)), None);
        }
        Ok(())
    }
}
