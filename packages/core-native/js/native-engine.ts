import {
  type Algorithm,
  areClocksFaked,
  BackendUnavailableError,
  type Clock,
  type Decision,
  decision,
  type Engine,
  type EngineSnapshot,
  type EngineSpec,
  OwnClock,
  type Policy,
  type PolicyRow,
  type Reserved,
  type Stats,
  tightest,
  type Units,
} from '@headgate/core-ts';
import type { Binding, Handle, HotCall } from './binding.js';
import { type Attempt, type Loaded, load } from './loader.js';
import { sharedBinding } from './shared-binding.js';

const ALGORITHMS: readonly Algorithm[] = ['fixed-window', 'sliding-window', 'token-bucket'];
/** `limit`, `remaining`, `resetAfterMs` and `retryAfterMs` of each policy. */
const ROW_NUMBERS = 4;
/** `limit`, `windowMs`, `burst` and `blockForMs` of each policy. */
const POLICY_NUMBERS = 4;
/** UTF-16 units of keys that are handed over at once: 32 MB. */
const MOST_JOINED = 1 << 24;
/** Before those the index of the policy that binds a denial, and the number of a reservation. */
const FIRST_NUMBERS = 2;

const [TAKE, PEEK, RESERVE] = [0, 1, 2] as const;

/** The engine in Rust behind the contract: it hands keys over and builds the decisions. */
class NativeEngine implements Engine {
  readonly backend = 'native';
  readonly #binding: Binding;
  readonly #handle: Handle;
  /** What is handed in with each call: an injected clock, or the fake ones of a test; none: the engine's own. */
  #clock: Clock | undefined;
  /** The policies that it was made with: their names and algorithms hold for good. */
  readonly #made: readonly Policy[];
  readonly #isShared: boolean;
  /** What a limiter without a shared name decides by. */
  #own: readonly Policy[];
  readonly #take: HotCall;
  readonly #check: HotCall;
  readonly #peek: HotCall;
  readonly #reserve: HotCall;
  readonly #reset: HotCall;
  readonly #block: HotCall;
  /** The numbers of the last decision. */
  readonly #answer: Float64Array;

