import { OwnClock } from '../clock/own-clock.js';
import type {
  Clock,
  Decision,
  Engine,
  EngineSnapshot,
  EngineSpec,
  Policy,
  Reserved,
  Stats,
  Units,
} from '../contract.js';
import { decision } from '../decision.js';
import { BackendUnavailableError, show } from '../errors.js';
import { fold } from '../keys/fold.js';
import { ByteReader, ByteWriter } from '../snapshot/bytes.js';
import { Entries } from './entries.js';
import { Entry } from './entry.js';
import { blockLeftMs, type Ledger } from './policy-set.js';
import { beyond, isNone } from './units.js';

/**
 * The engine in TypeScript: decides on entries, and counts what came of it.
 *
 * Reads side by side with `core-native/src/store.rs`.
 */
class MapEngine implements Engine {
  readonly backend = 'ts';
  readonly #spec: EngineSpec;
  readonly #clock: Clock;
  readonly #entries: Entries;
  #ledger: Ledger;
  #policies: readonly Policy[];
  /** A key that holds nothing: what a decision on a key never seen is read from. */
  readonly #nobody: Entry;
  #allowed = 0;
  #blocked = 0;
  #rejectedFull = 0;
  readonly #denied: number[];
  /** The last entry that was denied, where that will hold for a while. */
  #deniedEntry: Entry;
  #deniedCost = 0;
  #deniedUntilMs = 0;

  constructor(spec: EngineSpec) {
    this.#spec = spec;
    this.#clock = spec.clock ?? new OwnClock();
    this.#entries = new Entries(spec.policies, spec.maxKeys, Math.floor(this.#clock.now()));
    this.#ledger = this.#entries.ledger;
    this.#policies = spec.policies;
    this.#nobody = new Entry('', spec.policies.length);
    this.#deniedEntry = this.#nobody;
    this.#denied = spec.policies.map(() => 0);
  }

  allow(key: string, cost: Units, by?: readonly Policy[]): boolean {
    if (by !== undefined || typeof cost !== 'number') return this.#decides(fold(key), cost, by);
    return this.#allow(key, cost, this.#clock.now());
  }

