import type { Fault } from '../fault.js';

const BACK = 'this.#steppedBackMs + Math.max(0, belowMs);';
const LIMIT = '    limit,\n    windowMs,\n    burst:';

/** Faults around the engine: in the limiter, its options, its clock, and the building of decisions. */
export const limiterFaults: readonly Fault[] = [
  {
    name: 'seconds until the reset are rounded down',
    file: 'decision.ts',
    find: 'Math.ceil(resetAfterMs / 1000)',
    replace: 'Math.floor(resetAfterMs / 1000)',
  },
  {
    name: 'seconds to wait are rounded to the nearest',
    file: 'decision.ts',
    find: 'Math.ceil(retryAfterMs / 1000)',
    replace: 'Math.round(retryAfterMs / 1000)',
  },
  {
    name: 'a step back grants again',
    file: 'clock/steady-clock.ts',
    find: BACK,
    replace: 'this.#steppedBackMs + 2 * Math.max(0, belowMs);',
  },
  {
    name: 'a step back locks until the clock is there again',
    file: 'clock/steady-clock.ts',
    find: BACK,
    replace: '0;',
  },
  {
    name: 'jitter is a step of the clock, and the way back is time',
    file: 'clock/steady-clock.ts',
    find: 'if (belowMs > 0 && belowMs <= JITTER_MS) {',
    replace: 'if (belowMs > 0 && belowMs <= 0) {',
  },
  {
    name: 'a step back beyond jitter is jitter',
    file: 'clock/steady-clock.ts',
    find: 'if (belowMs > 0 && belowMs <= JITTER_MS) {',
    replace: 'if (belowMs > 0) {',
  },
  {
    name: 'waits leave out for how long time stands',
    file: 'limiter/rate-limiter.ts',
    find: 'return behindMs === 0 ? decision : delayed(decision, behindMs);',
    replace: 'return decision;',
  },
  {
    name: 'a bucket that loses its rate is taken',
    file: 'options/policy-options.ts',
    find: '  if (burst < least)',
    replace: '  if (least === 0)',
  },
  {
    name: 'a bucket of what refills in a millisecond is enough for any rate',
    file: 'options/policy-options.ts',
    find: 'return 1 + Math.ceil((units - 1) / ms);',
    replace: 'return Math.ceil(units / ms);',
  },
  {
    name: 'remaining takes',
    file: 'limiter/rate-limiter.ts',
    find: 'return this.peek(key, 1, options).remaining;',
    replace: 'return this.check(key, 1, options).remaining;',
  },
  {
    name: 'allow ignores the cost',
    file: 'limiter/rate-limiter.ts',
    find: 'const allowed = this.#engine.allow(key, units,',
    replace: 'const allowed = this.#engine.allow(key, 1,',
  },
  {
    name: 'peek ignores the cost',
    file: 'limiter/rate-limiter.ts',
    find: 'this.#byTheClock(this.#engine.peek(key, units,',
    replace: 'this.#byTheClock(this.#engine.peek(key, 1,',
  },
  {
    name: 'the limit is kept in 32 bits',
    file: 'options/policy-options.ts',
    find: LIMIT,
    replace: LIMIT.replace('limit,', 'limit: limit >>> 0,'),
  },
  {
    name: 'a limit of 0 is a limit of 1',
    file: 'options/policy-options.ts',
    find: LIMIT,
    replace: LIMIT.replace('limit,', 'limit: limit || 1,'),
  },
  {
    name: 'a limit of 0 keeps its burst',
    file: 'options/policy-change.ts',
    find: ' || change.limit === 0 ?',
    replace: ' ?',
  },
  {
    name: 'a reservation is settled twice',
    file: 'limiter/reservation.ts',
    find: 'if (this.#settledBy !== undefined) throw',
    replace: 'if (this.#settledBy === call) throw',
  },
  {
    name: 'the window is kept in whole seconds',
    file: 'options/policy-options.ts',
    find: LIMIT,
    replace: LIMIT.replace('windowMs,', 'windowMs: Math.ceil(windowMs / 1000) * 1000,'),
  },
];
