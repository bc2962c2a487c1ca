//! What one limiter in JavaScript holds: entries of its own, or a share in those of a name.
#![forbid(unsafe_code)]

mod whole;

use crate::clock::{Given, Now};
use crate::engine::last_key::LastKey;
use crate::engine::policy_changes::CallLimit;
use crate::engine::shard::{Answer, Shard};
use crate::engine::shared::places::{Newcomer, Places};
use crate::engine::shared::{Frame, Shared, Spec};
use crate::engine::units::Units;
use crate::fingerprint::Fingerprint;
use std::cell::RefCell;
use std::sync::Arc;

/// Used by one thread only, the one of the limiter's JavaScript.
pub enum Limiter {
    /// Entries that nobody else can see need no lock, and that is a third of a hot call.
    Alone(Box<RefCell<Alone>>),
    /// Entries of all threads.
    Shared(Arc<Shared>),
}

/// What one thread has to itself.
pub struct Alone {
    frame: Frame,
    fingerprint: Fingerprint,
    shard: Shard,
    last_key: LastKey,
}

/// What a call does with its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Takes them if they fit.
    Check,
    /// Only tells.
    Peek,
    /// Takes them to be settled.
    Reserve,
}

/// A call that is not just a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'call> {
    /// What it takes.
    pub units: Units<'call>,
    /// Limits of its own, one per policy.
    pub limits: Option<&'call [CallLimit]>,
}

