import type { Policy } from '@headgate/core-ts';
import type { KnownClient } from '../client/script-client.js';
import { ALLOW_FIXED_WINDOW, CLEAR, CLUSTER_SLOTS, PROBE, Script, scriptOf } from '../client/scripts.js';
import { slotOf, tagOf } from '../client/slot.js';
import { type Change, encode, encodePlain, type Group, isPlain, letterOf } from './batch.js';
import { nameOf } from './key-name.js';
import type { ReadRedisOptions } from './redis-options.js';

/** What a server answers in the place of numbers where it has run a script call before: the client sent it again. */
const RUN_BEFORE = -3;

/** Changes that are known, the newest ones: what was written before them goes over from the oldest of these. */
const MOST_CHANGES = 16;

/** Sends calls to the server, each at most once, and gives up at the deadline. */
export class Sender {
  readonly #client: KnownClient;
  readonly #options: ReadRedisOptions;
  readonly #now: (() => number) | undefined;
  readonly #script: Script;
  readonly #plain = new Script(ALLOW_FIXED_WINDOW);
  /** Whose sequence numbers those are. */
  readonly #id = Math.random().toString(36).slice(2, 12);
  #sequence = 0;
  #policies: readonly Policy[];
  /** When the first call came that had limits of its own, by the server's time. */
  #keptFromMs: number | undefined;
  readonly #changes: Change[] = [];
  /** How far the server's clock is ahead of this process's. */
  #aheadMs = performance.timeOrigin;

  constructor(
    client: KnownClient,
    policies: readonly Policy[],
    options: ReadRedisOptions,
    now: (() => number) | undefined,
  ) {
    this.#client = client;
    this.#policies = policies;
    this.#options = options;
    this.#now = now;
    this.#script = new Script(scriptOf(new Set(policies.map(letterOf))));
  }

  /** From the next call on. A key that was written before goes over as of now, by the server's time as it was heard last. */
  update(policies: readonly Policy[]): void {
    this.#changes.push({ atMs: this.#serverMs(), policies: this.#policies });
    if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
    this.#policies = policies;
  }

  /** Notes the server's time, as an answer has it. */
  heard(serverMs: number): void {
    this.#aheadMs = serverMs - performance.now();
  }

  #serverMs(): number {
    return this.#now?.() ?? Math.floor(performance.now() + this.#aheadMs);
  }

  /** Whether calls go by the short script, whose answer has two numbers for each. */
  isPlain(groups: readonly Group[]): boolean {
    return this.#changes.length === 0 && isPlain(groups, this.#policies);
  }

  /** The numbers that the server answers. Rejects at the deadline; what was sent until then may have been applied. */
  send(groups: readonly Group[], plain: boolean): Promise<unknown> {
    if (groups.some(({ call }) => call.by !== undefined)) this.#keptFromMs ??= this.#serverMs();
    const name = (key: string) => nameOf(this.#options.prefix, key);
    const now = this.#now === undefined ? '' : String(this.#now());
    if (plain) {
      const { keys, args } = encodePlain(groups, this.#policies[0] as Policy, name);
      return this.#run(this.#plain, keys, () => [now, this.#tracked(), ...args]);
    }
    const { keys, args } = encode(groups, this.#policies, this.#changes, name);
    return this.#run(this.#script, keys, () => [now, String(this.#keptFromMs ?? ''), this.#tracked(), ...args]);
  }

  #run(script: Script, keys: string[], all: () => string[]): Promise<unknown> {
    if (this.#client.sendsAgain) keys.push(this.#tracker(keys[0] as string));
    return this.#within(() => script.run(this.#client, keys, all(), all));
  }

  /** Whether the server can be written to. */
  async probe(): Promise<void> {
    if (!this.#client.isReady()) throw new Error('there is no connection');
    await this.#client.eval(PROBE, [`${this.#options.prefix}!probe`], []);
  }

  /** Deletes all keys of the prefix, some at a time; in a cluster those of each master. */
  async clear(): Promise<void> {
    if (!this.#client.isCluster) return this.#clearNode([]);
    const slots = await this.#oneSlotOfEach();
    await Promise.all(slots.map((slot) => this.#clearNode([this.#inSlot('!clear', slot)])));
  }

  /** The keys choose the node. */
  async #clearNode(keys: string[]): Promise<void> {
    let cursor = '0';
    do {
      const reply = await this.#client.eval(CLEAR, keys, [cursor, `${escaped(this.#options.prefix)}*`]);
      cursor = String(reply);
    } while (cursor !== '0');
  }

  /** Of each master the first slot that it has. */
  async #oneSlotOfEach(): Promise<number[]> {
    const ranges = (await this.#client.eval(CLUSTER_SLOTS, [], [])) as [number, number, unknown[]][];
    return [...new Map(ranges.map(([first, , master]) => [String(master), Number(first)])).values()];
  }

  #inSlot(name: string, slot: number): string {
    return `${this.#options.prefix}${name}{${tagOf(slot)}}`;
  }

  /** Where a client may send a call again, each has a number, and the server runs none that it has run. */
  #tracked(): string {
    return this.#client.sendsAgain ? String(++this.#sequence) : '';
  }

  /** In a cluster there is one in each slot, where the keys are. */
  #tracker(key: string): string {
    return this.#client.isCluster ? this.#inSlot(`!${this.#id}`, slotOf(key)) : `${this.#options.prefix}!${this.#id}`;
  }

  #within(send: () => Promise<unknown>): Promise<unknown> {
    const { deadlineMs } = this.#options;
    return new Promise((resolve, reject) => {
      let stop: (() => void) | undefined;
      const timer = setTimeout(() => {
        stop?.();
        stop = undefined;
        reject(new Error(`no answer within ${deadlineMs} ms`));
      }, deadlineMs);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      const answered = (reply: unknown) => {
        if (!wasRunBefore(reply)) resolve(reply);
        else reject(new Error('the connection was cut after the call was sent, so what came of it is not known'));
      };
      const go = () => send().then(settle(answered), settle(reject));
      if (this.#client.isReady()) go();
      else
        stop = this.#client.whenReady(() => {
          if (stop !== undefined) go();
        });
    });
  }
}

function wasRunBefore(reply: unknown): boolean {
  return Array.isArray(reply) && Number(reply[0]) === RUN_BEFORE;
}

/** In the pattern of a scan. */
function escaped(prefix: string): string {
  return prefix.replace(/[\\*?[\]]/g, '\\$&');
}
