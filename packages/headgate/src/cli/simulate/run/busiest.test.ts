import { ManualClock, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Busiest } from './busiest.js';
import { Clients } from './clients.js';

const step = fc.record({
  key: fc.constantFrom('a', 'b', '192.0.2.1'),
  afterMs: fc.constantFrom(0, 1, 7, 500, 999, 1000),
});

it.each(['fixed-window', 'sliding-window'] as const)('the busiest %s is what a limiter counts in one', (algorithm) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const clock = new ManualClock(1_700_000_000_000);
      const clients = new Clients(10);
      const busiest = new Busiest({ windowMs: 1000, algorithm }, clients.table, clock, 10);
      const limiter = new RateLimiter({ limit: 1000, windowMs: 1000, algorithm, clock });
      const most = new Map<string, number>();
      for (const { key, afterMs } of steps) {
        clock.advance(afterMs);
        busiest.take(clients.of(key), key, clock.now());
        most.set(key, Math.max(most.get(key) ?? 0, 1000 - limiter.check(key).remaining));
      }
      for (const [key, units] of most) expect(busiest.byClient.get(clients.of(key))).toBe(units);
    }),
  );
});
