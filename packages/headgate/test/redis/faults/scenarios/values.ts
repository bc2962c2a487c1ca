import { expect } from 'vitest';
import { PATIENT, type Scene } from './scenarios.js';

const WINDOW_MS = 60_000;
const LONGER_MS = 1000;
const ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const;

/** Each key goes a second after it is as good as new, and what another program wrote is left alone. */
export async function values({ subject, direct }: Scene): Promise<void> {
  await direct.flushall();
  const limiterOf = (algorithm: (typeof ALGORITHMS)[number], prefix: string) =>
    new subject.RemoteRateLimiter({
      limit: 3,
      windowMs: WINDOW_MS,
      algorithm,
      engine: subject.redis(direct, { ...PATIENT, prefix, rememberDenialsMs: 0 }),
    });
  const lives = async (name: string, leastMs: number) => {
    const leftMs = await direct.pttl(name);
    expect(leftMs, name).toBeGreaterThan(leastMs);
    expect(leftMs, name).toBeLessThanOrEqual(leastMs + LONGER_MS);
  };
  for (const algorithm of ALGORITHMS) {
    const prefix = `${algorithm}:`;
    const limiter = limiterOf(algorithm, prefix);
    await limiter.allow('allowed');
    const { resetAfterMs } = await limiter.peek('allowed');
    await lives(`${prefix}allowed`, resetAfterMs);
    await lives(`${prefix}checked`, (await limiter.check('checked')).resetAfterMs);
    await limiter.block('blocked', 2 * WINDOW_MS);
    await lives(`${prefix}blocked`, 2 * WINDOW_MS - LONGER_MS / 2);
    await direct.persist(`${prefix}allowed`);
    await limiter.allow('allowed');
    expect(await direct.pttl(`${prefix}allowed`)).toBeGreaterThan(0);
  }

  const foreign = {
    short: 'hello world!',
    long: 'not written by a limiter, and long enough to be one of its states, or so it seems',
    longer: Buffer.concat([(await direct.getBuffer('fixed-window:blocked')) as Buffer, Buffer.from('more')]),
    other: (await direct.getBuffer('token-bucket:checked')) as Buffer,
  };
  const limiter = limiterOf('fixed-window', 'foreign:');
  for (const [key, value] of Object.entries(foreign)) {
    await direct.set(`foreign:${key}`, value);
    await expect(limiter.allow(key), key).rejects.toThrow(`the key "foreign:${key}" was written by another program`);
    await expect(limiter.check(key), key).rejects.toThrow('was written by another program');
    expect(await direct.getBuffer(`foreign:${key}`)).toEqual(Buffer.from(value));
  }
}
