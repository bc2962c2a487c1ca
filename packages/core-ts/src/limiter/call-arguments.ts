import type { Policy, Units } from '../contract.js';
import { readList } from '../options/checks.js';
import { readCost } from '../options/cost.js';
import { show } from '../show.js';

export function checkEngineFactory(createEngine: unknown): void {
  if (typeof createEngine !== 'function')
    throw new TypeError(`createEngine must be a function that makes an engine, got ${show(createEngine)}`);
}

/** @throws TypeError or RangeError for a key that is no string, and for a cost that is no whole number from 0 up. */
export function checkCall(key: unknown, cost: unknown): void {
  if (typeof key !== 'string') throw new TypeError(`key must be a string, got ${show(key)}`);
  checkCost(cost);
}

function checkCost(cost: unknown): void {
  if (typeof cost !== 'number') throw new TypeError(`cost must be a whole number from 0 up, got ${show(cost)}`);
  if (!Number.isInteger(cost) || cost < 0)
    throw new RangeError(`cost must be a whole number from 0 up, got ${show(cost)}`);
}

/** The keys of a batch, read once. */
export function readKeys(keys: readonly string[], cost: unknown): readonly string[] {
  if (!Array.isArray(keys)) throw new TypeError(`keys must be an array of strings, got ${show(keys)}`);
  const own = readList('keys', keys, (key) => {
    if (typeof key !== 'string') checkCall(key, cost);
    return key as string;
  });
  checkCost(cost);
  return own;
}

/** The units of a cost, which may be an object with one for each policy. */
export function readUnits(key: unknown, cost: unknown, policies: readonly Policy[]): Units {
  if (typeof key !== 'string') throw new TypeError(`key must be a string, got ${show(key)}`);
  if (typeof cost === 'object') return readCost('cost', cost, policies);
  checkCost(cost);
  return cost as number;
}
