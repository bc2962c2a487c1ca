import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { backends } from '../backend/backends.js';
import { createGate } from './create-gate.js';
import type { HttpOptions } from './options/options.js';
import type { Outcome } from './outcome.js';
import type { Reader } from './reader.js';

interface Asks {
  readonly limit: number;
}

const reader: Reader<Asks> = {
  method: () => 'GET',
  path: () => '/',
  address: () => '192.0.2.1',
  header: () => undefined,
  requestScope: () => ({}),
};

function gateOf(options: Partial<HttpOptions<Asks>>) {
  const clock = new ManualClock();
  const gate = createGate<Asks>({ limit: ({ limit }) => limit, windowSeconds: 60, clock, ...options }, reader);
  return { clock, decide: (limit: number) => gate.decide({ limit }) as Outcome };
}

const names = backends().flatMap(({ name, available }) => (available ? [name] : []));

describe.each(names)('a limit that is a function, on the backend %s', (backend) => {
  it.each(['fixed-window', 'sliding-window', 'token-bucket'] as const)(
    'denies nobody who is below both of two limits that come by turns (%s)',
    (algorithm) => {
      const { clock, decide } = gateOf({ algorithm, backend });
      for (let i = 0; i < 600; i++) {
        clock.advance(5_000); // 12 in a window
        expect(decide(i % 2 === 0 ? 20 : 21).decision?.allowed).toBe(true);
      }
    },
  );

  it('may answer as many different limits as there are', () => {
    const { decide } = gateOf({ backend });
    for (let limit = 1; limit <= 5_000; limit++) {
      const { decision } = decide(limit);
      expect([decision?.limit, decision?.remaining]).toEqual([limit, 0]);
    }
  });

  it('gives back what was reserved under another limit', () => {
    const { decide } = gateOf({ backend, skipSuccessfulRequests: true });
    for (let i = 0; i < 40; i++) {
      const both = [decide(10), decide(11)];
      for (const { decision, settle } of both) {
        expect(decision?.allowed).toBe(true);
        settle?.(200, false);
      }
    }
  });

  it('keeps a block, whatever the next request is allowed', () => {
    const { clock, decide } = gateOf({ backend, blockForSeconds: 600 });
    for (let i = 0; i < 4; i++) decide(3);
    clock.advance(599_999);
    expect(decide(50).decision?.retryAfterMs).toBe(1);
  });

  it('keeps a burst of its own', () => {
    const { decide } = gateOf({ backend, algorithm: 'token-bucket', burst: 2 });
    expect([decide(60), decide(120), decide(60)].map(({ decision }) => decision?.allowed)).toEqual([true, true, false]);
  });

  it('is an error of the function where it is no whole number, and nothing is taken', () => {
    const { decide } = gateOf({ backend });
    for (const limit of [-1, 0.5, Number.NaN, '5' as unknown as number]) expect(() => decide(limit)).toThrow(/limit/);
    expect(decide(1).decision?.allowed).toBe(true);
  });
});
