import { monotonicClock } from './clock.js';
import type { Clock, Decision, Engine, EngineSpec, Stats } from './contract.js';
import { decision } from './decision.js';
import { Entry } from './entry.js';
import { BackendUnavailableError, show } from './errors.js';
import { EvictionOrder } from './eviction-order.js';
import { KeyMap } from './key-map.js';
import { blockLeftMs, Ledger } from './ledger.js';

/** Entries whose time has come that one call looks at again. */
const LOOKS_PER_CALL = 4;
/** The same where room is needed. */
const LOOKS_FOR_ROOM = 64;

/** The engine in TypeScript: entries by key, each in the order in which they would be evicted. */
class MapEngine implements Engine {
  readonly backend = 'ts';
  readonly #spec: EngineSpec;
  readonly #clock: Clock;
  readonly #originMs: number;
  readonly #ledger: Ledger;
  /** A key that holds nothing: what a decision on a key never seen is read from. */
  readonly #nobody: Entry;
  #keys = new KeyMap();
  #size = 0;
  #order: EvictionOrder;
  #quietUntilMs: number;
  #allowed = 0;
  #blocked = 0;
  #evictions = 0;
  #rejectedFull = 0;
  readonly #denied: number[];
  #deniedKey: string | undefined = undefined;
  #deniedCost = 0;
  #deniedUntilMs = 0;

  constructor(spec: EngineSpec) {
    this.#spec = spec;
    this.#clock = spec.clock ?? monotonicClock;
    this.#originMs = Math.floor(this.#clock.now());
    this.#ledger = new Ledger(spec.policies);
    this.#nobody = new Entry('', spec.policies.length);
    this.#order = new EvictionOrder(this.#ledger.spanMs, this.#originMs);
    this.#quietUntilMs = this.#originMs;
    this.#denied = spec.policies.map(() => 0);
  }

  allow(key: string, cost: number): boolean {
    const nowMs = this.#now();
    if (key === this.#deniedKey && cost === this.#deniedCost && nowMs < this.#deniedUntilMs) {
      this.#countDenial(0);
      return false;
    }
    const entry = this.#keys.get(key);
    return entry === undefined ? this.#takeFirst(key, cost, nowMs) !== undefined : this.#take(entry, cost, nowMs);
  }

  allowMany(keys: readonly string[], cost: number): Uint8Array {
    const allowed = new Uint8Array(keys.length);
    for (let i = 0; i < keys.length; i++) if (this.allow(keys[i] as string, cost)) allowed[i] = 1;
    return allowed;
  }

  check(key: string, cost: number): Decision {
    const nowMs = this.#now();
    const held = this.#keys.get(key);
    if (held !== undefined) {
      const allowed = this.#take(held, cost, nowMs);
      return this.#ledger.decision(allowed, held, cost, nowMs, blockLeftMs(held, nowMs));
    }
    const taken = this.#takeFirst(key, cost, nowMs);
    return this.#firstDecision(taken, cost, nowMs);
  }

  peek(key: string, cost: number): Decision {
    const nowMs = this.#now();
    const entry = this.#keys.get(key);
    if (entry === undefined) {
      const fits = this.#ledger.canEverFit(cost) && (this.#spec.onFull === 'admit' || this.#hasRoom(cost, nowMs));
      return this.#firstDecision(fits ? this.#nobody : undefined, cost, nowMs);
    }
    const blockedMs = blockLeftMs(entry, nowMs);
    const fits = blockedMs === 0 && this.#ledger.fits(entry, cost, nowMs);
    const askedMs = fits || blockedMs > 0 ? blockedMs : this.#ledger.blockAskedMs(entry, cost, nowMs);
    return this.#ledger.decision(fits, entry, cost, nowMs, askedMs);
  }

  block(key: string, ms: number): boolean {
    const nowMs = this.#now();
    const entry = this.#keys.get(key) ?? this.#enter(key, nowMs);
    if (entry === undefined) return false;
    if (blockLeftMs(entry, nowMs) < ms) entry.blockedUntilMs = nowMs + ms;
    this.#place(entry, nowMs);
    return true;
  }

  reset(key: string): boolean {
    const nowMs = this.#now();
    const entry = this.#keys.get(key);
    if (entry === undefined) return false;
    this.#forget(entry);
    return !this.#ledger.isFresh(entry, nowMs);
  }

  clear(): void {
    this.#deniedKey = undefined;
    this.#keys = new KeyMap();
    this.#size = 0;
    this.#order = new EvictionOrder(this.#ledger.spanMs, this.#originMs);
    this.#quietUntilMs = this.#originMs;
  }

