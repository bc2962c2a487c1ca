import { createMapEngine, type Engine, type EngineFactory, ManualClock, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNativeEngine, nativeStatus } from '../../core-native/js/index.js';
import { policyOf } from '../src/arbitraries/policy.js';
import { readSettings } from '../src/run/options.js';

const POLICIES = [
  policyOf({ name: 'fixed', limit: 5, windowMs: 1000 }),
  policyOf({ name: 'sliding', algorithm: 'sliding-window', limit: 5, windowMs: 1000 }),
  policyOf({ name: 'bucket', algorithm: 'token-bucket', limit: 5, windowMs: 1000 }),
  policyOf({ name: 'wide', algorithm: 'token-bucket', limit: Number.MAX_SAFE_INTEGER, windowMs: 86_400_007 }),
];
const KEYS = ['', 'a', '\ud800', 'k'.repeat(300)];

const { available } = nativeStatus();

describe('bytes for the TypeScript engine', () => restoring(createMapEngine));
describe.skipIf(!available)(
  `bytes for the native engine${available ? '' : ' (skipped: no native binary runs here)'}`,
  () => restoring(createNativeEngine),
);

function restoring(createEngine: EngineFactory): void {
  function limiter(clock = new ManualClock()): RateLimiter {
    return new RateLimiter({ limits: POLICIES.map(({ burst, blockForMs, ...each }) => each), clock }, createEngine);
  }

  function used(): RateLimiter {
    const clock = new ManualClock();
    const held = limiter(clock);
    for (const key of KEYS) {
      held.check(key, 2);
      clock.advance(130);
      held.check(key);
    }
    held.block('a', 500);
    return held;
  }

  function state(held: RateLimiter): unknown {
    return [held.stats(), ...[...KEYS, 'held'].map((key) => held.peek(key, 1))];
  }

  it('are refused where one is missing at the end', () => {
    const bytes = used().snapshot();
    const held = limiter();
    held.allow('held');
    const before = state(held);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => held.restore(bytes.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
    }
    expect(state(held)).toEqual(before);
  });

  it('are refused where any one of them is another', () => {
    const bytes = used().snapshot();
    const held = limiter();
    held.allow('held');
    const before = state(held);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      expect(() => held.restore(flipped), `byte ${at}`).toThrow(RangeError);
    }
    expect(state(held)).toEqual(before);
  });

  it('say why they are refused', () => {
    const bytes = used().snapshot();
    const other = new RateLimiter({ limit: 5, windowMs: 1000 }, createEngine);
    const refused = (given: unknown, held = other) => expect(() => held.restore(given as Uint8Array));
    refused(undefined).toThrow('snapshot must be a Uint8Array, got undefined');
    refused([...bytes]).toThrow('snapshot must be a Uint8Array, got an array');
    refused(new Uint8Array(0)).toThrow("the snapshot of 0 bytes can't be restored: it ends 4 bytes too early");
    refused(new TextEncoder().encode('something else')).toThrow('it is none of headgate');
    refused(Uint8Array.from(bytes, (byte, i) => (i === 4 ? 9 : byte))).toThrow('it has the version 9');
    refused(bytes).toThrow('it was made for [{"name":"fixed"');
    const small = new RateLimiter(
      { limits: POLICIES.map(({ burst, blockForMs, ...each }) => each), maxKeys: 3 },
      createEngine,
    );
    refused(bytes, small).toThrow('it has 4 keys, and maxKeys is');
  });

  it('of any content end in a refusal or in a limiter that decides', () => {
    const engineOf = (): Engine =>
      createEngine({ policies: POLICIES, clock: new ManualClock(), shared: undefined, maxKeys: 100, onFull: 'deny' });
    const source = engineOf();
    for (const key of KEYS) source.check(key, 3);
    const sound = source.snapshot().bytes;
    const words = fc.oneof(
      fc.constantFrom(0n, 1n, 5n, 2n ** 50n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, 0x7ff0000000000000n),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    );
    const changes = fc.array(fc.tuple(fc.nat({ max: sound.length - 8 }), words), { maxLength: 4 });
    const anything = fc.oneof(
      { weight: 8, arbitrary: changes.map((list) => rewritten(sound, list)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
      { weight: 1, arbitrary: fc.nat({ max: sound.length }).map((length) => sound.slice(0, length)) },
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        const engine = engineOf();
        try {
          engine.restore(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).not.toContain('bug');
          expect(engine.stats().activeKeys).toBe(0);
        }
        for (const key of KEYS) {
          for (const { remaining, limit, resetAfterMs } of engine.check(key, 1).policies) {
            expect(remaining >= 0 && remaining <= limit && resetAfterMs >= 0).toBe(true);
          }
        }
        engine.snapshot();
        engine.cleanupExpired();
      }),
      // A wide bucket's debt with one of its two parts.
      { numRuns: 5 * readSettings().runs, examples: [[rewritten(sound, [[sound.length - 20, 1n]])]] },
    );
  });
}

/** With words of 64 bits written over it, at any byte. */
function rewritten(sound: Uint8Array, list: readonly (readonly [at: number, word: bigint])[]): Uint8Array {
  const bytes = sound.slice();
  const view = new DataView(bytes.buffer);
  for (const [at, word] of list) view.setBigUint64(at, word, true);
  return bytes;
}