  constructor(binding: Binding, spec: EngineSpec) {
    const { policies, clock, shared, maxKeys, onFull } = spec;
    this.#binding = binding;
    this.#clock = clock;
    this.#made = policies;
    this.#own = policies;
    this.#isShared = shared !== undefined;
    this.#handle = binding.create(numbersOf(policies), maxKeys, onFull === 'admit', clock?.now(), shared);
    // A buffer of its own, off the heap, so that it never moves.
    const length = FIRST_NUMBERS + policies.length * ROW_NUMBERS;
    this.#answer = new Float64Array(new ArrayBuffer(Math.max(length, 16) * Float64Array.BYTES_PER_ELEMENT));
    const calls = binding.hotCalls(this.#handle, this.#answer, policies.length);
    this.#take = calls.take;
    this.#check = calls.check;
    this.#peek = calls.peek;
    this.#reserve = calls.reserve;
    this.#reset = calls.reset;
    this.#block = calls.block;
  }

  allow(key: string, cost: Units, by?: readonly Policy[]): boolean {
    if (by !== undefined || typeof cost !== 'number') return this.#call(TAKE, key, cost, by).allowed;
    if (this.#clock !== undefined || areClocksFaked()) return this.#take(key, cost, this.#nowMs()) !== undefined;
    return (cost === 1 ? this.#take(key) : this.#take(key, cost)) !== undefined;
  }

  allowMany(keys: readonly string[], cost: number): Uint8Array {
    return this.#allowMany(keys, cost, this.#now());
  }

  #allowMany(keys: readonly string[], cost: number, now: [] | [number]): Uint8Array {
    const lengths = new Uint32Array(keys.length); // Uint32Array.from would take as long as the rest
    let units = 0;
    for (let i = 0; i < keys.length; i++) {
      lengths[i] = (keys[i] as string).length;
      units += lengths[i] as number;
    }
    if (units > MOST_JOINED) return this.#allowInParts(keys, cost, now);
    return this.#binding.takeMany(this.#handle, keys.join(''), lengths, cost, ...now);
  }

  /** A string has an end: keys that don't fit into one are handed over in several. */
  #allowInParts(keys: readonly string[], cost: number, now: [] | [number]): Uint8Array {
    if (keys.length === 1) return Uint8Array.of(this.#take(keys[0] as string, cost, ...now) === undefined ? 0 : 1);
    const allowed = new Uint8Array(keys.length);
    const middle = keys.length >> 1;
    allowed.set(this.#allowMany(keys.slice(0, middle), cost, now));
    allowed.set(this.#allowMany(keys.slice(middle), cost, now), middle);
    return allowed;
  }

  check(key: string, cost: Units, by?: readonly Policy[]): Decision {
    if (by !== undefined || typeof cost !== 'number') return this.#call(TAKE, key, cost, by);
    if (this.#clock !== undefined || areClocksFaked()) return this.#decision(this.#check(key, cost, this.#nowMs()));
    return this.#decision(cost === 1 ? this.#check(key) : this.#check(key, cost));
  }

  peek(key: string, cost: Units, by?: readonly Policy[]): Decision {
    if (by !== undefined || typeof cost !== 'number') return this.#call(PEEK, key, cost, by);
    return this.#decision(this.#peek(key, cost, ...this.#now()));
  }

  reserve(key: string, cost: Units, by?: readonly Policy[]): Reserved {
    const decision =
      by !== undefined || typeof cost !== 'number'
        ? this.#call(RESERVE, key, cost, by)
        : this.#decision(this.#reserve(key, cost, ...this.#now()));
    return { decision, number: this.#number(1) };
  }

  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Decision {
    const now = this.#now();
    this.#binding.settle(this.#handle, key, number, listOf(estimate), listOf(actual), limitsOf(by), ...now);
    if (by !== undefined) return this.#call(PEEK, key, 0, by, now);
    return this.#decision(this.#peek(key, 0, ...now));
  }

  /** What isn't just a cost. */
  #call(kind: 0 | 1 | 2, key: string, cost: Units, by: readonly Policy[] | undefined, now = this.#now()): Decision {
    const limits = limitsOf(by);
    const [allowed, ...numbers] = this.#binding.call(this.#handle, kind, key, listOf(cost), limits, ...now);
    this.#answer.set(numbers);
    return this.#decision(allowed === 1 ? key : undefined);
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

  /** Of a limiter that has a shared name read from the engine: those of other threads may have updated it. */
  get policies(): readonly Policy[] {
    if (!this.#isShared) return this.#own;
    return this.#policiesOf(this.#binding.policies(this.#handle));
  }

  #policiesOf(numbers: readonly number[]): readonly Policy[] {
    return this.#made.map(({ name, algorithm }, i) => {
      const own = numbers.slice(i * POLICY_NUMBERS, (i + 1) * POLICY_NUMBERS) as [number, number, number, number];
      const [limit, windowMs, burst, blockForMs] = own;
      return Object.freeze({ name, algorithm, limit, windowMs, burst, blockForMs });
    });
  }

  update(policies: readonly Policy[]): void {
    this.#binding.update(this.#handle, numbersOf(policies), ...this.#now());
    this.#own = policies;
  }

  snapshot(): EngineSnapshot {
    const bytes = this.#binding.snapshot(this.#handle, ...this.#now());
    const head = new DataView(bytes.buffer, bytes.byteOffset);
    const numbers = Array.from({ length: this.#made.length * POLICY_NUMBERS }, (_, i) =>
      Number(head.getBigUint64(8 * i, true)),
    );
    return { policies: this.#policiesOf(numbers), bytes };
  }

  restore(bytes: Uint8Array): void {
    const damage = this.#binding.restore(this.#handle, bytes, ...this.#now());
    if (typeof damage === 'string') throw new RangeError(damage);
  }

  stats(): Stats {
    const [allowed, blocked, activeKeys, evictions, rejectedFull, ...denied] = this.#binding.stats(this.#handle);
    const policies = this.#made.map(({ name }, i) => ({ name, denied: denied[i] ?? 0 }));
    return { allowed, blocked, totalChecks: allowed + blocked, activeKeys, evictions, rejectedFull, policies };
  }

  #now(): [] | [number] {
    return this.#clock !== undefined || areClocksFaked() ? [this.#nowMs()] : [];
  }

  /** From the first call under fake clocks on, the time comes from JavaScript, and goes on from where it was. */
  #nowMs(): number {
    this.#clock ??= new OwnClock(this.#binding.nowMs(this.#handle));
    return Math.floor(this.#clock.now());
  }

  #decision(answered: string | undefined): Decision {
    const allowed = answered !== undefined;
    // An array that grows would take as long as reading the clock.
    const rows = this.#made.length === 1 ? [this.#row(0)] : this.#made.map((_, i) => this.#row(i));
    return decision(allowed, rows, allowed ? tightest(rows) : this.#number(0));
  }

  #row(policy: number): PolicyRow {
    const { name } = this.#made[policy] as Policy;
    const first = FIRST_NUMBERS + policy * ROW_NUMBERS;
    const retryAfterMs = this.#number(first + 3);
    return {
      name,
      limit: this.#number(first),
      remaining: this.#number(first + 1),
      resetAfterMs: this.#number(first + 2),
      retryAfterMs: retryAfterMs < 0 ? Number.POSITIVE_INFINITY : retryAfterMs,
    };
  }

  #number(index: number): number {
    return this.#answer[index] as number;
  }
}

function numbersOf(policies: readonly Policy[]): number[] {
  return policies.flatMap(({ algorithm, limit, windowMs, burst, blockForMs }) => {
    return [ALGORITHMS.indexOf(algorithm), limit, windowMs, burst, blockForMs];
  });
}

function listOf(units: Units): readonly number[] {
  return typeof units === 'number' ? [units] : units;
}

/** `limit` and `burst` of each. */
function limitsOf(by: readonly Policy[] | undefined): readonly number[] | undefined {
  return by?.flatMap(({ limit, burst }) => [limit, burst]);
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
 * @throws BackendUnavailableError where no binary runs, with each thing that was tried; where the spec has a shared
 * name, and the process loaded a binary of another version before this one.
 * @throws RangeError where the shared name stands for another policy in this process.
 */
export function createNativeEngine(spec: EngineSpec): Engine {
  const { binding, tried } = loadOnce();
  if (binding === undefined) throw new BackendUnavailableError(unavailable(tried));
  return new NativeEngine(spec.shared === undefined ? binding : sharedBinding(binding), spec);
}

function unavailable(tried: readonly Attempt[]): string {
  const attempts = tried.map(({ what, error }) => `\n  - ${what}: ${error}`).join('');
  return `The native engine can't be loaded. Tried:${attempts}
Reinstall with optional dependencies (npm install --include=optional), build it from source with cargo, or use backend: 'ts'.`;
}