  cleanupExpired(): number {
    const held = this.#size; // before this call reclaims any
    const nowMs = this.#now();
    for (const entry of this.#keys) if (this.#ledger.isFresh(entry, nowMs)) this.#forget(entry);
    return held - this.#size;
  }

  stats(): Stats {
    return {
      allowed: this.#allowed,
      blocked: this.#blocked,
      totalChecks: this.#allowed + this.#blocked,
      activeKeys: this.#size,
      evictions: this.#evictions,
      rejectedFull: this.#rejectedFull,
      policies: this.#spec.policies.map(({ name }, i) => ({ name, denied: this.#denied[i] ?? 0 })),
    };
  }

  #now(): number {
    const nowMs = Math.floor(this.#clock.now());
    if (nowMs >= this.#quietUntilMs) this.#lookAgain(LOOKS_PER_CALL, nowMs);
    return nowMs;
  }

  #take(entry: Entry, cost: number, nowMs: number): boolean {
    const blocked = entry.blockedUntilMs !== undefined && blockLeftMs(entry, nowMs) > 0;
    if (blocked || !this.#ledger.fits(entry, cost, nowMs)) return this.#deny(entry, blocked, cost, nowMs);
    this.#allowed++;
    if (cost > 0 && this.#ledger.add(entry, cost, nowMs)) this.#place(entry, nowMs);
    return true;
  }

  #deny(entry: Entry, blocked: boolean, cost: number, nowMs: number): boolean {
    this.#countDenial(this.#ledger.binding(entry, cost, nowMs));
    const askedMs = blocked ? 0 : this.#ledger.blockAskedMs(entry, cost, nowMs);
    if (askedMs > 0) {
      entry.blockedUntilMs = nowMs + askedMs;
      this.#place(entry, nowMs);
    }
    this.#rememberDenial(entry, cost, nowMs);
    return false;
  }

  #countDenial(binding: number): void {
    this.#blocked++;
    this.#denied[binding] = (this.#denied[binding] as number) + 1;
  }

  /**
   * Whoever hammers on one key is answered without a look-up. Only forgetting the key could end a denial
   * before its time. Which of several policies binds may change meanwhile, so with those nothing is remembered.
   */
  #rememberDenial(entry: Entry, cost: number, nowMs: number): void {
    if (entry === this.#nobody || this.#spec.policies.length > 1) return;
    const blockedMs = blockLeftMs(entry, nowMs);
    this.#deniedKey = entry.key;
    this.#deniedCost = cost;
    this.#deniedUntilMs = nowMs + (blockedMs > 0 ? blockedMs : this.#ledger.waitMs(entry, cost, nowMs));
  }

  /** Takes from a key that is not held: the entry that stands for it, or `undefined` when it is denied. */
  #takeFirst(key: string, cost: number, nowMs: number): Entry | undefined {
    if (!this.#ledger.canEverFit(cost)) {
      this.#deny(this.#nobody, true, cost, nowMs);
      return undefined;
    }
    const entry = cost === 0 ? this.#nobody : this.#enter(key, nowMs);
    if (entry === undefined) return this.#withoutRoom();
    this.#allowed++;
    if (cost > 0) {
      this.#ledger.add(entry, cost, nowMs);
      this.#place(entry, nowMs);
    }
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

  /** A new entry, not in the order yet; `undefined` where there is no room for it. */
  #enter(key: string, nowMs: number): Entry | undefined {
    if (this.#size >= this.#spec.maxKeys && !this.#makeRoom(nowMs)) return undefined;
    const entry = new Entry(key, this.#spec.policies.length);
    this.#keys.add(entry);
    this.#size++;
    return entry;
  }

  #makeRoom(nowMs: number): boolean {
    if (this.#lookForRoom(nowMs)) return true;
    const victim = this.#order.leastUsed();
    if (victim === undefined) return false;
    this.#forget(victim);
    this.#evictions++;
    return true;
  }

  #hasRoom(cost: number, nowMs: number): boolean {
    if (cost === 0 || this.#size < this.#spec.maxKeys) return true;
    return this.#lookForRoom(nowMs) || this.#order.leastUsed() !== undefined;
  }

  /** Looks again at entries whose time has come, one after the other, until one of them goes. */
  #lookForRoom(nowMs: number): boolean {
    const before = this.#size;
    for (let look = 0; look < LOOKS_FOR_ROOM && this.#size === before; look++) this.#lookAgain(1, nowMs);
    return this.#size < before;
  }

  #lookAgain(looks: number, nowMs: number): void {
    this.#quietUntilMs = this.#order.passSlots(nowMs);
    for (let look = 0; look < looks; look++) {
      const entry = this.#order.takePassed();
      if (entry === undefined) return;
      if (this.#ledger.isFresh(entry, nowMs)) this.#forget(entry);
      else this.#place(entry, nowMs, true);
    }
  }

  #place(entry: Entry, nowMs: number, anew = false): void {
    const rank = this.#ledger.rank(entry, nowMs);
    const list = this.#order.listOf(rank, this.#ledger.dueMs(entry, rank, nowMs));
    if (anew || list !== entry.list) this.#order.place(entry, list);
  }

  #forget(entry: Entry): void {
    this.#deniedKey = undefined;
    this.#order.remove(entry);
    this.#keys.delete(entry.key);
    this.#size--;
  }

  #firstDecision(taken: Entry | undefined, cost: number, nowMs: number): Decision {
    if (taken !== undefined) return this.#ledger.decision(true, taken, cost, nowMs, 0);
    if (!this.#ledger.canEverFit(cost)) return this.#ledger.decision(false, this.#nobody, cost, nowMs, 0);
    const afterMs = Math.max(1, this.#order.firstProtectedDueMs() - nowMs);
    const rows = this.#spec.policies.map(({ name, limit }) => {
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
