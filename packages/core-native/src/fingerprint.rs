//! Names a key by 64 bits that nobody outside can aim at.
#![forbid(unsafe_code)]

use siphasher::sip::SipHasher13;

/// A keyed hash with a seed of its own. Two of `n` live keys share a fingerprint with a probability of
/// about `n² / 2⁶⁵`: 2.7e-8 at a million keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// What it is seeded with: a snapshot keeps fingerprints only, so it has to have this too.
    pub seed: [u64; 2],
}

impl Fingerprint {
    /// Seeds from the system.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn seeded() -> Result<Self, getrandom::Error> {
        Ok(Self { seed: [getrandom::u64()?, getrandom::u64()?] })
    }

    /// Hashes UTF-16 units as they are: Latin-1 would join 'A' with 'Ł', and UTF-8 all lone surrogates.
    #[must_use]
    pub fn of(&self, key: &[u16]) -> u64 {
        let [low, high] = self.seed;
        SipHasher13::new_with_keys(low, high).hash(bytemuck::cast_slice(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_differ_in_one_unit_are_two() -> Result<(), getrandom::Error> {
        let fingerprint = Fingerprint::seeded()?;
        let keys: [&[u16]; 6] = [&[], &[0], &[0, 0], &[0x41], &[0x141], &[0xd800]];
        for (i, a) in keys.iter().enumerate() {
            for (j, b) in keys.iter().enumerate() {
                assert_eq!(fingerprint.of(a) == fingerprint.of(b), i == j);
            }
        }
        Ok(())
    }

    #[test]
    fn two_engines_name_a_key_differently() -> Result<(), getrandom::Error> {
        assert_ne!(Fingerprint::seeded()?.of(&[1]), Fingerprint::seeded()?.of(&[1]));
        Ok(())
    }
}
