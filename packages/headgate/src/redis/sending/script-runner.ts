import type { KnownClient } from '../client/script-client.js';
import { CLEAR, CLUSTER_SLOTS, evaluate, PROBE, type Script } from '../client/scripts.js';
import { explained } from '../client/server-error.js';
import { slotOf, tagOf } from '../client/slot.js';
import { Lanes } from './lanes.js';

/**
 * What a server answers where it has run a script call before, which the client sent again: a number in the place of a list,
 * since a list begins with a time, which may be any number.
 */
const RUN_BEFORE = -3;

interface RunnerOptions {
  readonly prefix: string;
  readonly deadlineMs: number;
}

/** Runs scripts on the server, each call at most once, and gives up at the deadline. */
export class ScriptRunner {
  readonly #client: KnownClient;
  readonly #options: RunnerOptions;
  /** Whose sequence numbers those are. */
  readonly #id = Math.random().toString(36).slice(2, 12);
  #sequence = 0;
  readonly #lanes = new Lanes();

  constructor(client: KnownClient, options: RunnerOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** When a call that is made now is given up, by `performance.now()`. */
  deadline(): number {
    return performance.now() + this.#options.deadlineMs;
  }

  /**
   * The numbers that the server answers. Rejects at the deadline; what was sent until then may have been applied.
   *
   * @param argsOf the arguments, with the number of this call where the client may send one twice, else with `''`
   * @param untilMs the deadline, by `performance.now()`
   * @param late is given what comes after it
   */
  run(
    script: Script,
    keys: string[],
    argsOf: (tracked: string) => string[],
    untilMs: number,
    late?: (reply: unknown) => void,
  ): Promise<unknown> {
    if (!this.#client.sendsAgain)
      return this.#within(untilMs, () => script.run(this.#client, keys, argsOf(''), () => argsOf('')), late);
    // Where a client may send a call again, each has a number, and the server runs none that it has run.
    const args = () => argsOf(String(++this.#sequence));
    return this.#within(
      untilMs,
      () => {
        if (this.#client.keepsOrder)
          return script.run(this.#client, [...keys, this.#tracker(keys[0] as string, 0)], args(), args);
        const lane = this.#lanes.take();
        const tracked = [...keys, this.#tracker(keys[0] as string, lane)];
        return script.run(this.#client, tracked, args(), args).finally(() => this.#lanes.give(lane));
      },
      late,
    );
  }

  /** Whether the server can be written to; in a cluster the one that has the slot. */
  async probe(slot: number): Promise<void> {
    if (this.#client.isClosed()) throw closed();
    if (this.#client.isReady() === false) throw new Error('there is no connection');
    const key = this.#client.isCluster ? this.#inSlot('!probe', slot) : `${this.#options.prefix}!probe`;
    await evaluate(this.#client, PROBE, [key], []);
  }

  /** Deletes all keys of the prefix, some at a time, each within the deadline; in a cluster those of each master. */
  async clear(): Promise<void> {
    if (!this.#client.isCluster) return this.#clearNode([]);
    const slots = await this.#oneSlotOfEach();
    await Promise.all(slots.map((slot) => this.#clearNode([this.#inSlot('!clear', slot)])));
  }

  /** The keys choose the node. */
  async #clearNode(keys: string[]): Promise<void> {
    let cursor = '0';
    do {
      const args = [cursor, `${escaped((this.#client.keyPrefix ?? '') + this.#options.prefix)}*`];
      cursor = String(await this.#within(this.deadline(), () => evaluate(this.#client, CLEAR, keys, args)));
    } while (cursor !== '0');
  }

  /** Of each master the first slot that it has. */
  async #oneSlotOfEach(): Promise<number[]> {
    const reply = await this.#within(this.deadline(), () => evaluate(this.#client, CLUSTER_SLOTS, [], []));
    const ranges = reply as [number, number, unknown[]][];
    return [...new Map(ranges.map(([first, , master]) => [String(master), Number(first)])).values()];
  }

  #inSlot(name: string, slot: number): string {
    return `${this.#options.prefix}${name}{${tagOf(slot)}}`;
  }

  /** In a cluster there is one in each slot, where the keys are. */
  #tracker(key: string, lane: number): string {
    const name = `!${this.#id}.${lane}`;
    return this.#client.isCluster ? this.#inSlot(name, slotOf(key)) : `${this.#options.prefix}${name}`;
  }

  /** Sends nothing where no time is left. */
  #within(untilMs: number, send: () => Promise<unknown>, late?: (reply: unknown) => void): Promise<unknown> {
    const tooLate = () => new Error(`no answer within ${this.#options.deadlineMs} ms`);
    const leftMs = untilMs - performance.now();
    if (this.#client.isClosed()) return Promise.reject(closed());
    if (leftMs <= 0) return Promise.reject(tooLate());
    return new Promise((resolve, reject) => {
      let stop: (() => void) | undefined;
      let isLate = false;
      const timer = setTimeout(() => {
        stop?.();
        stop = undefined;
        isLate = true;
        reject(tooLate());
      }, leftMs);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      const answered = (reply: unknown) => {
        if (isLate) late?.(reply);
        else if (!wasRunBefore(reply)) resolve(reply);
        else reject(new Error('the connection was cut after the call was sent, so what came of it is not known'));
      };
      const go = () => send().then(settle(answered), settle(reject));
      if (this.#client.isReady()) go();
      else
        stop = this.#client.whenReady((error) => {
          if (stop === undefined) return;
          if (error === undefined) go();
          else settle(reject)(explained(error));
        });
    });
  }
}

function closed(): Error {
  return new Error(
    'the client is closed, or was never told to connect: call its connect(), or give redis() another one',
  );
}

function wasRunBefore(reply: unknown): boolean {
  return !Array.isArray(reply) && Number(reply) === RUN_BEFORE;
}

/** In the pattern of a scan. */
function escaped(prefix: string): string {
  return prefix.replace(/[\\*?[\]]/g, '\\$&');
}
