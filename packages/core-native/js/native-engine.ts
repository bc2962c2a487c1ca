import {
  type Algorithm,
  BackendUnavailableError,
  type Clock,
  type Decision,
  decision,
  type Engine,
  type EngineSpec,
  type Policy,
  type PolicyRow,
  type Stats,
  tightest,
} from '@headgate/core-ts';
import type { Binding, Handle, HotCall } from './binding.js';
import { type Attempt, type Loaded, load } from './loader.js';

const ALGORITHMS: readonly Algorithm[] = ['fixed-window', 'sliding-window', 'token-bucket'];
/** `remaining`, `resetAfterMs` and `retryAfterMs` of each policy, after the index of the one that binds. */
const ROW_NUMBERS = 3;

/** The engine in Rust behind the contract: it hands keys over and builds the decisions. */
class NativeEngine implements Engine {
  readonly backend = 'native';
  readonly #binding: Binding;
  readonly #handle: Handle;
  readonly #clock: Clock | undefined;
  readonly #policies: readonly Policy[];
  readonly #take: HotCall;
  readonly #check: HotCall;
  readonly #peek: HotCall;
  readonly #reset: HotCall;
  readonly #block: HotCall;
  /** The numbers of the last decision. */
  readonly #answer: Float64Array;

  constructor(binding: Binding, spec: EngineSpec) {
    const { policies, clock, shared, maxKeys, onFull } = spec;
    this.#binding = binding;
    this.#clock = clock;
    this.#policies = policies;
    const numbers = policies.flatMap(({ algorithm, limit, windowMs, burst, blockForMs }) => {
      return [ALGORITHMS.indexOf(algorithm), limit, windowMs, burst, blockForMs];
    });
    this.#handle = binding.create(numbers, maxKeys, onFull === 'admit', clock?.now(), shared);
    // A buffer of its own, off the heap, so that it never moves.
    const length = 1 + policies.length * ROW_NUMBERS;
    this.#answer = new Float64Array(new ArrayBuffer(Math.max(length, 16) * Float64Array.BYTES_PER_ELEMENT));
    const { take, check, peek, reset, block } = binding.hotCalls(this.#handle, this.#answer, policies.length);
    this.#take = take;
    this.#check = check;
    this.#peek = peek;
    this.#reset = reset;
    this.#block = block;
  }

  allow(key: string, cost: number): boolean {
    if (this.#clock !== undefined) return this.#take(key, cost, this.#clock.now()) !== undefined;
    return (cost === 1 ? this.#take(key) : this.#take(key, cost)) !== undefined;
  }

  allowMany(keys: readonly string[], cost: number): Uint8Array {
    const lengths = Uint32Array.from(keys, ({ length }) => length);
    return this.#binding.takeMany(this.#handle, keys.join(''), lengths, cost, ...this.#now());
  }

  check(key: string, cost: number): Decision {
    if (this.#clock !== undefined) return this.#decision(this.#check(key, cost, this.#clock.now()));
    return this.#decision(cost === 1 ? this.#check(key) : this.#check(key, cost));
  }

  peek(key: string, cost: number): Decision {
    return this.#decision(this.#peek(key, cost, ...this.#now()));
  }

  block(key: string, ms: number): boolean {
    return this.#block(key, ms, ...this.#now()) !== undefined;
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
    const [allowed, blocked, activeKeys, evictions, rejectedFull, ...denied] = this.#binding.stats(this.#handle);
    const policies = this.#policies.map(({ name }, i) => ({ name, denied: denied[i] ?? 0 }));
    return { allowed, blocked, totalChecks: allowed + blocked, activeKeys, evictions, rejectedFull, policies };
  }

  #now(): [] | [number] {
    return this.#clock === undefined ? [] : [this.#clock.now()];
  }

  #decision(answered: string | undefined): Decision {
    const allowed = answered !== undefined;
    const rows: PolicyRow[] = [];
    for (let i = 0; i < this.#policies.length; i++) rows.push(this.#row(i));
    return decision(allowed, rows, allowed ? tightest(rows) : this.#number(0));
  }

  #row(policy: number): PolicyRow {
    const { name, limit } = this.#policies[policy] as Policy;
    const first = 1 + policy * ROW_NUMBERS;
    const retryAfterMs = this.#number(first + 2);
    return {
      name,
      limit,
      remaining: this.#number(first),
      resetAfterMs: this.#number(first + 1),
      retryAfterMs: retryAfterMs < 0 ? Number.POSITIVE_INFINITY : retryAfterMs,
    };
  }

  #number(index: number): number {
    return this.#answer[index] as number;
  }
}

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
