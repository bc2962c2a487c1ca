/** What the binary exports; see `src/node_api`. */
export interface Binding {
  create(limit: number, windowMs: number, givenClock: boolean, shared: string | undefined): Handle;
  /** Where `narrow`, the numbers are left as 32-bit integers at the start of the same memory. */
  hotCalls(handle: Handle, answer: Float64Array, narrow: boolean): HotCalls;
  /** `[allowed, blocked, activeKeys]`. */
  stats(handle: Handle): [number, number, number];
  clear(handle: Handle): void;
  cleanupExpired(handle: Handle, nowMs?: number): number;
}

/** The engine behind a limiter; it is freed when the handle and the calls made from it are collected. */
export type Handle = { readonly __brand: 'headgate native handle' };

/** A cost left out is 1; a time left out is the engine's own. Answers the key for yes and `undefined` for no. */
export type HotCall = (key: string, cost?: number, nowMs?: number) => string | undefined;

/** `check` and `peek` leave `remaining`, `resetAfterMs` and `retryAfterMs` (-1: never) in the array given to `hotCalls`. */
export interface HotCalls {
  readonly take: HotCall;
  readonly check: HotCall;
  readonly peek: HotCall;
  readonly reset: HotCall;
}

const CALLS = ['create', 'hotCalls', 'stats', 'clear', 'cleanupExpired'] satisfies (keyof Binding)[];

export function isBinding(value: unknown): value is Binding {
  return (
    typeof value === 'object' && value !== null && CALLS.every((call) => typeof Reflect.get(value, call) === 'function')
  );
}
