//! Entries as bytes: the policies' numbers, which JavaScript reads from there, whether calls had limits of their own, the seed of the fingerprints, how many
//! entries there are, and each one's id, what is left of its block, and its words with the first of each policy, a time,
//! as an age. All little-endian words of 64 bits.
//!
//! Whatever the bytes are, reading them ends with entries that calls can have made, or with a refusal.
#![forbid(unsafe_code)]

use crate::engine::policy::Policy;
use std::fmt;

/// Why bytes can't be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// There are fewer or more of them than what they say needs.
    Length(usize),
    /// More keys than are held.
    TooMany {
        /// How many it has.
        keys: usize,
        /// How many may be held.
        most: usize,
    },
    /// Its times and counts are those of policies with other numbers.
    OtherPolicies,
    /// One id twice.
    Twice,
    /// What it says of a key is nothing that can have come about.
    Unsound,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(bytes) => write!(f, "{bytes} bytes are not as many as it needs"),
            Self::TooMany { keys, most } => write!(f, "it has {keys} keys, and maxKeys is {most}"),
            Self::OtherPolicies => write!(f, "it was made under policies with other numbers"),
            Self::Twice => write!(f, "it has a key twice"),
            Self::Unsound => write!(f, "no limiter has what it says of a key"),
        }
    }
}

/// What a snapshot has of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its fingerprint.
    pub id: u64,
    /// What is left of its block.
    pub blocked_ms: u64,
    /// Its states, one after the other.
    pub words: Vec<u64>,
}

/// All that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Under which the entries are what they are.
    pub policies: Vec<Policy>,
    /// Whether keys are held for calls with limits of their own.
    pub keeps: bool,
    /// Of the fingerprints.
    pub seed: [u64; 2],
    /// In the order in which they would be evicted.
    pub entries: Vec<Kept>,
}

const WORD_BYTES: usize = 8;

impl Snapshot {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let entries =
            self.entries.iter().flat_map(|kept| [kept.id, kept.blocked_ms].into_iter().chain(kept.words.clone()));
        let numbers = self.policies.iter().flat_map(numbers);
        let words =
            numbers.chain([u64::from(self.keeps)]).chain(self.seed).chain([self.entries.len() as u64]).chain(entries);
        words.flat_map(u64::to_le_bytes).collect()
    }

    /// From bytes, under these policies, with so many words to a key's states.
    ///
    /// # Errors
    /// Where they are of other policies, or where there are not as many bytes as that needs.
    pub fn from_bytes(bytes: &[u8], policies: &[Policy], words: usize) -> Result<Self, Damage> {
        let damage = Damage::Length(bytes.len());
        let (all, rest) = bytes.as_chunks::<WORD_BYTES>();
        let all: Vec<u64> = all.iter().map(|&word| u64::from_le_bytes(word)).collect();
        let own: Vec<u64> = policies.iter().flat_map(numbers).collect();
        let Some((made, all)) = all.split_at_checked(own.len()) else { return Err(damage) };
        if made != own {
            return Err(Damage::OtherPolicies);
        }
        let Some((&[keeps, low, high, count], entries)) = all.split_first_chunk() else { return Err(damage) };
        if keeps > 1 {
            return Err(Damage::Unsound);
        }
        let needed = count.checked_mul(words as u64 + 2);
        if !rest.is_empty() || needed != Some(entries.len() as u64) {
            return Err(damage);
        }
        let entries = entries.chunks_exact(words + 2).filter_map(|entry| {
            let (&[id, blocked_ms], words) = entry.split_first_chunk()?;
            Some(Kept { id, blocked_ms, words: words.to_vec() })
        });
        Ok(Self { policies: policies.to_vec(), keeps: keeps == 1, seed: [low, high], entries: entries.collect() })
    }
}

fn numbers(policy: &Policy) -> [u64; 4] {
    [policy.limit, policy.window_ms, policy.burst, policy.block_for_ms]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::policy::Algorithm;

    #[test]
    fn bytes_are_read_as_they_were_written_and_not_if_one_is_missing() {
        let entry = |id| Kept { id, blocked_ms: 7, words: vec![1, 2] };
        let policy = Policy { algorithm: Algorithm::FixedWindow, limit: 1, window_ms: 2, burst: 1, block_for_ms: 0 };
        let policies = [policy];
        let snapshot = Snapshot {
            policies: policies.to_vec(),
            keeps: true,
            seed: [3, 4],
            entries: vec![entry(5), entry(u64::MAX)],
        };
        let bytes = snapshot.to_bytes();
        assert_eq!(Snapshot::from_bytes(&bytes, &policies, 2), Ok(snapshot));
        for length in 0..bytes.len() {
            let cut = bytes.get(..length).unwrap_or_default();
            assert_eq!(Snapshot::from_bytes(cut, &policies, 2), Err(Damage::Length(length)));
        }
        assert!(Snapshot::from_bytes(&bytes, &policies, 3).is_err());
        let others = [Policy { limit: 3, ..policy }];
        assert_eq!(Snapshot::from_bytes(&bytes, &others, 2), Err(Damage::OtherPolicies));
    }
}
