import { nativeStatus } from '@headgate/core-native';
import { describe, expect, it } from 'vitest';
import { type Backend, ManualClock, RateLimiter, type Reservation } from '../../src/index.js';

const BACKENDS: readonly Backend[] = nativeStatus().available ? ['ts', 'native'] : ['ts'];

/** Counts its readings, and throws at the one that is named. */
class BreakableClock {
  nowMs = 0;
  readings = 0;
  throwsAt = Number.POSITIVE_INFINITY;

  now(): number {
    this.readings++;
    if (this.readings === this.throwsAt) throw new Error('the clock broke');
    return this.nowMs;
  }
}

interface HeldReservation {
  readonly clock: BreakableClock;
  readonly limiter: RateLimiter;
  readonly open: Reservation;
  readonly denied: Reservation;
  readonly bytes: Uint8Array;
}

const OPTIONS = { algorithm: 'token-bucket', limit: 10, windowMs: 1000, track: true } as const;

/** One that holds a key, a block, a denial, and an open reservation. */
function make(backend: Backend): HeldReservation {
  const clock = new BreakableClock();
  const limiter = new RateLimiter({ ...OPTIONS, clock, backend });
  const open = limiter.reserve('a', 4);
  const denied = limiter.reserve('a', 9);
  limiter.block('blocked', 500);
  const bytes = limiter.snapshot();
  clock.nowMs = 100;
  limiter.allow('b', 3);
  clock.readings = 0;
  return { clock, limiter, open, denied, bytes };
}

/** All that can be seen of it, and what settling and taking come to then. */
function fateOf({ clock, limiter, open, denied }: HeldReservation): unknown {
  clock.throwsAt = Number.POSITIVE_INFINITY;
  return [
    limiter.policies,
    limiter.stats(),
    limiter.topKeys(),
    ['a', 'b', 'c', 'blocked'].map((key) => limiter.peek(key)),
    [open.settled, denied.settled],
    open.settled ? undefined : open.commit(1),
    limiter.check('a', 8),
    limiter.check('b', 8),
    limiter.cleanupExpired(),
    limiter.stats(),
    limiter.topKeys(),
  ];
}

/** What is called, and how often it reads the clock. */
const CALLS: readonly (readonly [string, number, (held: HeldReservation) => unknown])[] = [
  ['allow', 1, ({ limiter }) => limiter.allow('a', 3)],
  ['allow of a new key', 1, ({ limiter }) => limiter.allow('c')],
  ['allow, denied', 1, ({ limiter }) => limiter.allow('a', 8)],
  ['allowMany', 1, ({ limiter }) => limiter.allowMany(['a', 'b', 'c', 'a'], 2)],
  ['allowMany of more than one string holds', 1, ({ limiter }) => limiter.allowMany(longKeys())],
  ['allowMany of none', 1, ({ limiter }) => limiter.allowMany([])],
  ['check', 1, ({ limiter }) => limiter.check('a', 3)],
  ['peek', 1, ({ limiter }) => limiter.peek('a', 3)],
  ['remaining', 1, ({ limiter }) => limiter.remaining('a')],
  ['block', 1, ({ limiter }) => limiter.block('a', 100)],
  ['reserve', 1, ({ limiter }) => limiter.reserve('a', 3)],
  ['reserve, denied', 1, ({ limiter }) => limiter.reserve('a', 9)],
  ['commit below the estimate', 1, ({ open }) => open.commit(1)],
  ['commit above it', 1, ({ open }) => open.commit(12)],
  ['cancel', 1, ({ open }) => open.cancel()],
  ['cancel of what was denied', 1, ({ denied }) => denied.cancel()],
  ['dispose', 1, ({ open }) => open[Symbol.dispose]()],
  ['update', 1, ({ limiter }) => limiter.update({ limit: 20, windowMs: 50 })],
  ['snapshot', 1, ({ limiter }) => limiter.snapshot()],
  ['restore', 1, ({ limiter, bytes }) => limiter.restore(bytes)],
  ['reset', 1, ({ limiter }) => limiter.reset('a')],
  ['cleanupExpired', 1, ({ limiter }) => limiter.cleanupExpired()],
  ['a limited function', 1, ({ limiter }) => limiter.limit('a', () => 1)()],
  ['clear', 0, ({ limiter }) => limiter.clear()],
  ['stats', 0, ({ limiter }) => limiter.stats()],
  ['policies', 0, ({ limiter }) => limiter.policies],
  ['topKeys', 0, ({ limiter }) => limiter.topKeys()],
];

function longKeys(): string[] {
  return ['x', 'y'].map((each) => each.repeat(9 << 20));
}

describe.each(BACKENDS)('the clock of a limiter on %s', (backend) => {
  it.each(CALLS)('%s reads it %i times, before it changes anything', (_name, readings, call) => {
    const held = make(backend);
    call(held);
    expect(held.clock.readings).toBe(readings);
    for (let nth = 1; nth <= readings; nth++) {
      const broken = make(backend);
      broken.clock.throwsAt = nth;
      expect(() => call(broken)).toThrow('the clock broke');
      expect(fateOf(broken)).toEqual(fateOf(make(backend)));
    }
  });

  it('is read once where the limiter is made', () => {
    const clock = new BreakableClock();
    new RateLimiter({ ...OPTIONS, clock, backend });
    expect(clock.readings).toBe(1);
  });
});

const INNER: readonly (readonly [string, (limiter: RateLimiter) => unknown])[] = [
  ['allow', (limiter) => limiter.allow('k')],
  ['check', (limiter) => limiter.check('k')],
  ['reserve', (limiter) => limiter.reserve('k')],
  ['reset', (limiter) => limiter.reset('k')],
  ['clear', (limiter) => limiter.clear()],
  ['block', (limiter) => limiter.block('z', 5)],
  ['update', (limiter) => limiter.update({ limit: 4 })],
  ['snapshot', (limiter) => limiter.snapshot()],
  ['restore', (limiter) => limiter.restore(limiter.snapshot())],
  ['cleanupExpired', (limiter) => limiter.cleanupExpired()],
  ['stats', (limiter) => limiter.stats()],
];

describe('a clock that calls its limiter', () => {
  it.each(INNER)('by %s corrupts nothing, and the engines agree', (_name, inner) => {
    const [first, ...others] = BACKENDS.map((backend) => lifeWith(inner, backend));
    for (const other of others) expect(other).toEqual(first);
  });

  function lifeWith(inner: (limiter: RateLimiter) => unknown, backend: Backend): unknown[] {
    const time = new ManualClock();
    let limiter: RateLimiter | undefined;
    let isInside = false;
    const now = () => {
      if (limiter !== undefined && !isInside) {
        isInside = true;
        inner(limiter);
        isInside = false;
      }
      time.advance(1);
      return time.now();
    };
    limiter = new RateLimiter({ algorithm: 'token-bucket', limit: 5, windowMs: 1000, backend, clock: { now } });
    const seen: unknown[] = [];
    for (let round = 0; round < 8; round++) {
      const reservation = limiter.reserve('k');
      seen.push(limiter.check('k'), reservation.decision, [...limiter.allowMany(['k', 'j'])]);
      if (reservation.decision.allowed) seen.push(reservation.commit(2));
      limiter.restore(limiter.snapshot());
    }
    const { allowed, blocked, totalChecks } = limiter.stats();
    expect(allowed + blocked).toBe(totalChecks);
    return [...seen, limiter.stats()];
  }
});
