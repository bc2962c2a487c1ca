import type { KnownClient } from '../client/script-client.js';
import { HITS, Script } from '../client/scripts.js';
import { CLOSED_FOR_MS, unavailable } from '../engine/outage.js';
import type { ReadRedisOptions } from '../engine/redis-options.js';
import { Dispatcher, isBetweenNodes } from '../sending/dispatcher.js';
import { ScriptRunner } from '../sending/script-runner.js';
import type { Answers } from '../wire/answers.js';
import { foreignKey, nameOf } from '../wire/key-name.js';
import { encodeHits } from './encode-hits.js';
import type { CountHere, HitsCall, RemoteCount, RemoteHits } from './remote-hits.js';

/** A call with the promise of its answer. */
interface Pending {
  readonly key: string;
  readonly call: HitsCall;
  readonly here: CountHere;
  readonly isInsured: boolean;
  resolve(count: RemoteCount | undefined): void;
  reject(error: unknown): void;
}

/** Between the prefix and a key: a limiter of that prefix has other names. */
const OF_HITS = '!h:';

/** All calls of one turn, in the order in which they were made. */
class HitsBatch {
  readonly groups: Pending[] = [];
}

/** Hits that are counted on a server; sent, and decided in an outage, as the calls of a limiter are. */
export class RedisHits implements RemoteHits {
  readonly prefix: string;
  readonly #options: ReadRedisOptions;
  readonly #now: (() => number) | undefined;
  readonly #runner: ScriptRunner;
  readonly #dispatcher: Dispatcher<Pending, HitsBatch>;
  readonly #script = new Script(HITS);

  /** @param now in the place of the server's clock; only tests ask for it */
  constructor(client: KnownClient, given: ReadRedisOptions, now?: () => number) {
    const options = { ...given, prefix: `${given.prefix}${OF_HITS}` };
    this.prefix = given.prefix;
    this.#options = options;
    this.#now = now;
    this.#runner = new ScriptRunner(client, options);
    this.#dispatcher = new Dispatcher(
      client,
      options,
      (slot) => this.#runner.probe(slot),
      () => new HitsBatch(),
      ({ key }) => key,
      (calls) => void this.#send(calls, this.#runner.deadline()),
    );
  }

  ask(key: string, call: HitsCall, here: CountHere, isInsured = false): Promise<RemoteCount | undefined> {
    return new Promise((resolve, reject) => {
      const pending = { key, call, here, isInsured, resolve, reject };
      const batch = this.#dispatcher.turn(key);
      if (batch instanceof Error) this.#degrade(pending, batch);
      else batch.groups.push(pending);
    });
  }

  async clear(): Promise<void> {
    await this.#runner.clear().catch((error) => Promise.reject(unavailable(error, 'clear')));
  }

  async #send(calls: readonly Pending[], untilMs: number): Promise<void> {
    const { keys, args } = encodeHits(calls, this.#options.prefix);
    const now = this.#now === undefined ? '' : String(this.#now());
    let answers: Answers;
    try {
      ({ answers } = await this.#dispatcher.ask(calls, () =>
        this.#runner.run(this.#script, keys, (tracked) => [now, tracked, ...args], untilMs),
      ));
    } catch (error) {
      if (keys.length > 1 && isBetweenNodes(error)) for (const each of byKey(calls)) void this.#send(each, untilMs);
      else for (const each of calls) this.#degrade(each, error);
      return;
    }
    for (const { key, resolve, reject } of calls) {
      try {
        resolve(this.#read(key, answers));
      } catch (error) {
        reject(error);
      }
    }
  }

  #read(key: string, answers: Answers): RemoteCount | undefined {
    if (answers.isForeign()) throw new Error(foreignKey(nameOf(this.#options.prefix, key)));
    const isRunning = answers.next() === 1;
    const [hits, windowMs, resetAfterMs, blockedMs] = [answers.next(), answers.next(), answers.next(), answers.next()];
    return isRunning || blockedMs > 0 ? { hits, windowMs, resetAfterMs, blockedMs } : undefined;
  }

  #degrade(pending: Pending, reason: unknown): void {
    const { resolve, reject } = pending;
    try {
      const count = this.#without(pending, reason);
      resolve(count && { ...count, degraded: true });
    } catch (error) {
      reject(error);
    }
  }

  #without({ call, here, isInsured }: Pending, reason: unknown): RemoteCount | undefined {
    const { onOutage, expectedInstances } = this.#options;
    if (isInsured || onOutage === 'throw') throw unavailable(reason);
    if (onOutage === 'local') return here(expectedInstances);
    if (call.kind !== 'add' && call.kind !== 'throttle') return undefined;
    const { windowMs } = call;
    if (onOutage === 'open') return { hits: 0, windowMs, resetAfterMs: 0, blockedMs: 0 };
    return { hits: Number.MAX_SAFE_INTEGER, windowMs, resetAfterMs: CLOSED_FOR_MS, blockedMs: CLOSED_FOR_MS };
  }
}

function byKey(calls: readonly Pending[]): Iterable<readonly Pending[]> {
  const parts = new Map<string, Pending[]>();
  for (const call of calls) {
    const part = parts.get(call.key);
    if (part === undefined) parts.set(call.key, [call]);
    else part.push(call);
  }
  return parts.values();
}
