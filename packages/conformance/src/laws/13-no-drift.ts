import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { windowsMs } from '../arbitraries/policy.js';
import type { Law } from '../law.js';
import { demand } from '../law-broken.js';

interface Hammering {
  readonly limit: number;
  readonly windowMs: number;
  readonly windows: number;
  /** Where in each window the key is tried, in thousandths. */
  readonly parts: readonly number[];
}

export const noDrift: Law<Hammering> = {
  number: 13,
  name: 'no drift',
  sentence: 'No long-run drift when `windowMs / limit` is not an integer.',
  values: fc
    .record({
      limit: fc.integer({ min: 2, max: 13 }),
      windowMs: windowsMs,
      windows: fc.integer({ min: 1000, max: 2500 }),
      parts: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 3 }),
    })
    .filter(({ limit, windowMs }) => windowMs % limit !== 0),
  examples: [{ limit: 3, windowMs: 1000, windows: 2000, parts: [0, 333, 667, 1000] }],
  share: 0.05,
  print: ({ limit, windowMs, windows, parts }) =>
    `limit ${limit}, windowMs ${windowMs}, ${windows} windows, tried at ${parts.join(', ')} thousandths of each`,
  /** The key is tried at the first and the last instant of each window too, so windows follow without a gap. */
  holds(subject, { limit, windowMs, windows, parts }) {
    const clock = new ManualClock();
    const limiter = subject.limiter({ limit, windowMs, clock });
    const inside = parts.map((part) => Math.floor((part * (windowMs - 1)) / 1000));
    const instants = [0, ...inside.sort((a, b) => a - b), windowMs - 1];

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
