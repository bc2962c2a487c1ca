import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Model } from '../model/model.js';
import { isDenied, play } from '../scene/play.js';
import { policiesOf } from '../scene/scene.js';
import { scenes } from './scene.js';

const samples = fc.sample(scenes({ back: true, crowds: true }), { numRuns: 500, seed: 1 });

/** How many of the samples do this at least once. */
function count(found: (sample: (typeof samples)[number]) => boolean): number {
  return samples.filter(found).length;
}

it('scenes reach the edges', () => {
  const seen = { lastUnit: 0, exactEnd: 0, oneEarly: 0, back: 0 };
  for (const scene of samples) {
    const { policy, startMs, operations } = scene;
    const clock = new ManualClock(startMs);
    const model = new Model(policiesOf(scene), clock);
    let resetAfterMs = 0;
    for (const operation of operations) {
      const answer = play(model, clock, operation);
      if (operation.call === 'advance') {
        if (operation.ms < 0) seen.back++;
        if (resetAfterMs > 0 && operation.ms === resetAfterMs) seen.exactEnd++;
        if (resetAfterMs > 1 && operation.ms === resetAfterMs - 1) seen.oneEarly++;
        resetAfterMs = 0;
      }
      if (!('key' in operation)) continue;
      const { remaining, resetAfterMs: left } = model.peek(operation.key, 0);
      if (operation.call === 'check' && !isDenied(answer) && remaining === 0 && policy.limit > 0) seen.lastUnit++;
      resetAfterMs = left;
    }
  }
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(50);
});

it('scenes have the extreme policies, clocks and crowds', () => {
  const policies = samples.map(({ policy }) => policy);
  expect(policies.filter(({ limit }) => limit === 0).length).toBeGreaterThan(5);
  expect(policies.filter(({ limit }) => limit > 2 ** 31).length).toBeGreaterThan(20);
  expect(policies.filter(({ windowMs }) => windowMs > 2 ** 31).length).toBeGreaterThan(20);
  expect(count(({ startMs }) => startMs < -Number.MAX_SAFE_INTEGER / 2)).toBeGreaterThan(20);
  expect(count(({ startMs }) => startMs > Number.MAX_SAFE_INTEGER / 2)).toBeGreaterThan(20);
  expect(
    count(({ operations }) => operations.some((each) => each.call === 'crowd' && each.count > 1000)),
  ).toBeGreaterThan(20);
});
