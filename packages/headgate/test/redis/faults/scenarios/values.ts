import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

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
  /** Algorithms have names of their own. */
  const nameOf = async (prefix: string, key: string) => (await direct.keys(`${prefix}*${key}`))[0] as string;
  const nowMs = async () => {
    const [seconds, microseconds] = await direct.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  };
  /** Written since then, and to go a second after it is due. */
  const lives = async (name: string, sinceMs: number, dueAfterMs: number) => {
    const goesAtMs = Number(await direct.call('PEXPIRETIME', name));
    expect(goesAtMs, name).toBeGreaterThanOrEqual(sinceMs + dueAfterMs + 1);
    expect(goesAtMs, name).toBeLessThanOrEqual((await nowMs()) + dueAfterMs + LONGER_MS);
  };
  for (const algorithm of ALGORITHMS) {
    const prefix = `${algorithm}:`;
    const limiter = limiterOf(algorithm, prefix);
    const sinceMs = await nowMs();
    await limiter.allow('allowed');
    if (algorithm === 'fixed-window') {
      await lives(`${prefix}allowed`, sinceMs, WINDOW_MS);
      await limiter.allow('allowed');
      await lives(`${prefix}allowed`, sinceMs, WINDOW_MS);
    }
    const { resetAfterMs } = await limiter.check('checked');
    await lives(await nameOf(prefix, 'checked'), sinceMs, resetAfterMs);
    await limiter.block('blocked', 2 * WINDOW_MS);
    await lives(await nameOf(prefix, 'blocked'), sinceMs, 2 * WINDOW_MS);
    const name = await nameOf(prefix, 'allowed');
    await direct.persist(name);
    await limiter.allow('allowed');
    expect(await direct.pttl(name)).toBeGreaterThan(0);
  }

  const foreign = {
    short: 'hello world!',
    long: 'not written by a limiter, and long enough to be one of its states, or so it seems',
    longer: Buffer.concat([(await direct.getBuffer('fixed-window:blocked')) as Buffer, Buffer.from('more')]),
    other: (await direct.getBuffer(await nameOf('token-bucket:', 'checked'))) as Buffer,
  };
  const limiter = limiterOf('fixed-window', 'foreign:');
  for (const [key, value] of Object.entries(foreign)) {
    await direct.set(`foreign:${key}`, value);
    await expect(limiter.allow(key), key).rejects.toThrow(`the key "foreign:${key}" was written by another program`);
    await expect(limiter.check(key), key).rejects.toThrow('was written by another program');
    expect(await direct.getBuffer(`foreign:${key}`)).toEqual(Buffer.from(value));
  }
  await direct.hset('foreign:hash', 'field', 'value');
  await expect(limiter.allow('hash')).rejects.toThrow('was written by another program');
  expect(await direct.hgetall('foreign:hash')).toEqual({ field: 'value' });
}
