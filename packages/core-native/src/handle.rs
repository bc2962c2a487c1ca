//! What one limiter in JavaScript holds: the engine, alone or shared, and a tally of its own.
#![forbid(unsafe_code)]

use crate::answer::Answer;
use crate::engine::Engine;
use crate::tally::Tally;
use std::cell::RefCell;
use std::sync::Arc;

/// Used by one thread only, the one of the limiter's JavaScript.
pub struct Handle {
    engine: Held,
    tally: Arc<Tally>,
}

/// An engine that nobody else can see needs no locks, and those are a third of a hot call.
#[expect(clippy::large_enum_variant, reason = "a box would be one more jump on the hot path")]
enum Held {
    Alone(RefCell<Engine>),
    Shared(Arc<Engine>),
}

/// A call sweeps a little each so many: all shards have had their turn after 8,192 calls.
const CALLS_PER_SWEEP: u64 = 64;

impl Handle {
    /// Has the engine to itself.
    #[must_use]
    pub fn alone(engine: Engine) -> Self {
        let tally = engine.tallies.open();
        Self { engine: Held::Alone(RefCell::new(engine)), tally }
    }

    /// Holds a shared engine until it is dropped.
    #[must_use]
    pub fn shared(engine: Arc<Engine>) -> Self {
        let tally = engine.tallies.open();
        Self { engine: Held::Shared(engine), tally }
    }

    /// Takes the cost if it fits.
    pub fn take(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> bool {
        let allowed = match &self.engine {
            Held::Alone(engine) => engine.borrow_mut().take_alone(key, cost, given_ms),
            Held::Shared(engine) => engine.take(key, cost, given_ms),
        };
        self.count(allowed, given_ms);
        allowed
    }

    /// Takes the cost if it fits, and tells how the key stands.
    pub fn check(&self, key: &[u16], cost: u64, given_ms: Option<i64>) -> Answer {
        let answer = match &self.engine {
            Held::Alone(engine) => engine.borrow_mut().check_alone(key, cost, given_ms),
            Held::Shared(engine) => engine.check(key, cost, given_ms),
        };
        self.count(answer.allowed, given_ms);
        answer
    }

    /// Forgets the key; whether it had live state.
    pub fn reset(&self, key: &[u16], given_ms: Option<i64>) -> bool {
        self.forget_denial();
        self.with(|engine| engine.reset(key, given_ms))
    }

    /// Forgets all keys.
    pub fn clear(&self) {
        self.forget_denial();
        self.with(Engine::clear);
    }

    fn forget_denial(&self) {
        if let Held::Alone(engine) = &self.engine {
            engine.borrow_mut().forget_denial();
        }
    }

    /// Asks the engine for what is not counted.
    pub fn with<R>(&self, ask: impl FnOnce(&Engine) -> R) -> R {
        match &self.engine {
            Held::Alone(engine) => ask(&engine.borrow()),
            Held::Shared(engine) => ask(engine),
        }
    }

    fn count(&self, allowed: bool, given_ms: Option<i64>) {
        if self.tally.count(allowed).is_multiple_of(CALLS_PER_SWEEP) {
            self.with(|engine| engine.sweep_a_little(given_ms));
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.with(|engine| engine.tallies.close(&self.tally));
    }
}
