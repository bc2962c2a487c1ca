import { show } from '@headgate/core-ts';
import type { LocalOptions } from '../hits/local-options.js';
import { checkStoreOptions } from '../hits/store-options.js';
import { wholeWindowMs } from '../hits/whole-window.js';
import { MOST_POINTS } from './points.js';
import type { LimiterNumbers } from './rate-limiter-abstract.js';

/** The numbers are the peer's own: durations in seconds, and a duration of 0 is for ever. */
export interface RateLimiterMemoryOptions extends Omit<LocalOptions, 'shared'>, LimiterNumbers {}

export interface CallOptions {
  /** In place of `duration`, where nothing is known of the key yet. */
  readonly customDuration?: number | undefined;
}

const OPTIONS = [
  'points',
  'duration',
  'blockDuration',
  'execEvenly',
  'execEvenlyMinDelayMs',
  'keyPrefix',
  'maxKeys',
  'clock',
  'backend',
] satisfies (keyof RateLimiterMemoryOptions)[];

/**
 * A name of undefined is not given, whatever the name: where the peer makes its limiters of any kind, it hands them all
 * the names of all of them.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function checkOptions(options: RateLimiterMemoryOptions): void {
  checkStoreOptions(given(options), OPTIONS);
  checkNumbers(options);
}

export function checkNumbers(options: LimiterNumbers): void {
  const { points, duration, blockDuration = 0, execEvenly = false, keyPrefix = '' } = options;
  checkLimit(points);
  readMs('duration', duration);
  readMs('blockDuration', blockDuration);
  if (typeof execEvenly !== 'boolean') throw new TypeError(`execEvenly must be true or false, got ${show(execEvenly)}`);
  if (typeof keyPrefix !== 'string') throw new TypeError(`keyPrefix must be a string, got ${show(keyPrefix)}`);
}

function given(options: RateLimiterMemoryOptions): RateLimiterMemoryOptions {
  if (typeof options !== 'object' || options === null) return options;
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

export function checkLimit(points: unknown): void {
  const wanted = `points must be a number up to ${MOST_POINTS}`;
  if (typeof points !== 'number') throw new TypeError(`${wanted}, got ${show(points)}`);
  if (!Number.isFinite(points) || points > MOST_POINTS) throw new RangeError(`${wanted}, got ${show(points)}`);
}

/** More than can be told apart are over any limit, and are taken as that. */
export function readPoints(name: string, points: unknown): number {
  if (typeof points !== 'number') throw new TypeError(`${name} must be a number, got ${show(points)}`);
  if (!Number.isFinite(points)) throw new RangeError(`${name} must be a finite number, got ${show(points)}`);
  return Math.min(points, MOST_POINTS + 1);
}

/** 0 stays 0. */
export function readMs(name: string, seconds: unknown): number {
  const wanted = `${name} must be a number of seconds from 0`;
  if (typeof seconds !== 'number') throw new TypeError(`${wanted}, got ${show(seconds)}`);
  if (!Number.isFinite(seconds) || seconds < 0) throw new RangeError(`${wanted}, got ${show(seconds)}`);
  return seconds === 0 ? 0 : wholeWindowMs(name, seconds * 1000);
}
