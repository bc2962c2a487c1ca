/** What the binary exports; see `src/node_api`. */
export interface Binding {
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
  settle(handle: Handle, key: string, number: number, estimate: number, actual: number, nowMs?: number): void;
  /** `[allowed, blocked, activeKeys, evictions, rejectedFull, …denied by policy]`. */
  stats(handle: Handle): [number, number, number, number, number, ...number[]];
  /** The engine's own time, as a reading that calls could hand in. */
  nowMs(handle: Handle): number;
  clear(handle: Handle): void;
  cleanupExpired(handle: Handle, nowMs?: number): number;
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
  'create',
  'hotCalls',
  'takeMany',
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

export function isBinding(value: unknown): value is Binding {
  return (
    typeof value === 'object' && value !== null && CALLS.every((call) => typeof Reflect.get(value, call) === 'function')
  );
}
