import { version } from './version.js';

/** What the binary exports; see `src/node_api`. */
export interface Binding {
  version(): string;
  /** The binaries of headgate's that any thread of this process has loaded, in that order; none: it can't be told. */
  loaded(): readonly LoadedBinary[];
  /**
   * `algorithm` (as its index), `limit`, `windowMs`, `burst`, `blockForMs` of one policy after the other, and
   * the reading of the clock that is handed in, if one is.
   */
  create(
    policies: readonly number[],
    maxKeys: number,
    admitsWhenFull: boolean,
    originMs: number | undefined,
    shared: string | undefined,
  ): Handle;
  hotCalls(handle: Handle, answer: Float64Array, policies: number): HotCalls;
  /** The keys as one string, with the length of each. */
  takeMany(handle: Handle, keys: string, lengths: Uint32Array, cost: number, nowMs?: number): Uint8Array;
  update(handle: Handle, policies: readonly number[], nowMs?: number): void;
  /** `limit`, `windowMs`, `burst`, `blockForMs` of one policy after the other. */
  policies(handle: Handle): number[];
  /** Begins with what `policies` would answer, in words of 64 bits, little-endian: both are of one moment. */
  snapshot(handle: Handle, nowMs?: number): Uint8Array;
  /** Answers why the bytes can't be restored, if they can't. */
  restore(handle: Handle, bytes: Uint8Array, nowMs?: number): string | null | undefined;
  /**
   * Takes (kind 0), peeks (1) or reserves (2). `units`: one number for all policies, or one of each. `limits`: `limit` and
   * `burst` of each policy, where the call has its own. Answers 1 for yes and 0 for no, then the numbers that `check`
   * leaves in its array.
   */
  call(
    handle: Handle,
    kind: 0 | 1 | 2,
    key: string,
    units: readonly number[],
    limits: readonly number[] | undefined,
    nowMs?: number,
  ): number[];
  settle(
    handle: Handle,
    key: string,
    number: number,
    estimate: readonly number[],
    actual: readonly number[],
    limits: readonly number[] | undefined,
    nowMs?: number,
  ): void;
  /** `[allowed, blocked, activeKeys, evictions, rejectedFull, …denied by policy]`. */
  stats(handle: Handle): [number, number, number, number, number, ...number[]];
  /** The engine's own time, as a reading that calls could hand in. */
  nowMs(handle: Handle): number;
  clear(handle: Handle): void;
  cleanupExpired(handle: Handle, nowMs?: number): number;
}

export interface LoadedBinary {
  readonly path: string;
  readonly version: string;
  /** It is the one that answers. */
  readonly own: boolean;
}

/** The engine behind a limiter; it is freed when the handle and the calls made from it are collected. */
export type Handle = { readonly __brand: 'headgate native handle' };

/** A cost left out is 1; a time left out is the engine's own. Answers the key for yes and `undefined` for no. */
export type HotCall = (key: string, cost?: number, nowMs?: number) => string | undefined;

/**
 * `check`, `peek` and `reserve` leave their numbers in the array given to `hotCalls`: the index of the policy that binds
 * a denial, the number of a reservation, then `limit`, `remaining`, `resetAfterMs` and `retryAfterMs` (-1: never) of each policy.
 */
export interface HotCalls {
  readonly take: HotCall;
  readonly check: HotCall;
  readonly peek: HotCall;
  readonly reserve: HotCall;
  readonly reset: HotCall;
  /** For so many milliseconds, in the place of the cost. */
  readonly block: HotCall;
}

const CALLS = [
  'loaded',
  'create',
  'hotCalls',
  'takeMany',
  'call',
  'settle',
  'update',
  'policies',
  'snapshot',
  'restore',
  'stats',
  'nowMs',
  'clear',
  'cleanupExpired',
] satisfies (keyof Binding)[];

/** Why what a binary exports is not taken for a `Binding`; `undefined`: it is one, of this package's version. */
export function refusalOf(exports: unknown): string | undefined {
  if (typeof exports !== 'object' || exports === null) return 'it is no headgate engine: it exports no object';
  const told: unknown = Reflect.get(exports, 'version');
  const its = typeof told === 'function' ? told() : 'one that it does not tell';
  if (its !== version) return `its version is ${its}, and that of @headgate/core-native is ${version}`;
  const missing = CALLS.filter((call) => typeof Reflect.get(exports, call) !== 'function');
  return missing.length === 0 ? undefined : `it is no headgate engine: it does not export ${missing.join(', ')}`;
}
