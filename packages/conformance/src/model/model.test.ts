import { MAX_WINDOW_MS, ManualClock } from '@headgate/core-ts';
import { expect, it } from 'vitest';
import { policyOf } from '../arbitraries/policy.js';
import { Model } from './model.js';

const MOST = Number.MAX_SAFE_INTEGER;

function modelOf(limit: number, windowMs: number, startMs = 0): { model: Model; clock: ManualClock } {
  const clock = new ManualClock(startMs);
  return { model: new Model([policyOf({ limit, windowMs })], clock), clock };
}

it('the window starts at the first taken unit and ends one window later', () => {
  const { model, clock } = modelOf(2, 1000, 777);
  expect(model.check('a', 2)).toEqual({
    allowed: true,
    limit: 2,
    remaining: 0,
    resetAfterMs: 1000,
    retryAfterMs: 0,
    resetAfterSeconds: 1,
    retryAfterSeconds: 0,
    policy: 'default',
    policies: [{ name: 'default', limit: 2, remaining: 0, resetAfterMs: 1000, retryAfterMs: 0 }],
  });
  clock.advance(999);
  expect(model.check('a')).toMatchObject({ allowed: false, retryAfterMs: 1, retryAfterSeconds: 1 });
  clock.advance(1);
  expect(model.check('a')).toMatchObject({ allowed: true, remaining: 1, resetAfterMs: 1000 });
});

it('a cost of 0 is allowed, starts no window and makes no entry', () => {
  const { model } = modelOf(0, 1000);
  expect(model.check('a', 0)).toMatchObject({ allowed: true, remaining: 0, resetAfterMs: 0 });
  expect(model.stats()).toMatchObject({ allowed: 1, blocked: 0, totalChecks: 1, activeKeys: 0 });
});

it('a cost above the limit is denied for ever, whatever the key has used', () => {
  const { model } = modelOf(3, 1000);
  expect(model.check('a', 4)).toMatchObject({ allowed: false, retryAfterMs: Infinity, resetAfterMs: 0 });
  model.check('a');
  expect(model.peek('a', Number.MAX_VALUE)).toMatchObject({ remaining: 2, retryAfterSeconds: Infinity });
});

it('the numbers at the edge of the safe range stay exact', () => {
  const { model, clock } = modelOf(MOST, MAX_WINDOW_MS, -MOST);
  expect(model.check('a', MOST - 1).remaining).toBe(1);
  expect(model.check('a', 2).allowed).toBe(false);
  clock.advance(MAX_WINDOW_MS - 1);
  expect(model.check('a', 2).retryAfterMs).toBe(1);
  expect(model.check('a', 1)).toMatchObject({ allowed: true, remaining: 0, resetAfterMs: 1 });
});

it('a step back counts as no time, and the way from there counts in full', () => {
  const { model, clock } = modelOf(1, 1000);
  model.check('a');
  clock.advance(-5000);
  expect(model.check('a')).toMatchObject({ allowed: false, retryAfterMs: 1000 });
  clock.advance(1000);
  expect(model.check('a').allowed).toBe(true);
});

it('reset answers whether the key was live, and an expired key is not', () => {
  const { model, clock } = modelOf(1, 1000);
  expect(model.reset('a')).toBe(false);
  model.check('a');
  expect(model.reset('a')).toBe(true);
  model.check('a');
  clock.advance(1000);
  expect(model.reset('a')).toBe(false);
});

it('a cleanup drops the expired entries and answers how many', () => {
  const { model, clock } = modelOf(1, 1000);
  model.check('a');
  clock.advance(500);
  model.check('b');
  clock.advance(500);
  expect(model.cleanupExpired()).toBe(1);
  expect(model.stats().activeKeys).toBe(1);
});
