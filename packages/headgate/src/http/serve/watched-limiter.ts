import { type Decision, type Stats, show, type TopKey } from '@headgate/core-ts';
import type { MaybePromise } from '../callbacks/maybe-promise.js';
import type { HttpLimiter } from '../options/options.js';

/** What came of the calls of a limiter; the last two of one whose state is on a server. */
export interface WatchedStats extends Stats {
  /** Decisions that were made without the server. */
  readonly degraded?: number;
  /** Whether calls are decided without it now. */
  readonly isDegraded?: boolean;
}

/** A limiter that tells how it stands: a `RateLimiter`, or one that answers promises. */
export interface WatchedLimiter extends HttpLimiter {
  readonly backend: string;
  stats(): MaybePromise<WatchedStats>;
  /** @throws Error where it doesn't track. */
  topKeys(n: number): MaybePromise<readonly TopKey[]>;
  peek(key: string): MaybePromise<Decision>;
  reset(key: string): MaybePromise<boolean>;
  /** `false` where the limiter is full and can't hold one more key. */
  block?(key: string, ms: number): MaybePromise<boolean>;
}

/** By their names. */
export type WatchedLimiters = ReadonlyMap<string, WatchedLimiter>;

const CALLS = ['stats', 'topKeys', 'peek', 'reset'] as const;

/** @throws TypeError for what is none, with its name in the options. */
export function watchedLimiter(name: string, limiter: HttpLimiter | undefined): WatchedLimiter {
  const given = limiter as Partial<WatchedLimiter> | null | undefined;
  if (CALLS.every((call) => typeof given?.[call] === 'function')) return given as WatchedLimiter;
  const hint = given === undefined ? ': where the limit is a function of the request, there is no one limiter' : '';
  throw new TypeError(`${name} must be a RateLimiter, got ${show(limiter)}${hint}`);
}
