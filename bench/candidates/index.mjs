import { createNativeEngine, nativeStatus } from '@headgate/core-native';
import { RateLimiter } from '@headgate/core-ts';
import { Floor } from './floor.mjs';
import { KeyOnly } from './key-only.mjs';

/**
 * Makes a limiter of one candidate. A process uses one candidate only, so that none runs on type
 * feedback that another has left.
 *
 * @typedef {{ limit: number, windowMs: number, shared?: string }} Policy
 * @typedef {(policy: Policy) => { allow(key: string): boolean, check?(key: string): object, reset(key: string): boolean, stats(): { activeKeys: number } }} Make
 * @type {Record<string, { title: string, make: Make }>}
 */
export const CANDIDATES = {
  floor: { title: 'Map floor', make: (policy) => new Floor(policy) },
  ts: { title: 'TypeScript', make: ({ limit, windowMs }) => new RateLimiter({ limit, windowMs, maxKeys: 2 ** 25 }) },
  native: { title: 'native', make: (policy) => new RateLimiter({ maxKeys: 2 ** 25, ...policy }, createNativeEngine) },
  key: { title: 'key only', make: () => new KeyOnly() },
};

/** Why the native engine does not run here; `undefined` where it does. */
export function whyNoNative() {
  const { available, tried } = nativeStatus();
  if (available) return undefined;
  return tried.map(({ what, error }) => `${what}: ${error}`).join('; ');
}
