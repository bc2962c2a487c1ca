import type { Policy } from '@headgate/core-ts';
import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

const WINDOW_MS = 1000;
const BACK_MS = 50_000;
const ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const;

/** The server's clock steps back: nothing is granted again, a key is free one window later, whatever it was asked meanwhile, and no refund is lost. */
export async function steps({ subject, direct }: Scene): Promise<void> {
  let nowMs = 1_000_000_000;
  const own = Math.random().toString(36).slice(2);
  for (const algorithm of ALGORITHMS) {
    const policies: Policy[] = [{ name: 'default', algorithm, limit: 4, windowMs: WINDOW_MS, burst: 4, blockForMs: 0 }];
    const options = subject.readRedisOptions({ ...PATIENT, prefix: `${own}:${algorithm}:`, rememberDenialsMs: 0 });
    const engine = new subject.RedisEngine(policies, subject.recognise(direct), options, { now: () => nowMs });
    for (let i = 0; i < 4; i++) expect(await engine.allow('allowed', 1)).toBe(true);
    await engine.check('checked', 4);
    await engine.allow('in part', 3);
    await engine.allow('asked', 4);
    await engine.block('blocked', WINDOW_MS);
    const { number } = await engine.reserve('reserved', 4);
    nowMs -= BACK_MS;
    for (const key of ['allowed', 'checked', 'blocked']) {
      const denied = await engine.check(key, 4);
      expect(denied, `${algorithm} ${key}`).toMatchObject({ allowed: false, remaining: 0 });
      expect(denied.retryAfterMs, `${algorithm} ${key}`).toBeLessThanOrEqual(2 * WINDOW_MS);
    }
    expect(await engine.allow('asked', 1), algorithm).toBe(false);
    expect([await engine.allow('in part', 2), await engine.allow('in part', 1)]).toEqual([false, true]);
    expect(await engine.settle('reserved', number, 4, 1), algorithm).toMatchObject({ remaining: 3 });
    nowMs += 2 * WINDOW_MS;
    for (const key of ['in part', 'asked', 'allowed', 'checked', 'blocked'])
      expect(await engine.allow(key, 4), `${algorithm} ${key}`).toBe(true);
  }
}
