import { nativeStatus } from '@headgate/core-native';
import { describe, expect, it } from 'vitest';
import { type Backend, ManualClock, RateLimiter } from '../../src/index.js';

const BACKENDS: readonly Backend[] = nativeStatus().available ? ['ts', 'native'] : ['ts'];

/** The same object, but for getters that answer once; the second time they throw. */
function once<T extends object>(given: T): T {
  const own: object = Array.isArray(given) ? [] : {};
  for (const name of Object.keys(given)) {
    const value: unknown = Reflect.get(given, name);
    const answer = isPlain(value) ? once(value) : value;
    let isRead = false;
    Object.defineProperty(own, name, {
      enumerable: true,
      get() {
        if (isRead) throw new Error(`${name} was read twice`);
        isRead = true;
        return answer;
      },
    });
  }
  return own as T;
}

function isPlain(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype);
}

const policy = { algorithm: 'token-bucket', limit: 5, windowMs: 1000, burst: 6, blockForMs: 7 } as const;
const seconds = { limit: 5, windowSeconds: 1, blockForSeconds: 2 };
const common = { maxKeys: 10, onFull: 'deny', track: true } as const;

describe.each(BACKENDS)('what a limiter on %s is given is read once', (backend) => {
  const make = () => new RateLimiter({ ...seconds, backend, clock: new ManualClock() });
  const several = () =>
    new RateLimiter({ limits: ['a', 'b'].map((name) => ({ name, limit: 5, windowMs: 1 })), backend });

  it.each<readonly [string, () => unknown]>([
    ['the options of one policy', () => new RateLimiter(once({ ...policy, ...common, backend }))],
    ['those in seconds', () => new RateLimiter(once({ ...seconds, backend }))],
    [
      'the options of several policies, and their list',
      () =>
        new RateLimiter(
          once({
            limits: [
              { ...policy, name: 'a' },
              { ...seconds, name: 'b' },
            ],
            ...common,
            backend,
          }),
        ),
    ],
    ['a change', () => make().update(once({ limit: 6, windowMs: 100, blockForMs: 3 }))],
    ['a change in seconds', () => make().update(once({ windowSeconds: 3, blockForSeconds: 0 }))],
    ['changes by name', () => several().update(once({ limits: [{ name: 'b', limit: 9, windowMs: 2 }] }))],
    ['the keys of allowMany', () => make().allowMany(once(['a', 'b']), 1)],
    ['the options of limit()', () => make().limit('k', () => 1, once({ cost: 1, onBlocked: () => 2 }))()],
    ['those of a decorator', () => make().limit('k', once({ cost: 1 }))({}, 'm', { value: () => 1 })],
  ])('%s', (_name, call) => {
    expect(call).not.toThrow();
  });

  it('the options of wait', async () => {
    const { signal } = new AbortController();
    expect((await make().wait('k', once({ cost: 2, maxWaitMs: 5, signal }))).remaining).toBe(3);
  });

  it('the keys of allowMany are those that were checked, whatever the list answers by other means', () => {
    class Keys extends Array<string> {
      override *[Symbol.iterator](): ArrayIterator<string> {
        for (let i = 0; i < this.length; i++) yield String(this[i]);
      }
    }
    const limiter = make();
    for (const keys of [Keys.from([null, undefined, 7] as never[]), new Array<string>(2), ['a', 'b', {}] as string[]])
      expect(() => limiter.allowMany(keys)).toThrow(/^key must be a string, got (null|undefined|an object)$/);
    expect(limiter.stats()).toMatchObject({ totalChecks: 0, activeKeys: 0 });

    for (const length of [1, 2, 5]) {
      let asked = 0;
      const lengths = {
        get: (keys: string[], name: string) => (name === 'length' ? (asked++ === 0 ? 2 : length) : keys[Number(name)]),
      };
      expect([...limiter.allowMany(new Proxy(['a', 'b'], lengths as never))]).toEqual([1, 1]);
    }
    expect(limiter.stats()).toMatchObject({ totalChecks: 6, activeKeys: 2 });
    expect(() => limiter.snapshot()).not.toThrow();
  });
});
