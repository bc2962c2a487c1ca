import { expect, it } from 'vitest';
import { policyOf } from '../arbitraries/policy.js';
import { keysOf, printScene, type Scene } from './scene.js';

const scene: Scene = {
  policy: policyOf({ limit: 3, windowMs: 1000 }),
  startMs: -1,
  operations: [
    { call: 'check', key: '\uD800', cost: 3 },
    { call: 'advance', ms: -5 },
    { call: 'reset', key: `${'k'.repeat(9_999)}!` },
    { call: 'crowd', from: 7, count: 2 },
    { call: 'cleanupExpired' },
  ],
};

it('a printed scene shows what is invisible, and cuts what is long', () => {
  expect(printScene(scene)).toBe(`\
default: fixed-window, limit 3, windowMs 1000, burst 3, blockForMs 0
clock from -1
  1. check("\\ud800", 3)
  2. advance(-5)
  3. reset("${'k'.repeat(79)}… (10000 units, ends in "kkkkkkk!"))
  4. crowd(2 keys from 7)
  5. cleanupExpired()`);
});

it('the keys of crowds are named when asked for', () => {
  expect(keysOf(scene)).toHaveLength(2);
  expect(keysOf(scene, true).slice(2)).toEqual(['crowd 7', 'crowd 8']);
});
