import { createNativeEngine, nativeStatus } from '@headgate/core-native';
import { RateLimiter } from '@headgate/core-ts';
import { Floor } from './floor.mjs';
import { KeyOnly } from './key-only.mjs';
import { makerOf, PEERS } from './peers.mjs';

/**
 * Makes a limiter of one candidate. A process uses one candidate only, so that none runs on type
 * feedback that another has left.
 *
 * @typedef {import('@headgate/core-ts').RateLimiterOptions} Policy
 * @typedef {(policy: Policy) => { allow(key: string): boolean | Promise<boolean>, isAsync?: boolean, reset(key: string): unknown, stats(): { activeKeys: number } }} Make
 * @type {Record<string, { title: string, make: Make }>}
 */
export const CANDIDATES = {
  floor: { title: 'Map floor', make: (policy) => new Floor(policy) },
  ts: { title: 'TypeScript', make: ({ shared, ...policy }) => new RateLimiter({ maxKeys: 2 ** 25, ...policy }) },
  native: { title: 'native', make: (policy) => new RateLimiter({ maxKeys: 2 ** 25, ...policy }, createNativeEngine) },
  key: { title: 'key only', make: () => new KeyOnly() },
};

export const ENGINES = ['floor', 'ts', 'native'];
export const ENGINES_AND_PEERS = [...ENGINES, ...Object.keys(PEERS)];

export function titleOf(candidate) {
  return (CANDIDATES[candidate] ?? PEERS[candidate]).title;
}

/** @returns {Promise<Make>} */
export async function loadMake(candidate) {
  return CANDIDATES[candidate]?.make ?? (await makerOf(candidate));
}

/** Why the native engine does not run here; `undefined` where it does. */
export function whyNoNative() {
  const { available, tried } = nativeStatus();
  if (available) return undefined;
  return tried.map(({ what, error }) => `${what}: ${error}`).join('; ');
}