impl Limiter {
    /// With entries of its own.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn alone(spec: &Spec) -> Result<Self, getrandom::Error> {
        let (frame, fingerprint, shard) =
            (Frame::new(spec), Fingerprint::seeded()?, spec.shard(0, 1, Places::Own(spec.max_keys)));
        Ok(Self::Alone(Box::new(RefCell::new(Alone { frame, fingerprint, shard, last_key: LastKey::default() }))))
    }

    /// Takes the cost if it fits.
    #[inline]
    #[must_use]
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        match self {
            Self::Alone(alone) => alone.borrow_mut().take(key, cost, given_ms),
            Self::Shared(shared) => shared.take(key, cost, given_ms),
        }
    }

    /// Takes the cost if it fits, and tells how the key stands.
    #[must_use]
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        match self {
            Self::Alone(alone) => {
                let Alone { frame, fingerprint, shard, last_key } = &mut *alone.borrow_mut();
                let id = last_key.id(key, fingerprint);
                let now = frame.exactly(given_ms);
                let outcome = shard.take(id, cost, &now);
                shard.answer(outcome, cost.into(), None, now.0)
            }
            Self::Shared(shared) => shared.check(key, cost, given_ms),
        }
    }

    /// Takes the cost if it fits, and notes it as open to be settled under the number that is answered.
    #[must_use]
    pub fn reserve(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> (Answer, u64) {
        self.with_key(
            key,
            given_ms,
            |shard| shard.comes(cost.into()),
            |shard, id, now_ms| {
                let (outcome, number) = shard.reserve(id, cost.into(), None, &Given(now_ms));
                (shard.answer(outcome, cost.into(), None, now_ms), number)
            },
        )
    }

    /// Takes, peeks or reserves by units that may differ by policy, and by limits that may be the call's own.
    #[must_use]
    pub fn call(&self, kind: Kind, key: &[u16], call: Call, given_ms: Option<i64>) -> (Answer, u64) {
        let newcomer = |shard: &Shard| match shard.comes(call.units) {
            Newcomer::Comes if kind == Kind::Peek => Newcomer::Foreseen,
            newcomer => newcomer,
        };
        self.with_key(key, given_ms, newcomer, |shard, id, now_ms| {
            let policy_set = shard.policy_set_of(call.limits, now_ms);
            let (now, by) = (Given(now_ms), policy_set.as_ref());
            let (outcome, number) = match kind {
                Kind::Peek => return (shard.peek(id, call.units, by, now_ms), 0),
                Kind::Check => (shard.take_by(id, call.units, by, &now), 0),
                Kind::Reserve => shard.reserve(id, call.units, by, &now),
            };
            (shard.answer(outcome, call.units, by, now_ms), number)
        })
    }

    /// Settles what was reserved by a call: `actual` in the place of its units.
    pub fn settle(&self, key: &[u16], number: u64, call: Call, actual: Units, given_ms: Option<i64>) {
        let newcomer = |shard: &Shard| {
            let takes = actual.exceeds(call.units, shard.policies_len());
            if takes { Newcomer::Comes } else { Newcomer::None }
        };
        self.with_key(key, given_ms, newcomer, |shard, id, now_ms| {
            let policy_set = shard.policy_set_of(call.limits, now_ms);
            shard.settle(id, number, (call.units, actual), policy_set.as_ref(), now_ms);
        });
    }

    /// Takes the cost from each key in turn: 1 where it was allowed.
    #[must_use]
    pub fn take_many(&self, keys: &[&[u16]], cost: u64, given_ms: Option<i64>) -> Vec<u8> {
        match self {
            Self::Alone(alone) => {
                let Alone { frame, fingerprint, shard, .. } = &mut *alone.borrow_mut();
                let ids: Vec<_> = keys.iter().map(|key| fingerprint.of(key)).collect();
                shard.take_many(&ids, cost, &frame.exactly(given_ms))
            }
            Self::Shared(shared) => keys.iter().map(|key| u8::from(shared.take(key, cost, given_ms))).collect(),
        }
    }

    /// What `check` would decide now, and how the key stands without it.
    #[must_use]
    pub fn peek(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        self.with_key(
            key,
            given_ms,
            |_| Newcomer::Foreseen,
            |shard, id, now_ms| shard.peek(id, cost.into(), None, now_ms),
        )
    }

    /// Forgets the key; whether it had live state.
    pub fn reset(&self, key: &[u16], given_ms: Option<i64>) -> bool {
        self.with_key(key, given_ms, |_| Newcomer::None, Shard::reset)
    }

    /// Blocks the key for that long at least; whether there was room to hold it.
    #[must_use]
    pub fn block(&self, key: &[u16], ms: u64, given_ms: Option<i64>) -> bool {
        self.with_key(key, given_ms, |_| Newcomer::Comes, |shard, id, now_ms| shard.block(id, ms, now_ms))
    }

    /// The engine's own time, as a reading that calls could hand in.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        match self {
            Self::Alone(alone) => alone.borrow().frame.own_reading_ms(),
            Self::Shared(shared) => shared.frame().own_reading_ms(),
        }
    }

    /// Forgets all keys.
    pub fn clear(&self) {
        self.sum(None, |shard, _| {
            shard.clear();
            0
        });
    }

    /// Drops all that has expired and answers how many entries went.
    pub fn cleanup_expired(&self, given_ms: Option<i64>) -> usize {
        self.sum(given_ms, Shard::cleanup_expired)
    }

    /// What the engine takes of memory, as far as one thread has it to itself: what threads share is nobody's.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Alone(alone) => size_of::<Alone>() + alone.borrow().shard.bytes(),
            Self::Shared(_) => 0,
        }
    }

    fn with_key<R>(
        &self,
        key: &[u16],
        given_ms: Option<i64>,
        newcomer: impl Fn(&Shard) -> Newcomer,
        ask: impl FnOnce(&mut Shard, u64, u64) -> R,
    ) -> R {
        match self {
            Self::Alone(alone) => {
                let Alone { frame, fingerprint, shard, last_key } = &mut *alone.borrow_mut();
                let id = last_key.id(key, fingerprint);
                let now = frame.exactly(given_ms);
                ask(shard, id, now.0)
            }
            Self::Shared(shared) => shared.with_key(key, given_ms, newcomer, ask),
        }
    }

    fn sum(&self, given_ms: Option<i64>, ask: impl Fn(&mut Shard, u64) -> usize) -> usize {
        match self {
            Self::Alone(alone) => {
                let Alone { frame, shard, .. } = &mut *alone.borrow_mut();
                let now = frame.exactly(given_ms);
                ask(shard, now.0)
            }
            Self::Shared(shared) => shared.sum(given_ms, ask),
        }
    }
}

impl Alone {
    #[inline]
    fn take(&mut self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let Self { frame, fingerprint, shard, last_key } = self;
        let id = last_key.id(key, fingerprint);
        match given_ms {
            None => take(shard, last_key, id, cost, frame.own()),
            Some(ms) => take(shard, last_key, id, cost, &frame.given(ms)),
        }
    }
}

#[inline]
fn take(shard: &mut Shard, last_key: &mut LastKey, id: u64, cost: u64, clock: &impl Now) -> bool {
    if let Some(binding) = last_key.denies(cost, shard.forgotten(), clock) {
        shard.reclaim_some(clock.rough_ms());
        shard.count_denial(binding);
        return false;
    }
    let outcome = shard.take(id, cost, clock);
    if let (false, Some(slot)) = (outcome.allowed, outcome.slot) {
        let (until_ms, binding) = shard.denied_until(slot, cost, clock.exact_ms());
        last_key.deny(cost, until_ms, binding, shard.forgotten());
    }
    outcome.allowed
}