  #decides(name: string, cost: Units, by: readonly Policy[] | undefined): boolean {
    const nowMs = this.#now();
    const ledger = this.#ledgerOf(by, nowMs);
    const entry = this.#held(name, ledger, nowMs);
    if (entry !== undefined) return this.#take(entry, cost, ledger, nowMs);
    return this.#takeFirst(name, cost, ledger, nowMs) !== undefined;
  }

  /** `reading`: a fraction of a millisecond is on no other side of a whole one. */
  #allow(key: string, cost: number, reading: number): boolean {
    if (reading >= this.#entries.quietUntilMs) this.#entries.lookAgain(Math.floor(reading));
    const name = fold(key);
    if (name === this.#deniedEntry.key && this.#isKnownDenied(cost, reading)) {
      this.#countDenial(0);
      return false;
    }
    const entry = this.#entries.get(name);
    if (entry !== undefined && this.#ledger.addInWindow(entry, cost, reading)) {
      this.#allowed++;
      return true;
    }
    const nowMs = Math.floor(reading);
    if (entry !== undefined) return this.#take(entry, cost, this.#ledger, nowMs);
    return this.#takeFirst(name, cost, this.#ledger, nowMs) !== undefined;
  }

  allowMany(keys: readonly string[], cost: number): Uint8Array {
    const reading = this.#clock.now();
    const allowed = new Uint8Array(keys.length);
    for (let i = 0; i < keys.length; i++) if (this.#allow(keys[i] as string, cost, reading)) allowed[i] = 1;
    return allowed;
  }

  check(key: string, cost: Units, by?: readonly Policy[]): Decision {
    const nowMs = this.#now();
    return this.#check(fold(key), cost, this.#ledgerOf(by, nowMs), nowMs);
  }

  #check(name: string, cost: Units, ledger: Ledger, nowMs: number): Decision {
    const held = this.#held(name, ledger, nowMs);
    if (held !== undefined) {
      const allowed = this.#take(held, cost, ledger, nowMs);
      return ledger.decision(allowed, held, cost, nowMs, blockLeftMs(held, nowMs));
    }
    const taken = this.#takeFirst(name, cost, ledger, nowMs);
    return this.#firstDecision(taken, cost, ledger, nowMs);
  }

  peek(key: string, cost: Units, by?: readonly Policy[]): Decision {
    const nowMs = this.#now();
    return this.#peek(fold(key), cost, this.#ledgerOf(by, nowMs), nowMs);
  }

  #peek(name: string, cost: Units, ledger: Ledger, nowMs: number): Decision {
    const entry = this.#held(name, ledger, nowMs);
    if (entry === undefined) {
      const fits =
        ledger.canEverFit(cost) && (this.#spec.onFull === 'admit' || isNone(cost) || this.#entries.hasRoom(nowMs));
      return this.#firstDecision(fits ? this.#nobody : undefined, cost, ledger, nowMs);
    }
    const blockedMs = blockLeftMs(entry, nowMs);
    const fits = blockedMs === 0 && ledger.fits(entry, cost, nowMs);
    const askedMs = fits || blockedMs > 0 ? blockedMs : ledger.blockAskedMs(entry, cost, nowMs);
    return ledger.decision(fits, entry, cost, nowMs, askedMs);
  }

  reserve(key: string, cost: Units, by?: readonly Policy[]): Reserved {
    const nowMs = this.#now();
    const name = fold(key);
    const ledger = this.#ledgerOf(by, nowMs);
    const decision = this.#check(name, cost, ledger, nowMs);
    const entry = decision.allowed && !isNone(cost) ? this.#entries.get(name) : undefined;
    if (entry === undefined) return { decision, number: 0 }; // nothing is held for it
    return { decision, number: this.#entries.reserve(entry, ledger) };
  }

  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Decision {
    const nowMs = this.#now();
    const name = fold(key);
    const ledger = this.#ledgerOf(by, nowMs);
    this.#settle(name, number, beyond(estimate, actual), beyond(actual, estimate), ledger, nowMs);
    return this.#peek(name, 0, ledger, nowMs);
  }

  #settle(name: string, number: number, less: Units, more: Units, ledger: Ledger, nowMs: number): void {
    const takes = !isNone(more);
    const held = this.#held(name, ledger, nowMs);
    if (held !== undefined) this.#entries.settle(held, number, less, ledger, nowMs);
    const entry = takes ? (held ?? this.#entries.enter(name, nowMs)) : held;
    if (entry === undefined) {
      if (takes) this.#rejectedFull++;
      return;
    }
    if (takes) ledger.add(entry, more, nowMs);
    if (this.#ledger.isFresh(entry, nowMs)) this.#entries.forget(entry);
    else this.#entries.place(entry, nowMs, false, ledger);
    this.#deniedEntry = this.#nobody;
  }

  #held(name: string, ledger: Ledger, nowMs: number): Entry | undefined {
    const entry = this.#entries.get(name);
    if (entry !== undefined && ledger !== this.#ledger) this.#ledger.dropExpired(entry, nowMs);
    return entry;
  }

  /** By policies of the call's own nothing is foretold of the next call. */
  #ledgerOf(by: readonly Policy[] | undefined, nowMs: number): Ledger {
    if (by !== undefined) this.#deniedEntry = this.#nobody;
    return this.#ledger.of(by, nowMs);
  }

  block(key: string, ms: number): boolean {
    const nowMs = this.#now();
    const name = fold(key);
    const entry = this.#entries.get(name) ?? this.#entries.enter(name, nowMs);
    if (entry === undefined) return false;
    if (blockLeftMs(entry, nowMs) < ms) entry.more().blockedUntilMs = nowMs + ms;
    this.#entries.place(entry, nowMs);
    return true;
  }

  reset(key: string): boolean {
    const nowMs = this.#now();
    const entry = this.#entries.get(fold(key));
    if (entry === undefined) return false;
    this.#entries.forget(entry);
    return !this.#ledger.isFresh(entry, nowMs);
  }

  clear(): void {
    this.#deniedEntry = this.#nobody;
    this.#entries.clear();
  }

  cleanupExpired(): number {
    const held = this.#entries.size; // before this call reclaims any
    this.#entries.dropExpired(this.#now());
    return held - this.#entries.size;
  }

  get policies(): readonly Policy[] {
    return this.#policies;
  }

  update(policies: readonly Policy[]): void {
    this.#entries.change(policies, this.#now());
    this.#ledger = this.#entries.ledger;
    this.#policies = policies;
    this.#deniedEntry = this.#nobody;
  }

  snapshot(): EngineSnapshot {
    const writer = new ByteWriter();
    this.#entries.write(writer, this.#now());
    return { policies: this.#policies, bytes: writer.written() };
  }

  restore(bytes: Uint8Array): void {
    this.#entries.read(new ByteReader(bytes), this.#now());
    this.#deniedEntry = this.#nobody;
  }

  stats(): Stats {
    return {
      allowed: this.#allowed,
      blocked: this.#blocked,
      totalChecks: this.#allowed + this.#blocked,
      activeKeys: this.#entries.size,
      evictions: this.#entries.evictions,
      rejectedFull: this.#rejectedFull,
      policies: this.#policies.map(({ name }, i) => ({ name, denied: this.#denied[i] ?? 0 })),
    };
  }

  #now(): number {
    const nowMs = Math.floor(this.#clock.now());
    if (nowMs >= this.#entries.quietUntilMs) this.#entries.lookAgain(nowMs);
    return nowMs;
  }

  #take(entry: Entry, cost: Units, ledger: Ledger, nowMs: number): boolean {
    const blocked = entry.extra !== undefined && blockLeftMs(entry, nowMs) > 0;
    if (blocked || !ledger.fits(entry, cost, nowMs)) return this.#deny(entry, blocked, cost, ledger, nowMs);
    this.#allowed++;
    if (!isNone(cost) && (ledger.add(entry, cost, nowMs) || ledger !== this.#ledger))
      this.#entries.place(entry, nowMs, false, ledger);
    return true;
  }

  #deny(entry: Entry, blocked: boolean, cost: Units, ledger: Ledger, nowMs: number): boolean {
    this.#countDenial(ledger.binding(entry, cost, nowMs));
    const askedMs = blocked ? 0 : ledger.blockAskedMs(entry, cost, nowMs);
    if (askedMs > 0) {
      entry.more().blockedUntilMs = nowMs + askedMs;
      this.#entries.place(entry, nowMs, false, ledger);
    }
    if (ledger === this.#ledger && typeof cost === 'number') this.#rememberDenial(entry, cost, nowMs);
    return false;
  }

  #countDenial(binding: number): void {
    this.#blocked++;
    this.#denied[binding] = (this.#denied[binding] as number) + 1;
  }

  #isKnownDenied(cost: number, nowMs: number): boolean {
    return cost === this.#deniedCost && nowMs < this.#deniedUntilMs && this.#deniedEntry.list >= 0;
  }

  /**
   * Whoever hammers on one key is answered without a look-up. Only forgetting the key could end a denial
   * before its time. Which of several policies binds may change meanwhile, so with those nothing is remembered.
   */
  #rememberDenial(entry: Entry, cost: number, nowMs: number): void {
    if (entry === this.#nobody || this.#policies.length > 1) return;
    const blockedMs = blockLeftMs(entry, nowMs);
    this.#deniedEntry = entry;
    this.#deniedCost = cost;
    this.#deniedUntilMs = nowMs + (blockedMs > 0 ? blockedMs : this.#ledger.waitMs(entry, cost, nowMs));
  }

  /** Takes from a key that is not held: the entry that stands for it, or `undefined` when it is denied. */
  #takeFirst(name: string, cost: Units, ledger: Ledger, nowMs: number): Entry | undefined {
    if (!ledger.canEverFit(cost)) {
      this.#deny(this.#nobody, true, cost, ledger, nowMs);
      return undefined;
    }
    if (isNone(cost)) {
      this.#allowed++;
      return this.#nobody;
    }
    const entry = this.#entries.enter(name, nowMs);
    if (entry === undefined) return this.#withoutRoom();
    this.#allowed++;
    ledger.add(entry, cost, nowMs);
    this.#entries.place(entry, nowMs, false, ledger);
    return entry;
  }

  #withoutRoom(): Entry | undefined {
    this.#rejectedFull++;
    if (this.#spec.onFull === 'admit') {
      this.#allowed++;
      return this.#nobody;
    }
    this.#blocked++;
    return undefined;
  }

  #firstDecision(taken: Entry | undefined, cost: Units, ledger: Ledger, nowMs: number): Decision {
    if (taken !== undefined) return ledger.decision(true, taken, cost, nowMs, 0);
    if (!ledger.canEverFit(cost)) return ledger.decision(false, this.#nobody, cost, nowMs, 0);
    const afterMs = Math.max(1, this.#entries.roomDueMs() - nowMs);
    const rows = ledger.rules.map(({ terms: { name, limit } }) => {
      return { name, limit, remaining: 0, resetAfterMs: 0, retryAfterMs: afterMs };
    });
    return decision(false, rows, 0);
  }
}

/**
 * The engine in TypeScript, for any runtime. It keeps one heap: what `shared` asks for, it can't do.
 *
 * @throws BackendUnavailableError when the spec has a shared name.
 */
export function createMapEngine(spec: EngineSpec): Engine {
  if (spec.shared !== undefined) {
    throw new BackendUnavailableError(
      `shared: ${show(spec.shared)} needs the native engine: the TypeScript engine would count in each thread apart and admit the limit once per thread`,
    );
  }
  return new MapEngine(spec);
}
