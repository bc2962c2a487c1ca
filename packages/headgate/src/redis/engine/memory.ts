import { createMapEngine, DEFAULT_MAX_KEYS, type Engine, type Policy, type Units } from '@headgate/core-ts';
import type { RemoteHits } from '../hits/remote-hits.js';
import type { RemoteEngine, RemoteEngineFactory, RemoteSpec } from '../limiter/remote-engine.js';

/**
 * The engine in memory behind the same promises: a program that is written for Redis runs without a server, in its tests
 * or where there is but one process.
 */
export function memory(): RemoteEngineFactory {
  const made = ({ policies }: RemoteSpec) =>
    new MemoryEngine(
      createMapEngine({ policies, clock: undefined, shared: undefined, maxKeys: DEFAULT_MAX_KEYS, onFull: 'deny' }),
    );
  return Object.assign(made, { hits: () => IN_THE_STORE });
}

/** A store counts in memory by itself. */
const IN_THE_STORE: RemoteHits = {
  prefix: '',
  async ask(_key, _call, here) {
    return here(1);
  },
  async clear() {},
};

/** Any engine, as one that answers promises. */
class MemoryEngine implements RemoteEngine {
  readonly backend = 'memory';
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get policies() {
    return this.#engine.policies;
  }

  async allow(key: string, cost: Units, by?: readonly Policy[]) {
    return this.#engine.allow(key, cost, by);
  }

  async check(key: string, cost: Units, by?: readonly Policy[]) {
    return this.#engine.check(key, cost, by);
  }

  async peek(key: string, cost: Units, by?: readonly Policy[]) {
    return this.#engine.peek(key, cost, by);
  }

  async reserve(key: string, cost: Units, by?: readonly Policy[]) {
    return this.#engine.reserve(key, cost, by);
  }

  async settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]) {
    return this.#engine.settle(key, number, estimate, actual, by);
  }

  async block(key: string, ms: number) {
    return this.#engine.block(key, ms);
  }

  async reset(key: string) {
    return this.#engine.reset(key);
  }

  async clear() {
    this.#engine.clear();
  }

  update(policies: readonly Policy[]) {
    this.#engine.update(policies);
  }

  stats() {
    return { ...this.#engine.stats(), degraded: 0, isDegraded: false };
  }
}
