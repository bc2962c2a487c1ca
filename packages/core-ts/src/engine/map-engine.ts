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
import { fold } from '../memory/fold.js';
import { NONE } from '../memory/slab.js';
import { ByteReader, ByteWriter } from '../snapshot/bytes.js';
import { beyond, isNone } from '../units.js';
import { Counters } from './counters.js';
import { bindingOfNobody, DENIED, decisionOn, firstDecision, foreseen, UNHELD } from './decisions.js';
import { Entries } from './entries.js';
import { LastDenial } from './last-denial.js';
import type { PolicySet } from './policy-set.js';

/**
 * The engine in TypeScript: decides on entries, and counts what came of it.
 *
 * Reads side by side with `core-native/src/engine/shard/mod.rs`.
 */
export class MapEngine implements Engine {
  readonly backend = 'ts';
  readonly #spec: EngineSpec;
  readonly #clock: Clock;
  readonly #entries: Entries;
  readonly #counters: Counters;
  #policies: readonly Policy[];
  readonly #lastDenial = new LastDenial();

  constructor(spec: EngineSpec) {
    this.#spec = spec;
    this.#clock = spec.clock ?? new OwnClock();
    this.#entries = new Entries(spec.policies, spec.maxKeys, Math.floor(this.#clock.now()));
    this.#counters = new Counters(spec.policies.length);
    this.#policies = spec.policies;
  }

  allow(key: string, cost: Units, by?: readonly Policy[]): boolean {
    const isPlain = by === undefined && typeof cost === 'number';
    return isPlain ? this.#allow(key, cost, this.#clock.now()) : this.#allowBy(key, cost, by);
  }

