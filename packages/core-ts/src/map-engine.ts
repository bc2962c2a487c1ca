import * as fixedWindow from './algorithms/fixed-window.js';
import { monotonicClock } from './clock.js';
import type { Clock, Decision, Engine, EngineSpec, Policy, Stats } from './contract.js';
import { decision } from './decision.js';
import { BackendUnavailableError, show } from './errors.js';

type State = fixedWindow.State;

/**
 * The engine in TypeScript: states in two `Map`s, a young one and an aging one.
 *
 * At most once a window, the first call that comes in turns them: the aging map goes, the young one ages.
 * What goes was started before the turn before, more than a window ago, and is expired as a whole. So
 * reclaiming costs a pointer, not a sweep, where deleting a million keys one by one would make the `Map`
 * shrink in steps of tens of milliseconds. It holds at most the keys of two windows.
 */
class MapEngine implements Engine {
  readonly backend = 'ts';
  readonly #policy: Policy;
  readonly #clock: Clock;
  #young = new Map<string, State>();
  #aging = new Map<string, State>();
  /** Keys that both maps hold, with one state. */
  #inBoth = 0;
  #turnedAtMs: number;
  #allowed = 0;
  #blocked = 0;

  constructor(spec: EngineSpec) {
    this.#policy = spec.policies[0];
    this.#clock = spec.clock ?? monotonicClock;
    this.#turnedAtMs = this.#clock.now();
  }

  allow(key: string, cost: number): boolean {
    const nowMs = this.#now();
    const allowed = this.#take(key, this.#find(key), cost, nowMs);
    if (allowed) this.#allowed++;
    else this.#blocked++;
    return allowed;
  }

  check(key: string, cost: number): Decision {
    const nowMs = Math.floor(this.#now());
    const found = this.#find(key);
    const allowed = this.#take(key, found, cost, nowMs);
    if (allowed) this.#allowed++;
    else this.#blocked++;
    return this.#decision(allowed, found ?? this.#young.get(key), cost, nowMs);
  }

  peek(key: string, cost: number): Decision {
    const nowMs = Math.floor(this.#now());
    const state = this.#find(key);
    const left = state === undefined ? this.#policy.limit : fixedWindow.remaining(state, this.#policy, nowMs);
    return this.#decision(cost <= left, state, cost, nowMs);
  }

  reset(key: string): boolean {
    const nowMs = this.#now();
    const state = this.#find(key);
    if (state === undefined) return false;
    const inYoung = this.#young.delete(key);
    const inAging = this.#aging.delete(key);
    if (inYoung && inAging) this.#inBoth--;
    return !fixedWindow.isExpired(state, this.#policy, nowMs);
  }

  clear(): void {
    this.#young = new Map();
    this.#aging = new Map();
    this.#inBoth = 0;
  }

  cleanupExpired(): number {
    const held = this.#size(); // before a turn, which may be this call's first act
    const nowMs = this.#now();
    const live = new Map<string, State>();
    for (const map of [this.#aging, this.#young]) {
      for (const [key, state] of map) {
        if (!fixedWindow.isExpired(state, this.#policy, nowMs)) live.set(key, state);
      }
    }
    this.#young = live;
    this.#aging = new Map();
    this.#inBoth = 0;
    return held - live.size;
  }

  stats(): Stats {
    return {
      allowed: this.#allowed,
      blocked: this.#blocked,
      totalChecks: this.#allowed + this.#blocked,
      activeKeys: this.#size(),
    };
  }

  #size(): number {
    return this.#young.size + this.#aging.size - this.#inBoth;
  }

  #now(): number {
    const nowMs = this.#clock.now();
    if (nowMs - this.#turnedAtMs >= this.#policy.windowMs) this.#turn(nowMs);
    return nowMs;
  }

  #turn(nowMs: number): void {
    this.#aging = this.#young;
    this.#young = new Map();
    this.#inBoth = 0;
    this.#turnedAtMs = nowMs;
  }

  #find(key: string): State | undefined {
    const young = this.#young.get(key);
    if (young !== undefined || this.#aging.size === 0) return young;
    return this.#aging.get(key);
  }

  #take(key: string, state: State | undefined, cost: number, nowMs: number): boolean {
    if (state === undefined) return this.#takeFirst(key, cost, nowMs);
    if (!fixedWindow.take(state, this.#policy, cost, nowMs)) return false;
    if (this.#aging.size !== 0 && cost > 0) this.#keepYoung(key, state);
    return true;
  }

  #takeFirst(key: string, cost: number, nowMs: number): boolean {
    if (cost > this.#policy.limit) return false;
    if (cost > 0) this.#young.set(key, fixedWindow.start(cost, nowMs));
    return true;
  }

  /** A key that is in use is found at the first look, and a window that starts anew outlives the turn. */
  #keepYoung(key: string, state: State): void {
    if (this.#young.has(key)) return;
    this.#young.set(key, state);
    this.#inBoth++;
  }

  #decision(allowed: boolean, state: State | undefined, cost: number, nowMs: number): Decision {
    const policy = this.#policy;
    if (state === undefined)
      return decision(allowed, policy.limit, policy.limit, 0, allowed ? 0 : Number.POSITIVE_INFINITY);
    return decision(
      allowed,
      policy.limit,
      fixedWindow.remaining(state, policy, nowMs),
      fixedWindow.resetAfterMs(state, policy, nowMs),
      allowed ? 0 : fixedWindow.retryAfterMs(state, policy, cost, nowMs),
    );
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
