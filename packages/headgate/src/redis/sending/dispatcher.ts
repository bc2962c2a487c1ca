import type { KnownClient } from '../client/script-client.js';
import { slotOf } from '../client/slot.js';
import type { ReadRedisOptions } from '../engine/redis-options.js';
import { warnOfEviction } from '../inspect/eviction.js';
import { Answers } from '../wire/answers.js';
import { nameOf } from '../wire/key-name.js';
import { Breaker } from './breaker.js';
import { Breakers } from './breakers.js';

/**
 * So many groups at the most go in one script call: the server does nothing else meanwhile, and while it decides on these, the
 * next ones are written and those before are read.
 */
const MOST_GROUPS = 64;

/** One for all calls of an outage: to make one anew takes longer than to decide without a server. */
const FAILED_BEFORE = new Error('it has failed before, and is asked again soon');

/** What is handed over together. */
interface Turn<G> {
  readonly groups: readonly G[];
}

/** What the server has answered, and its time then. */
export interface Answered {
  readonly answers: Answers;
  readonly serverMs: number;
}

/** Gathers the calls of one turn of the event loop, and asks the server no more where it fails. */
export class Dispatcher<G, T extends Turn<G>> {
  readonly #client: KnownClient;
  readonly #options: ReadRedisOptions;
  readonly breakers: Breakers;
  readonly #make: () => T;
  readonly #keyOf: (group: G) => string;
  readonly #send: (groups: readonly G[]) => void;
  #turn: T | undefined;
  #hasAnswered = false;

  /**
   * @param probe whether the server that has a slot can be written to
   * @param make what the calls of a turn are gathered in
   * @param send is given what goes in one script call
   */
  constructor(
    client: KnownClient,
    options: ReadRedisOptions,
    probe: (slot: number) => Promise<void>,
    make: () => T,
    keyOf: (group: G) => string,
    send: (groups: readonly G[]) => void,
  ) {
    this.#client = client;
    this.#options = options;
    this.breakers = new Breakers(
      (slot) => new Breaker(() => probe(slot), options.onDegraded, options.onRecovered),
      client.masterOf,
    );
    this.#make = make;
    this.#keyOf = keyOf;
    this.#send = send;
  }

  /** Where a call goes that is made now; it is sent after all that this turn of the event loop does. Why not, where its server has failed. */
  turn(key: string): T | Error {
    if (this.breakers.isAnyOpen && this.breakers.of(this.#slotOf(key)).isOpen) return FAILED_BEFORE;
    if (this.#turn === undefined) {
      this.#turn = this.#make();
      later(() => this.#flush());
    }
    return this.#turn;
  }

  /** Asks by what was given to send. Rejects where the server has not answered a list that begins with its time. */
  async ask(groups: readonly G[], send: () => Promise<unknown>): Promise<Answered> {
    const breaker = this.breakers.of(this.#slotOf(this.#keyOf(groups[0] as G)));
    try {
      const answers = new Answers(await send());
      const serverMs = answers.next();
      breaker.succeeded();
      if (!this.#hasAnswered) this.#answeredFirst();
      return { answers, serverMs };
    } catch (error) {
      if (!isBetweenNodes(error)) breaker.failed(error);
      throw error;
    }
  }

  #answeredFirst(): void {
    this.#hasAnswered = true;
    warnOfEviction(this.#client, nameOf(this.#options.prefix, ''), this.#options.warn);
  }

  #flush(): void {
    const { groups } = this.#turn as T;
    this.#turn = undefined;
    for (const part of this.#parts(groups))
      for (let at = 0; at < part.length; at += MOST_GROUPS) this.#send(part.slice(at, at + MOST_GROUPS));
  }

  /** Where there is no cluster all are alike. */
  #slotOf(key: string): number {
    return this.#client.isCluster ? slotOf(nameOf(this.#options.prefix, key)) : 0;
  }

  /** In a cluster, the calls of each slot. */
  #parts(groups: readonly G[]): Iterable<readonly G[]> {
    if (!this.#client.isCluster) return [groups];
    const parts = new Map<number, G[]>();
    for (const group of groups) {
      const slot = this.#slotOf(this.#keyOf(group));
      const part = parts.get(slot);
      if (part === undefined) parts.set(slot, [group]);
      else part.push(group);
    }
    return parts.values();
  }
}

/** Whether a cluster has run nothing of a call since its slot moves and its keys are not all on one node. */
export function isBetweenNodes(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('TRYAGAIN');
}

/** After all that this turn of the event loop does. */
const later: (call: () => void) => void =
  typeof setImmediate === 'function' ? (call) => void setImmediate(call) : (call) => void setTimeout(call, 0);
