import calls from '../lua/calls.lua';
import entry from '../lua/entry.lua';
import fixedWindow from '../lua/fixed_window.lua';
import head from '../lua/head.lua';
import hits from '../lua/hits.lua';
import policies from '../lua/policies.lua';
import reservations from '../lua/reservations.lua';
import slidingWindow from '../lua/sliding_window.lua';
import takeByFixedWindows from '../lua/take_by_fixed_windows.lua';
import tokenBucket from '../lua/token_bucket.lua';
import type { ScriptClient } from './script-client.js';
import { codeOf, explained } from './server-error.js';

/** A script of the algorithms that a limiter has. */
export type Letter = 'f' | 's' | 't';

const ALGORITHMS: Record<Letter, string> = { f: fixedWindow, s: slidingWindow, t: tokenBucket };

/** What decides for limiters with these algorithms: no more than they need, since the server reads all of it. */
export function scriptOf(letters: ReadonlySet<Letter>): string {
  const algorithms = [...letters].sort().map((letter) => `do\n${ALGORITHMS[letter]}end\n`);
  return [head, ...algorithms, policies, reservations, entry, calls].join('\n');
}

/** What decides `allow` and `check` by fixed windows alone. */
export const TAKE_BY_FIXED_WINDOWS = takeByFixedWindows;

/** What counts hits, for the stores of other packages. */
export const HITS = hits;

/** Whether a server can be written to. */
export const PROBE = "redis.call('SET', KEYS[1], '1', 'PX', '1000') return 1";

/** The slots of a cluster by ranges, each with its master. */
export const CLUSTER_SLOTS = "return redis.call('CLUSTER', 'SLOTS')";

/** Deletes some of the keys that match a pattern, and answers where to go on. */
export const CLEAR = `local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
for _, key in ipairs(found[2]) do redis.call('DEL', key) end
return found[1]`;

/** A script, by its SHA-1 where the server knows it. */
export class Script {
  readonly #text: string;
  readonly #working: Promise<void>;
  #sha = '';

  constructor(text: string) {
    this.#text = text;
    this.#working = sha1(text).then((sha) => {
      this.#sha = sha;
    });
  }

  /** `again`: gives the arguments for a second run, where the first one was of a script that the server does not know. */
  async run(client: ScriptClient, keys: string[], args: string[], again: () => string[]): Promise<unknown> {
    if (this.#sha === '') await this.#working;
    try {
      return await client.evalsha(this.#sha, keys, args);
    } catch (error) {
      if (!isUnknownScript(error)) throw explained(error, this.#text);
    }
    return evaluate(client, this.#text, keys, again());
  }

  /** Whether the server knows it, by running it with arguments that ask for nothing. */
  async loaded(
    client: ScriptClient,
    keys: string[],
    args: string[],
  ): Promise<{ readonly sha: string; readonly isLoaded: boolean }> {
    await this.#working;
    try {
      await client.evalsha(this.#sha, keys, args);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return { sha: this.#sha, isLoaded: false };
    }
    return { sha: this.#sha, isLoaded: true };
  }
}

/** Runs a text. */
export async function evaluate(client: ScriptClient, script: string, keys: string[], args: string[]): Promise<unknown> {
  try {
    return await client.eval(script, keys, args);
  } catch (error) {
    throw explained(error, script);
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === 'NOSCRIPT';
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
