import type { Policy } from '@headgate/core-ts';
import type { KnownClient } from '../client/script-client.js';
import { ALLOW_FIXED_WINDOW, Script, scriptOf } from '../client/scripts.js';
import type { ScriptRunner } from '../sending/script-runner.js';
import { type Change, encode, encodePlain, type Group, isPlain, letterOf } from './batch.js';
import { nameOf } from './key-name.js';
import type { ReadRedisOptions } from './redis-options.js';

/** Changes that are known, the newest ones: what was written before them goes over from the oldest of these. */
const MOST_CHANGES = 16;

/** Writes calls as what the scripts take, and has them run. */
export class Sender {
  readonly #runner: ScriptRunner;
  readonly #options: ReadRedisOptions;
  readonly #now: (() => number) | undefined;
  readonly #script: Script;
  readonly #plain = new Script(ALLOW_FIXED_WINDOW);
  #policies: readonly Policy[];
  /** When the first call came that had limits of its own, by the server's time. */
  #keptFromMs: number | undefined;
  readonly #changes: Change[] = [];
  /** How far the server's clock is ahead of this process's. */
  #aheadMs = performance.timeOrigin;

  constructor(
    runner: ScriptRunner,
    policies: readonly Policy[],
    options: ReadRedisOptions,
    now: (() => number) | undefined,
  ) {
    this.#runner = runner;
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
      return this.#runner.run(this.#plain, keys, (tracked) => [now, tracked, ...args]);
    }
    const { keys, args } = encode(groups, this.#policies, this.#changes, name);
    return this.#runner.run(this.#script, keys, (tracked) => [now, String(this.#keptFromMs ?? ''), tracked, ...args]);
  }

  /** Which scripts decide, and whether the server of the key has them in its cache: none of them takes anything. */
  loadedScripts(client: KnownClient, key: string): Promise<{ readonly sha: string; readonly isLoaded: boolean }[]> {
    const nothing: Group[] = [{ call: { kind: 'allow', key, cost: 0 }, pending: [], number: 0 }];
    const name = (each: string) => nameOf(this.#options.prefix, each);
    const { keys, args } = encode(nothing, this.#policies, [], name);
    const scripts = [this.#script.loaded(client, keys, ['', '', '', ...args])];
    if (this.isPlain(nothing)) {
      const plain = encodePlain(nothing, this.#policies[0] as Policy, name);
      scripts.push(this.#plain.loaded(client, plain.keys, ['', '', ...plain.args]));
    }
    return Promise.all(scripts);
  }
}
