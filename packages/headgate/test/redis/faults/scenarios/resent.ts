import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

/** A call that a client sends again is run once, and one whose script is gone is sent with its text. */
export async function resent({ subject, direct }: Scene): Promise<void> {
  const twice = {
    status: 'ready',
    evalsha: (...args: [string, number, ...string[]]) => direct.evalsha(...args).then(() => direct.evalsha(...args)),
    eval: (...args: [string, number, ...string[]]) => direct.eval(...args).then(() => direct.eval(...args)),
  };
  const own = Math.random().toString(36).slice(2);
  const limiterOn = (client: unknown) =>
    new subject.RemoteRateLimiter({
      limit: 10,
      windowSeconds: 60,
      engine: subject.redis(client, { ...PATIENT, prefix: `${own}:` }),
    });
  const once = limiterOn(direct);
  for (const key of ['a', 'b']) {
    const resending = limiterOn(twice);
    await expect(resending.allow(key)).rejects.toThrow('the connection was cut');
    await expect(resending.check(key, 2)).rejects.toThrow('the connection was cut');
    await expect(resending.reserve(key, 1)).rejects.toThrow('the connection was cut');
    expect(await once.remaining(key)).toBe(6);
  }
  for (let i = 0; i < 3; i++) {
    await direct.script('FLUSH');
    expect(await once.allow('c')).toBe(true);
    await direct.script('FLUSH');
    expect(await once.check('c')).toMatchObject({ allowed: true, remaining: 8 - 2 * i });
  }

  // The text of a script goes to a server that has run the call by its name: it has a number of its own then.
  const forgetful = {
    ...twice,
    evalsha: async (...args: [string, number, ...string[]]) => {
      await direct.evalsha(...args).catch(() => undefined);
      throw new Error('NOSCRIPT No matching script');
    },
    eval: (...args: [string, number, ...string[]]) => direct.eval(...args),
  };
  expect(await limiterOn(forgetful).check('d')).toMatchObject({ allowed: true });
}
