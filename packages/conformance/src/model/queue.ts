import type { Policy } from '@headgate/core-ts';
import { Model } from './model.js';

export interface Comer {
  readonly index: number;
  readonly key: string;
  readonly cost: number;
  /** When it gives up; `Infinity`: never. */
  readonly untilMs: number;
  /** When it goes away by itself, between two milliseconds. */
  readonly leavesMs: number;
}

export interface End {
  readonly index: number;
  readonly key: string;
  readonly what: 'admitted' | 'refused' | 'left';
  readonly atMs: number;
}

type Call = (model: Model) => unknown;

/** Those who wait, as a list per key: the first one is admitted when the model says that its cost fits. */
export class QueueModel {
  readonly ends: End[] = [];
  readonly #clock = { ms: 0, now: () => Math.floor(this.#clock.ms) };
  readonly #policies: readonly Policy[];
  readonly #model: Model;
  /** All that was done to the model, and when. */
  readonly #done: { readonly atMs: number; readonly call: Call }[] = [];
  readonly #queues = new Map<string, readonly Comer[]>();

  constructor(policies: readonly Policy[]) {
    this.#policies = policies;
    this.#model = new Model(policies, this.#clock);
  }

  /** Who waits for a key, or for any. */
  waiting(key?: string): readonly Comer[] {
    return key === undefined ? [...this.#queues.values()].flat() : (this.#queues.get(key) ?? []);
  }

  /** How many keys somebody waits for. */
  get keys(): number {
    return [...this.#queues.values()].filter((queue) => queue.length > 0).length;
  }

  /** Does something to the limiter, and looks at everyone again. */
  call(call: Call): void {
    this.#do(call);
    this.#look();
  }

  /** Several at one time, for one key. */
  come(comers: readonly Comer[]): void {
    const [first] = comers;
    if (first !== undefined) this.#queues.set(first.key, [...this.waiting(first.key), ...comers]);
    this.#look();
  }

  /** To an instant, by all those at which somebody can be admitted or has to go. */
  advanceTo(ms: number): void {
    for (let next = this.#nextMs(); next <= ms; next = this.#nextMs()) {
      this.#clock.ms = next;
      for (const comer of this.waiting()) if (comer.leavesMs <= next) this.#end(comer, 'left');
      this.#look();
    }
    this.#clock.ms = ms;
  }

  /** How long one who comes now would wait if all ahead stay and nobody else takes any: tried on a second model. */
  waitMs(key: string, cost: number): number {
    const clock = { ms: 0, now: () => clock.ms };
    const model = new Model(this.#policies, clock);
    for (const { atMs, call } of this.#done) {
      clock.ms = atMs;
      call(model);
    }
    clock.ms = this.#clock.now();
    for (const each of [...this.waiting(key), { cost }]) {
      clock.ms += model.peek(key, each.cost).retryAfterMs;
      if (clock.ms !== Infinity) model.check(key, each.cost);
    }
    return clock.ms - this.#clock.now();
  }

  #do(call: Call): void {
    this.#done.push({ atMs: this.#clock.now(), call });
    call(this.#model);
  }

  #look(): void {
    for (const comer of this.waiting()) {
      if (this.#retryMs(comer) === Infinity) this.#end(comer, 'refused');
    }
    for (const key of this.#queues.keys()) {
      while (this.#endFirst(key));
      for (const comer of this.waiting(key)) if (comer.untilMs <= this.#clock.ms) this.#end(comer, 'refused');
    }
  }

  /** Whether the first one of a queue came to an end. */
  #endFirst(key: string): boolean {
    const [first] = this.waiting(key);
    if (first === undefined) return false;
    const retryMs = this.#retryMs(first);
    if (retryMs > 0 && this.#clock.now() + retryMs <= first.untilMs) return false;
    if (retryMs === 0) this.#do((model) => model.check(key, first.cost));
    this.#end(first, retryMs === 0 ? 'admitted' : 'refused');
    return true;
  }

  #end({ index, key }: Comer, what: End['what']): void {
    this.ends.push({ index, key, what, atMs: this.#clock.now() });
    this.#queues.set(
      key,
      this.waiting(key).filter((each) => each.index !== index),
    );
  }

  #nextMs(): number {
    const instants = [...this.#queues.values()].flatMap((queue) => {
      const [first] = queue;
      if (first === undefined) return [];
      return [this.#clock.now() + this.#retryMs(first), ...queue.flatMap((each) => [each.untilMs, each.leavesMs])];
    });
    return Math.min(...instants);
  }

  #retryMs({ key, cost }: Comer): number {
    return this.#model.peek(key, cost).retryAfterMs;
  }
}
