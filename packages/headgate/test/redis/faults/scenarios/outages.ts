import { expect, vi } from 'vitest';
import type { Scene } from './scene.js';

const HANG_MS = 5_000;

/** A call waits until its deadline; after three failures in a row none is sent, and one that succeeds ends it. */
export async function outages({ subject, direct }: Scene): Promise<void> {
  let mode: 'works' | 'fails' | 'hangs' = 'works';
  let asked = 0;
  const through = <T>(send: () => Promise<T>): Promise<T> => {
    asked++;
    if (mode === 'fails') return Promise.reject(new Error('not today'));
    return mode === 'hangs' ? new Promise(() => undefined) : send();
  };
  const client = {
    evalsha: (sha: string, keys: string[], args: string[]) =>
      through(() => direct.evalsha(sha, keys.length, ...keys, ...args)),
    eval: (script: string, keys: string[], args: string[]) =>
      through(() => direct.eval(script, keys.length, ...keys, ...args)),
  };
  const [onDegraded, onRecovered] = [vi.fn(), vi.fn()];
  const own = Math.random().toString(36).slice(2);
  const limiterOf = (limit: number, deadlineMs: number) =>
    new subject.RemoteRateLimiter({
      limit,
      windowSeconds: 60,
      engine: subject.redis(client, { prefix: `${own}:`, deadlineMs, expectedInstances: 4, onDegraded, onRecovered }),
    });
  const limiter = limiterOf(8, HANG_MS);
  await limiter.check('k');
  for (let i = 0; i < 6; i++) {
    mode = i % 2 === 0 ? 'fails' : 'works';
    await limiter.check('between');
  }
  expect(onDegraded).not.toHaveBeenCalled();
  mode = 'fails';
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await limiter.check('o'));
  expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false, false, false]);
  expect(answers.every(({ degraded }) => degraded)).toBe(true);
  expect(limiter.stats().degraded).toBe(3 + 5);
  expect(onDegraded).toHaveBeenCalledTimes(1);
  mode = 'works';
  await vi.waitFor(() => expect(onRecovered).toHaveBeenCalledTimes(1), { timeout: HANG_MS, interval: 5 });
  expect(await limiter.check('k')).toMatchObject({ allowed: true, remaining: 6 });

  mode = 'fails';
  expect(await limiterOf(2, HANG_MS).check('one')).toMatchObject({ allowed: true, degraded: true });
  mode = 'hangs';
  const late = limiterOf(8, 20).check('k');
  const hung = new Promise<string>((resolve) => setTimeout(resolve, HANG_MS, 'it hung'));
  expect(await Promise.race([late, hung])).toMatchObject({ degraded: true });
  expect(asked).toBeGreaterThan(0);
}
