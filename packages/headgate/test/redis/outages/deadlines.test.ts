import { describe, expect, it, vi } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { noUnhandledRejections } from '../setup/unhandled.js';

noUnhandledRejections();

const DEADLINE_MS = 300;
const MOST_OF_IT_MS = 200;
const after = async <T>(ms: number, then: () => T) => {
  await new Promise((done) => setTimeout(done, ms));
  return then();
};
const never = () => new Promise<never>(() => undefined);

const between = () => {
  throw new Error('TRYAGAIN Multiple keys request during rehashing of slot');
};
const elsewhere = () => [Date.now(), -4];

/**
 * Answers the first call when most of the deadline is over, and no other. Timers go in the order in which they are due, on
 * any machine: `isOver` is whether more has passed since the second call came than was left of the deadline.
 */
function sentTwice(first: () => unknown) {
  let isOver = false;
  const evalsha = vi.fn(async () => {
    if (evalsha.mock.calls.length === 1) return after(MOST_OF_IT_MS, first);
    setTimeout(() => {
      isOver = true;
    }, MOST_OF_IT_MS);
    return never();
  });
  return { engine: redis({ evalsha, eval: never }, { deadlineMs: DEADLINE_MS }), evalsha, isOver: () => isOver };
}

describe('what is sent again is given up at the deadline of the call', () => {
  it.each([
    ['keys that the short script leaves to the long one', elsewhere, ['a'], 2],
    ['keys between two nodes', between, ['a', 'b'], 3],
  ] as const)('%s', async (_, first, keys, sent) => {
    const { engine, evalsha, isOver } = sentTwice(first);
    const limiter = new RemoteRateLimiter({ limit: 5, windowSeconds: 60, engine });
    for (const answer of await Promise.all(keys.map((key) => limiter.check(key))))
      expect(answer).toMatchObject({ degraded: true });
    expect(isOver()).toBe(false);
    expect(evalsha).toHaveBeenCalledTimes(sent);
  });

  it('hits of keys between two nodes', async () => {
    const { engine, evalsha, isOver } = sentTwice(between);
    const here = () => ({ hits: 1, windowMs: 1000, resetAfterMs: 1000, blockedMs: 0 });
    const add = { kind: 'add', hits: 1, windowMs: 1000 } as const;
    const hits = engine.hits?.();
    const answers = await Promise.all(['a', 'b', 'a'].map((key) => hits?.ask(key, add, here)));
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ ...here(), degraded: true })));
    expect(isOver()).toBe(false);
    expect(evalsha).toHaveBeenCalledTimes(3);
  });
});

describe('clear()', () => {
  const clearOn = (run: () => Promise<unknown>, options = {}) => {
    const engine = redis({ evalsha: run, eval: run }, { deadlineMs: DEADLINE_MS, onOutage: 'open', ...options });
    const limiter = new RemoteRateLimiter({ limit: 5, windowSeconds: 60, engine });
    return [() => limiter.clear(), () => engine.hits?.().clear()];
  };

  it('waits for each of its steps, however many there are', async () => {
    let steps = 0;
    const clears = clearOn(() => after(MOST_OF_IT_MS, () => (++steps % 3 === 0 ? '0' : '1')));
    for (const clear of clears) await clear();
    expect(steps).toBe(6);
  });

  it.each([
    ['is not answered', never, 'no answer within 300 ms'],
    ['is refused', () => Promise.reject(new Error('OOM command not allowed')), 'OOM: the server is out of memory'],
  ])('rejects where one %s', async (_, run, told) => {
    for (const options of [{}, { leases: {} }]) {
      for (const clear of clearOn(run, options)) {
        const error = await clear()?.catch((reason) => reason);
        expect(error).toMatchObject({ name: 'BackendUnavailableError', cause: expect.any(Error) });
        expect(String(error)).toContain(`Redis did not clear: ${told}`);
      }
    }
  });

  it('forgets what was counted without the server too', async () => {
    let works = false;
    const run = async () => {
      if (!works) throw new Error('not today');
      return '0';
    };
    const limiter = new RemoteRateLimiter({
      limit: 5,
      windowSeconds: 60,
      engine: redis({ evalsha: run, eval: run }, { deadlineMs: 60_000 }),
    });
    expect(await limiter.check('k')).toMatchObject({ degraded: true, remaining: 4 });
    works = true;
    await limiter.clear();
    works = false;
    expect(await limiter.check('k')).toMatchObject({ degraded: true, remaining: 4 });
  });
});
