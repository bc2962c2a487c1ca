import type { Policy } from '@headgate/core-ts';
import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

/** What is given back of a sub-window that counts no more takes nothing from the one that has its place in the ring. */
export async function refunds({ subject, direct }: Scene): Promise<void> {
  let nowMs = 1_000_000_000;
  const policies: Policy[] = [
    { name: 'default', algorithm: 'sliding-window', limit: 4, windowMs: 1000, burst: 4, blockForMs: 0 },
  ];
  const prefix = `${Math.random().toString(36).slice(2)}:`;
  const options = subject.readRedisOptions({ ...PATIENT, prefix, rememberDenialsMs: 0 });
  const engine = new subject.RedisEngine(policies, subject.recognise(direct), options, { now: () => nowMs });
  const { number } = await engine.reserve('k', 2);
  nowMs += 950;
  expect(await engine.allow('k', 1)).toBe(true);
  nowMs += 200;
  expect(await engine.check('k', 1)).toMatchObject({ allowed: true, remaining: 2 });
  expect(await engine.settle('k', number, 2, 0)).toMatchObject({ remaining: 2 });
}
