import type { Policy } from '@headgate/core-ts';
import type { KnownClient } from '../client/script-client.js';
import { Script, scriptOf, TAKE_BY_FIXED_WINDOWS } from '../client/scripts.js';
import type { ReadRedisOptions } from '../engine/redis-options.js';
import type { ScriptRunner } from '../sending/script-runner.js';
import type { Group } from './batch.js';
import { type Change, encode, letterOf } from './encode.js';
import { nameOf } from './key-name.js';
import { encodeShort, type ShortKind, shortKind } from './short.js';

/** What only tests ask for. */
export interface TestHooks {
  /** In the place of the server's clock. */
  readonly now?: () => number;
  /** Nothing goes by the short script. */
  readonly onlyLong?: boolean;
}

/** Changes that are known, the newest ones: what was written before them goes over from the oldest of these. */
const MOST_CHANGES = 16;

/** Writes calls as what the scripts take, and has them run. */
export class Sender {
  readonly #runner: ScriptRunner;
  readonly #options: ReadRedisOptions;
  readonly #now: (() => number) | undefined;
  readonly #onlyLong: boolean;
  readonly #script: Script;
  readonly #short = new Script(TAKE_BY_FIXED_WINDOWS);
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
    { now, onlyLong = false }: TestHooks,
  ) {
    this.#runner = runner;
    this.#policies = policies;
    this.#options = options;
    this.#now = now;
    this.#onlyLong = onlyLong;
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

  /** What the short script would be asked by these calls; `undefined`: they need the long one. */
  shortKind(groups: readonly Group[]): ShortKind | undefined {
    return this.#changes.length === 0 && !this.#onlyLong ? shortKind(groups, this.#policies) : undefined;
  }

  /** The numbers that the server answers. Rejects at the deadline; what was sent until then may have been applied. */
  send(
    groups: readonly Group[],
    short: ShortKind | undefined,
    untilMs: number,
    late?: (reply: unknown) => void,
  ): Promise<unknown> {
    if (groups.some(({ call }) => call.by !== undefined)) this.#keptFromMs ??= this.#serverMs();
    const name = (key: string) => nameOf(this.#options.prefix, key);
    const now = this.#now === undefined ? '' : String(this.#now());
    if (short !== undefined) {
      const { keys, args } = encodeShort(groups, short, this.#policies, name);
      return this.#runner.run(this.#short, keys, (tracked) => [now, tracked, ...args], untilMs);
    }
    const { keys, args } = encode(groups, this.#policies, this.#changes, name);
    const kept = String(this.#keptFromMs ?? '');
    return this.#runner.run(this.#script, keys, (tracked) => [now, kept, tracked, ...args], untilMs, late);
  }

  /** Which scripts decide, and whether the server of the key has them in its cache: none of them takes anything. */
  loadedScripts(client: KnownClient, key: string): Promise<{ readonly sha: string; readonly isLoaded: boolean }[]> {
    const nothing: Group[] = [{ call: { kind: 'allow', key, cost: 1 }, pending: [], number: 0 }];
    const name = (each: string) => nameOf(this.#options.prefix, each);
    const { keys, args } = encode(nothing, this.#policies, [], name);
    const scripts = [this.#script.loaded(client, keys, ['', '', '', ...args])];
    const kind = this.shortKind(nothing);
    if (kind !== undefined) {
      const short = encodeShort(nothing, kind, this.#policies, name);
      scripts.push(this.#short.loaded(client, short.keys, ['', '', ...short.args]));
    }
    return Promise.all(scripts);
  }
}
