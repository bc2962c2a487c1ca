import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { windowsMs } from '../../arbitraries/policy.js';
import type { Law } from '../../run/law.js';
import { demand } from '../../run/law-broken.js';
import type { Subject } from '../../run/subject.js';

interface Hammering {
  readonly algorithm: 'fixed-window' | 'token-bucket';
  /** A token bucket's, tried at each millisecond; `undefined`: the limit, tried at the instants below. */
  readonly burst?: number | undefined;
  readonly limit: number;
  readonly windowMs: number;
  readonly windows: number;
  /** Where in each window the key is tried, in thousandths. */
  readonly parts: readonly number[];
}

export const noDrift: Law<Hammering> = {
  number: 13,
  name: 'no drift',
  sentence: 'No long-run drift when `windowMs / limit` is not an integer, and no `burst` is taken that loses the rate.',
  values: fc.oneof(
    fc
      .record({
        algorithm: fc.constantFrom<Hammering['algorithm']>('fixed-window', 'token-bucket'),
        limit: fc.integer({ min: 2, max: 13 }),
        windowMs: windowsMs,
        windows: fc.integer({ min: 1000, max: 2500 }),
        parts: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 3 }),
      })
      .filter(({ limit, windowMs }) => windowMs % limit !== 0),
    fc.record({
      algorithm: fc.constant('token-bucket' as const),
      burst: fc.integer({ min: 1, max: 8 }),
      limit: fc.integer({ min: 1, max: 5000 }),
      windowMs: fc.constantFrom(1, 3, 7, 10, 100, 999, 1000),
      windows: fc.constant(1),
      parts: fc.constant([]),
    }),
  ),
  examples: [
    { algorithm: 'token-bucket', burst: 1, limit: 2000, windowMs: 1000, windows: 1, parts: [] },
    { algorithm: 'token-bucket', burst: 1, limit: 999, windowMs: 1000, windows: 1, parts: [] },
    { algorithm: 'token-bucket', burst: 2, limit: 5, windowMs: 3, windows: 1, parts: [] },
    { algorithm: 'token-bucket', burst: 1, limit: 3, windowMs: 1000, windows: 1, parts: [] },
    { algorithm: 'token-bucket', limit: 7, windowMs: 1000, windows: 2000, parts: [1, 500] },
    { algorithm: 'fixed-window', limit: 3, windowMs: 1000, windows: 2000, parts: [0, 333, 667, 1000] },
  ],
  share: 0.05,
  print: ({ algorithm, burst, limit, windowMs, windows, parts }) =>
    `${algorithm}, limit ${limit}, windowMs ${windowMs}, ${burst === undefined ? `${windows} windows, tried at ${parts.join(', ')} thousandths of each` : `burst ${burst}, tried at each millisecond`}`,
  /** The key is tried at the first and the last instant of each window too, so windows follow without a gap. */
  holds(subject, { algorithm, burst, limit, windowMs, windows, parts }) {
    if (burst !== undefined) return keepsItsRate(subject, { limit, windowMs, burst });
    const clock = new ManualClock();
    const limiter = subject.limiter({ algorithm, limit, windowMs, clock });
    const inside = parts.map((part) => Math.floor((part * (windowMs - 1)) / 1000));
    const instants = [0, ...inside.sort((a, b) => a - b), windowMs - 1];

    if (algorithm === 'token-bucket') return neverIdle(limiter, clock, { limit, windowMs, windows, instants });
    for (let window = 0; window < windows; window++) {
      let admitted = 0;
      for (const instant of instants) {
        clock.advance(window * windowMs + instant - clock.now());
        // One more than an even share at each instant, so that the last units of some windows come late.
        for (let i = 0; i <= Math.ceil(limit / instants.length); i++) if (limiter.allow('key')) admitted++;
      }
      demand(admitted === limit, () => `window ${window} admitted ${admitted} of ${limit}`);
    }
  },
};

/** A bucket that is emptied at each of the instants is never full again, so no refill is lost. */
function neverIdle(
  limiter: Pick<RateLimiter, 'allow'>,
  clock: ManualClock,
  { limit, windowMs, windows, instants }: Pick<Hammering, 'limit' | 'windowMs' | 'windows'> & { instants: number[] },
): void {
  let admitted = 0;
  for (let window = 0; window < windows; window++) {
    for (const instant of instants) {
      clock.advance(window * windowMs + instant - clock.now());
      for (let tries = 0; tries <= 2 * limit && limiter.allow('key'); tries++) admitted++;
      const due = limit + Number((BigInt(clock.now()) * BigInt(limit)) / BigInt(windowMs));
      demand(admitted === due, () => `${admitted} units by ${clock.now()} ms, where ${due} were due`);
    }
  }
}

/** A bucket that is emptied at each millisecond admits its rate, or is refused because it can't. */
function keepsItsRate(
  subject: Subject,
  { limit, windowMs, burst }: { limit: number; windowMs: number; burst: number },
): void {
  const MS = 5000;
  const clock = new ManualClock();
  const most = Math.floor((limit * MS) / windowMs);
  let limiter: Pick<RateLimiter, 'allow' | 'remaining'>;
  try {
    limiter = subject.limiter({ algorithm: 'token-bucket', limit, windowMs, burst, clock });
  } catch (error) {
    demand(error instanceof RangeError && error.message.startsWith('burst must be at least'), () => String(error));
    const named = Number(/at least (\d+)/.exec((error as Error).message)?.[1]);
    demand(named > burst, () => `burst ${burst} was refused, and ${named} was named as the least`);
    keepsItsRate(subject, { limit, windowMs, burst: named });
    return;
  }
  let admitted = 0;
  for (let ms = 1; ms <= MS; ms++) {
    clock.advance(1);
    const left = limiter.remaining('key');
    if (limiter.allow('key', left)) admitted += left;
  }
  demand(admitted >= Math.floor(most * 0.99) - 1, () => `${admitted} units in ${MS} ms, where ${most} were due`);
}
