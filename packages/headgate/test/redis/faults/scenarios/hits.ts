import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

const WINDOW_MS = 10_000;

/** What the stores of other packages count by: each hit once, windows of a length of their own, blocks, and a clock that steps back. */
export async function hits({ subject, direct }: Scene): Promise<void> {
  let nowMs = 1_000_000_000;
  const options = subject.readRedisOptions({ ...PATIENT, prefix: `${Math.random().toString(36).slice(2)}:` });
  const counts = new subject.RedisHits(subject.recognise(direct), options, () => nowMs);
  type HitsCall = Parameters<typeof counts.ask>[1];
  const ask = async (key: string, call: HitsCall) => {
    const count = await counts.ask(key, call, () => undefined);
    return count && [count.hits, count.resetAfterMs, count.blockedMs];
  };
  const add = { kind: 'add', hits: 1, windowMs: WINDOW_MS } as const;

  expect(await Promise.all([ask('k', add), ask('k', add), ask('k', { kind: 'read' })])).toEqual([
    [1, WINDOW_MS, 0],
    [2, WINDOW_MS, 0],
    [2, WINDOW_MS, 0],
  ]);
  nowMs += 4000;
  const given = [];
  for (let i = 0; i < 3; i++) given.push(await ask('k', { kind: 'giveBack' }));
  expect(given.map((count) => count?.[0])).toEqual([1, 0, 0]);
  expect(await ask('k', { ...add, windowMs: 5000 })).toEqual([1, 6000, 0]);
  expect(await ask('k', { ...add, windowMs: 5000, moves: true })).toEqual([2, 5000, 0]);
  const over = { above: 2, windowMs: 20_000, growth: 2, once: false } as const;
  expect(await ask('k', { ...add, over })).toEqual([3, 20_000, 0]);
  nowMs += 1;
  expect(await ask('k', { ...add, over: { ...over, once: true } })).toEqual([4, 19_999, 0]);
  expect(await ask('k', { ...add, over })).toEqual([5, 80_000, 0]);
  expect(await ask('k', { kind: 'set', hits: 7, windowMs: 1000 })).toEqual([7, 1000, 0]);
  expect(await ask('k', { kind: 'forget' })).toEqual([7, 1000, 0]);
  expect(await ask('k', { kind: 'read' })).toBeUndefined();

  const throttle = { kind: 'throttle', windowMs: WINDOW_MS, limit: 1, blockMs: 3000 } as const;
  expect([await ask('t', throttle), await ask('t', throttle)]).toEqual([
    [1, WINDOW_MS, 0],
    [2, WINDOW_MS, 3000],
  ]);
  nowMs += 2999;
  expect(await ask('t', throttle)).toEqual([2, 7001, 1]);
  nowMs += 1;
  expect(await ask('t', throttle)).toEqual([1, WINDOW_MS, 0]);
  expect(await ask('t', { ...throttle, blockMs: 0 })).toEqual([2, WINDOW_MS, WINDOW_MS]);
  expect(await ask('t', { kind: 'read' })).toEqual([1, WINDOW_MS, 0]);

  expect(await ask('s', add)).toEqual([1, WINDOW_MS, 0]);
  nowMs -= 500_000;
  expect(await ask('s', { kind: 'read' })).toEqual([1, WINDOW_MS, 0]);
  nowMs += WINDOW_MS - 1;
  expect(await ask('s', add)).toEqual([2, 1, 0]);
  nowMs += 1;
  expect(await ask('s', add)).toEqual([1, WINDOW_MS, 0]);
}
