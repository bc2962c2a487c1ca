import type { Fault } from './fault.js';

const BACK = 'this.#steppedBackMs += this.#reading - reading;';
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
    file: 'steady-clock.ts',
    find: BACK,
    replace: 'this.#steppedBackMs += 2 * (this.#reading - reading);',
  },
  { name: 'a step back locks until the clock is there again', file: 'steady-clock.ts', find: BACK, replace: ';' },
  {
    name: 'a step back is noted again at each call',
    file: 'steady-clock.ts',
    find: '    this.#reading = reading;',
    replace: '    this.#reading = Math.max(reading, this.#reading ?? reading);',
  },
  {
    name: 'remaining takes',
    file: 'rate-limiter.ts',
    find: 'return this.peek(key).remaining;',
    replace: 'return this.check(key).remaining;',
  },
  {
    name: 'allow ignores the cost',
    file: 'rate-limiter.ts',
    find: 'const allowed = this.#engine.allow(key, cost);',
    replace: 'const allowed = this.#engine.allow(key, 1);',
  },
  {
    name: 'peek ignores the cost',
    file: 'rate-limiter.ts',
    find: 'return this.#engine.peek(key, cost);',
    replace: 'return this.#engine.peek(key, 1);',
  },
  {
    name: 'the limit is kept in 32 bits',
    file: 'policy-options.ts',
    find: LIMIT,
    replace: LIMIT.replace('limit,', 'limit: limit >>> 0,'),
  },
  {
    name: 'a limit of 0 is a limit of 1',
    file: 'policy-options.ts',
    find: LIMIT,
    replace: LIMIT.replace('limit,', 'limit: limit || 1,'),
  },
  {
    name: 'a reservation is settled twice',
    file: 'reservation.ts',
    find: 'if (this.#settledBy !== undefined) throw',
    replace: 'if (this.#settledBy === call) throw',
  },
  {
    name: 'the window is kept in whole seconds',
    file: 'policy-options.ts',
    find: LIMIT,
    replace: LIMIT.replace('windowMs,', 'windowMs: Math.ceil(windowMs / 1000) * 1000,'),
  },
];
