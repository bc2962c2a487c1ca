import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

const MOST_MS = 1000;

/** A denied key is answered from memory for as long as it must be denied, and no longer than that or the most that is set. */
export async function denials({ subject, direct }: Scene): Promise<void> {
  let nowMs = 1_000_000;
  let asked = 0;
  const own = Math.random().toString(36).slice(2);
  const client = {
    evalsha: (sha: string, keys: string[], args: string[]) => {
      asked++;
      return direct.evalsha(sha, keys.length, ...keys, ...args);
    },
    eval: (script: string, keys: string[], args: string[]) => direct.eval(script, keys.length, ...keys, ...args),
  };
  let made = 0;
  const engineOf = (windowMs: number, name = `${++made}`) => {
    const policies = [
      { name: 'default', algorithm: 'fixed-window', limit: 3, windowMs, burst: 3, blockForMs: 0 },
    ] as const;
    const options = subject.readRedisOptions({ ...PATIENT, rememberDenialsMs: MOST_MS, prefix: `${own}:${name}:` });
    const now = () => nowMs;
    return new subject.RedisEngine(policies, subject.recognise(client), options, { now });
  };
  const real = performance.now;
  performance.now = () => nowMs;
  try {
    const short = engineOf(100);
    await short.check('k', 2);
    expect(await short.check('k', 2)).toMatchObject({ allowed: false, retryAfterMs: 100 });
    const before = asked;
    nowMs += 60;
    expect(await short.check('k', 2)).toMatchObject({ allowed: false, retryAfterMs: 40 });
    expect(await short.allow('k', 3)).toBe(false);
    expect(asked).toBe(before);
    expect(await short.allow('k', 1)).toBe(true);
    nowMs += 39;
    expect(await short.allow('k', 2)).toBe(false);
    nowMs += 1;
    expect(await short.allow('k', 2)).toBe(true);

    const [long, other] = [engineOf(60_000, 'shared'), engineOf(60_000, 'shared')];
    await long.check('k', 3);
    expect(await long.allow('k', 1)).toBe(false);
    await other.reset('k');
    nowMs += MOST_MS;
    expect(await long.allow('k', 3)).toBe(true);
    expect(await long.allow('k', 1)).toBe(false);
    await long.reset('k');
    expect(await long.allow('k', 1)).toBe(true);
    const taken = await long.reserve('k', 2);
    expect(await long.allow('k', 1)).toBe(false);
    await long.settle('k', taken.number, 2, 0);
    expect(await long.allow('k', 2)).toBe(true);
    expect(await long.allow('k', 1)).toBe(false);
    long.update(long.policies.map((policy) => ({ ...policy, limit: 4, burst: 4 })));
    expect(await long.allow('k', 1)).toBe(true);
  } finally {
    performance.now = real;
  }
}
