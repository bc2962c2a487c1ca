import {
  BackendUnavailableError,
  type Clock,
  type Decision,
  decision,
  type Engine,
  type EngineSpec,
  type Stats,
} from '@headgate/core-ts';
import type { Binding, Handle, HotCall } from './binding.js';
import { type Attempt, type Loaded, load } from './loader.js';

/** The engine in Rust behind the contract: it hands keys over and builds the decisions. */
class NativeEngine implements Engine {
  readonly backend = 'native';
  readonly #binding: Binding;
  readonly #handle: Handle;
  readonly #clock: Clock | undefined;
  readonly #limit: number;
  readonly #take: HotCall;
  readonly #check: HotCall;
  readonly #peek: HotCall;
  readonly #reset: HotCall;
  /** `remaining`, `resetAfterMs`, `retryAfterMs` of the last call. */
  readonly #answer: Int32Array | Float64Array;

  constructor(binding: Binding, spec: EngineSpec) {
    const [{ limit, windowMs }] = spec.policies;
    this.#binding = binding;
    this.#clock = spec.clock;
    this.#limit = limit;
    this.#handle = binding.create(limit, windowMs, spec.clock !== undefined, spec.shared);
    const narrow = limit <= MAX_INT32 && windowMs <= MAX_INT32;
    // A buffer of its own, off the heap, so that it never moves.
    const answer = new Float64Array(new ArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
    this.#answer = narrow ? new Int32Array(answer.buffer) : answer;
    const { take, check, peek, reset } = binding.hotCalls(this.#handle, answer, narrow);
    this.#take = take;
    this.#check = check;
    this.#peek = peek;
    this.#reset = reset;
  }

  allow(key: string, cost: number): boolean {
    if (this.#clock !== undefined) return this.#take(key, cost, this.#clock.now()) !== undefined;
    return (cost === 1 ? this.#take(key) : this.#take(key, cost)) !== undefined;
  }

  check(key: string, cost: number): Decision {
    if (this.#clock !== undefined) return this.#decision(this.#check(key, cost, this.#clock.now()));
    return this.#decision(cost === 1 ? this.#check(key) : this.#check(key, cost));
  }

  peek(key: string, cost: number): Decision {
    return this.#decision(this.#peek(key, cost, ...this.#now()));
  }

  reset(key: string): boolean {
    return this.#reset(key, 0, ...this.#now()) !== undefined;
  }

  clear(): void {
    this.#binding.clear(this.#handle);
  }

  cleanupExpired(): number {
    return this.#binding.cleanupExpired(this.#handle, ...this.#now());
  }

  stats(): Stats {
    const [allowed, blocked, activeKeys] = this.#binding.stats(this.#handle);
    return { allowed, blocked, totalChecks: allowed + blocked, activeKeys };
  }

  #now(): [] | [number] {
    return this.#clock === undefined ? [] : [this.#clock.now()];
  }

  #decision(answered: string | undefined): Decision {
    const remaining = this.#number(0);
    const resetAfterMs = this.#number(1);
    if (answered !== undefined) return decision(true, this.#limit, remaining, resetAfterMs, 0);
    const retryAfterMs = this.#number(2);
    return decision(
      false,
      this.#limit,
      remaining,
      resetAfterMs,
      retryAfterMs < 0 ? Number.POSITIVE_INFINITY : retryAfterMs,
    );
  }

  #number(index: number): number {
    return this.#answer[index] as number;
  }
}

const MAX_INT32 = 2 ** 31 - 1;

let loaded: Loaded | undefined;

/** Loads once; what a process was answered first holds for all its limiters. */
function loadOnce(): Loaded {
  loaded ??= load();
  return loaded;
}

/** Whether the native engine runs here, and what was tried for it. */
export interface NativeStatus {
  readonly available: boolean;
  readonly tried: readonly Attempt[];
}

/** Loads the binary if that was not done yet, and says what came of it. Never throws. */
export function nativeStatus(): NativeStatus {
  const { binding, tried } = loadOnce();
  return { available: binding !== undefined, tried };
}

/**
 * The engine in Rust, as a drop-in for `createMapEngine`. Worker threads share one set of counters where
 * the spec has a shared name.
 *
 * @throws BackendUnavailableError where no binary runs, with each thing that was tried.
 * @throws RangeError where the shared name stands for another policy in this process.
 */
export function createNativeEngine(spec: EngineSpec): Engine {
  const { binding, tried } = loadOnce();
  if (binding === undefined) throw new BackendUnavailableError(unavailable(tried));
  return new NativeEngine(binding, spec);
}

function unavailable(tried: readonly Attempt[]): string {
  const attempts = tried.map(({ what, error }) => `\n  - ${what}: ${error}`).join('');
  return `The native engine can't be loaded. Tried:${attempts}
Reinstall with optional dependencies (npm install --include=optional), build it from source with cargo, or use backend: 'ts'.`;
}