  /** By a cost for each policy, or by policies of the call's own. */
  #allowBy(key: string, cost: Units, by: readonly Policy[] | undefined): boolean {
    const nowMs = this.#now();
    const name = fold(key);
    const policySet = this.#policySetOf(by, nowMs);
    const slot = this.#find(name, policySet, nowMs);
    if (slot !== NONE) return this.#take(slot, cost, policySet, nowMs);
    return this.#takeFirst(name, cost, policySet, nowMs) !== DENIED;
  }

  /** `reading`: the time, not rounded down. Short, so that V8 compiles it into its caller; what is rare has its own functions. */
  #allow(key: string, cost: number, reading: number): boolean {
    const entries = this.#entries;
    if (reading >= entries.nextReclaimAtMs) entries.reclaimSome(Math.floor(reading));
    if (reading < this.#lastDenial.untilMs && this.#isDeniedAgain(key, cost)) return false;
    const slot = entries.find(fold(key));
    if (slot === undefined || !entries.takeInPlace(entries.slab, slot, cost, reading))
      return this.#allowOrDeny(key, slot, cost, reading);
    this.#counters.allowed++;
    return true;
  }

  #isDeniedAgain(key: string, cost: number): boolean {
    const isDenied = this.#lastDenial.holds(key, cost, this.#entries);
    if (isDenied) this.#counters.deny(0);
    return isDenied;
  }

  #allowOrDeny(key: string, slot: number | undefined, cost: number, reading: number): boolean {
    const { policySet } = this.#entries;
    const nowMs = Math.floor(reading);
    if (slot === undefined) return this.#takeFirst(fold(key), cost, policySet, nowMs) !== DENIED;
    const allowed = this.#takeOrDeny(slot, cost, policySet, nowMs);
    if (!allowed) this.#rememberDenial(slot, cost, nowMs);
    return allowed;
  }

  allowMany(keys: readonly string[], cost: number): Uint8Array {
    const reading = this.#clock.now();
    const allowed = new Uint8Array(keys.length);
    for (let i = 0; i < keys.length; i++) if (this.#allow(keys[i] as string, cost, reading)) allowed[i] = 1;
    return allowed;
  }

  check(key: string, cost: Units, by?: readonly Policy[]): Decision {
    const nowMs = this.#now();
    return this.#check(fold(key), cost, this.#policySetOf(by, nowMs), nowMs);
  }

  #check(name: string, cost: Units, policySet: PolicySet, nowMs: number): Decision {
    const held = this.#find(name, policySet, nowMs);
    if (held === NONE) {
      const slot = this.#takeFirst(name, cost, policySet, nowMs);
      return firstDecision(this.#entries, slot, policySet, cost, nowMs);
    }
    const isTaken = this.#take(held, cost, policySet, nowMs);
    const blockedMs = this.#entries.blockLeftMs(held, nowMs);
    return decisionOn(this.#entries, held, policySet, isTaken, cost, nowMs, blockedMs);
  }

  peek(key: string, cost: Units, by?: readonly Policy[]): Decision {
    const nowMs = this.#now();
    return this.#peek(fold(key), cost, this.#policySetOf(by, nowMs), nowMs);
  }

  #peek(name: string, cost: Units, policySet: PolicySet, nowMs: number): Decision {
    const slot = this.#find(name, policySet, nowMs);
    return foreseen(this.#entries, slot, policySet, cost, nowMs, this.#spec.onFull);
  }

  reserve(key: string, cost: Units, by?: readonly Policy[]): Reserved {
    const nowMs = this.#now();
    const [name, policySet] = [fold(key), this.#policySetOf(by, nowMs)];
    const decision = this.#check(name, cost, policySet, nowMs);
    const slot = decision.allowed && !isNone(cost) ? this.#entries.find(name) : undefined;
    if (slot === undefined) return { decision, number: 0 }; // nothing is held for it
    return { decision, number: this.#entries.reserve(slot, policySet) };
  }

  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Decision {
    const nowMs = this.#now();
    const [name, policySet] = [fold(key), this.#policySetOf(by, nowMs)];
    this.#settle(name, number, beyond(estimate, actual), beyond(actual, estimate), policySet, nowMs);
    return this.#peek(name, 0, policySet, nowMs);
  }

  #settle(name: string, number: number, less: Units, more: Units, policySet: PolicySet, nowMs: number): void {
    const entries = this.#entries;
    const takes = !isNone(more);
    const held = this.#find(name, policySet, nowMs);
    if (held !== NONE) entries.settle(held, number, less, policySet, nowMs);
    const isNew = held === NONE && takes;
    const slot = isNew ? entries.enter(name, nowMs) : held;
    if (slot === NONE) {
      if (takes) this.#counters.rejectedFull++;
      return;
    }
    if (takes) entries.add(slot, more, policySet, nowMs);
    if (isNew) entries.append(slot, policySet, nowMs);
    else if (entries.isFresh(slot, nowMs)) entries.remove(slot);
    else entries.place(slot, policySet, nowMs);
    this.#lastDenial.clear();
  }

  /** The entry of a name, without what is over by the engine's limits where others decide; `NONE` where there is none. */
  #find(name: string, policySet: PolicySet, nowMs: number): number {
    const slot = this.#entries.find(name);
    if (slot === undefined) return NONE;
    if (policySet !== this.#entries.policySet) this.#dropExpired(slot, nowMs);
    return slot;
  }

  #dropExpired(slot: number, nowMs: number): void {
    const { policySet, slab } = this.#entries;
    policySet.dropExpired(slab.words, slab.at(slot), nowMs);
  }

  #policySetOf(by: readonly Policy[] | undefined, nowMs: number): PolicySet {
    return by === undefined ? this.#entries.policySet : this.#ofTheCall(by, nowMs);
  }

  /** By policies of the call's own nothing is foretold of the next call. */
  #ofTheCall(by: readonly Policy[], nowMs: number): PolicySet {
    this.#lastDenial.clear();
    return this.#entries.policySet.of(by, nowMs);
  }

  block(key: string, ms: number): boolean {
    const nowMs = this.#now();
    const entries = this.#entries;
    const name = fold(key);
    const held = entries.find(name);
    const slot = held ?? entries.enter(name, nowMs);
    if (slot === NONE) return false;
    if (entries.blockLeftMs(slot, nowMs) < ms) entries.block(slot, nowMs + ms);
    if (held === undefined) entries.append(slot, entries.policySet, nowMs);
    else entries.placeAnew(slot, nowMs);
    this.#lastDenial.clear();
    return true;
  }

  reset(key: string): boolean {
    const nowMs = this.#now();
    const slot = this.#entries.find(fold(key));
    if (slot === undefined) return false;
    const isLive = !this.#entries.isFresh(slot, nowMs);
    this.#entries.remove(slot);
    return isLive;
  }

  clear(): void {
    this.#lastDenial.clear();
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
    this.#policies = policies;
    this.#lastDenial.clear();
  }

  snapshot(): EngineSnapshot {
    const writer = new ByteWriter();
    this.#entries.write(writer, this.#now());
    return { policies: this.#policies, bytes: writer.written() };
  }

  restore(bytes: Uint8Array): void {
    this.#entries.read(new ByteReader(bytes), this.#now());
    this.#lastDenial.clear();
  }

  stats(): Stats {
    const { size, evictions } = this.#entries;
    return this.#counters.stats(this.#policies, size, evictions);
  }

  #now(): number {
    const nowMs = Math.floor(this.#clock.now());
    if (nowMs >= this.#entries.nextReclaimAtMs) this.#entries.reclaimSome(nowMs);
    return nowMs;
  }

  #take(slot: number, cost: Units, policySet: PolicySet, nowMs: number): boolean {
    const { takeInPlace, slab, policySet: own } = this.#entries;
    const isInPlace = typeof cost === 'number' && policySet === own && takeInPlace(slab, slot, cost, nowMs);
    if (!isInPlace) return this.#takeOrDeny(slot, cost, policySet, nowMs);
    this.#counters.allowed++;
    return true;
  }

  #takeOrDeny(slot: number, cost: Units, policySet: PolicySet, nowMs: number): boolean {
    const entries = this.#entries;
    const isBlocked = entries.blockLeftMs(slot, nowMs) > 0;
    if (isBlocked || !entries.fits(slot, cost, policySet, nowMs))
      return this.#deny(slot, isBlocked, cost, policySet, nowMs);
    this.#counters.allowed++;
    if (!isNone(cost) && !entries.add(slot, cost, policySet, nowMs)) entries.place(slot, policySet, nowMs);
    return true;
  }

  #deny(slot: number, isBlocked: boolean, cost: Units, policySet: PolicySet, nowMs: number): false {
    const { slab } = this.#entries;
    this.#counters.deny(policySet.binding(slab.words, slab.at(slot), cost, nowMs));
    const askedMs = isBlocked ? 0 : this.#entries.blockAskedMs(slot, cost, policySet, nowMs);
    if (askedMs > 0) {
      this.#entries.block(slot, nowMs + askedMs);
      this.#entries.place(slot, policySet, nowMs);
    }
    return false;
  }

  /** Which of several policies binds may change before a denial ends, so with those nothing is remembered. */
  #rememberDenial(slot: number, cost: number, nowMs: number): void {
    const { slab, policySet } = this.#entries;
    if (this.#policies.length > 1) return;
    const blockedMs = this.#entries.blockLeftMs(slot, nowMs);
    const waitMs = blockedMs > 0 ? blockedMs : policySet.waitMs(slab.words, slab.at(slot), cost, nowMs);
    this.#lastDenial.note(slot, cost, nowMs + waitMs, this.#entries);
  }

  /** Takes from a key that is not held. Answers its entry, `UNHELD` or `DENIED`. */
  #takeFirst(name: string, cost: Units, policySet: PolicySet, nowMs: number): number {
    const entries = this.#entries;
    if (!policySet.canEverFit(cost)) {
      this.#counters.deny(bindingOfNobody(policySet, cost, nowMs));
      return DENIED;
    }
    if (isNone(cost)) {
      this.#counters.allowed++;
      return UNHELD;
    }
    const slot = entries.enter(name, nowMs);
    if (slot === NONE) return this.#counters.rejectFull(this.#spec.onFull) ? UNHELD : DENIED;
    this.#counters.allowed++;
    entries.add(slot, cost, policySet, nowMs);
    entries.append(slot, policySet, nowMs);
    return slot;
  }
}
