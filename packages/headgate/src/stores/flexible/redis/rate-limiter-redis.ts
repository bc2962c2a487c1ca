import { BackendUnavailableError, MAX_WINDOW_MS, show } from '@headgate/core-ts';
import type { HitsCall, RemoteCount, RemoteHits } from '../../../redis/hits/remote-hits.js';
import { hitsOfAll, remoteHits, shareOf } from '../../hits/either-hits.js';
import { BlockedKeys } from '../blocked-keys.js';
import { inTurn } from '../in-turn.js';
import { type Held, Points } from '../points.js';
import { classes } from '../rate-limiter-classes.js';
import { type CallOptions, readMs, readPoints } from '../rate-limiter-options.js';
import type { RateLimiterRes } from '../rate-limiter-res.js';
import { checkRedisOptions, type Insurance, type RateLimiterRedisOptions } from './rate-limiter-redis-options.js';

type Add = Extract<HitsCall, { kind: 'add' }>;

/**
 * Answers as the class of this name in rate-limiter-flexible does, rejections included: one script call each, which
 * travels with the others of its turn.
 *
 * ```ts
 * const limiter = new RateLimiterRedis({ engine: redis(client, { prefix: 'login:' }), points: 5, duration: 60 });
 * await limiter.consume(userId);
 * ```
 */
export class RateLimiterRedis extends classes.Abstract {
  readonly blockOnConsumed: number;
  readonly inMemoryBlockOnConsumed: number;
  /** In seconds. */
  readonly inMemoryBlockDuration: number;
  readonly insuranceLimiter: Insurance | undefined;
  readonly #remote: RemoteHits;
  /** What is counted while the server does not answer. */
  readonly #here: Points;
  readonly #blocked = new BlockedKeys();

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RateLimiterRedisOptions) {
    checkRedisOptions(options);
    super(options);
    const { engine, blockOnConsumed, inMemoryBlockOnConsumed, inMemoryBlockDuration, insuranceLimiter } = options;
    const remote = remoteHits(engine);
    if (remote === undefined) throw new TypeError(`engine must be redis(client) or memory(), got ${show(engine)}`);
    this.#remote = remote;
    this.#here = new Points({}, this.points);
    this.blockOnConsumed = blockOnConsumed ?? 0;
    this.inMemoryBlockOnConsumed = inMemoryBlockOnConsumed ?? 0;
    this.inMemoryBlockDuration = inMemoryBlockDuration ?? 0;
    this.insuranceLimiter = insuranceLimiter;
    if (insuranceLimiter === undefined) return;
    insuranceLimiter.blockDuration = this.blockDuration;
    insuranceLimiter.execEvenly = this.execEvenly;
  }

  /** Rejects with a `RateLimiterRes` where more is consumed than there is; what it consumes counts all the same. */
  async consume(key: string | number, pointsToConsume = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    const points = wholePoints('pointsToConsume', pointsToConsume);
    const id = this.#idOf(key);
    const blockedMs = this.#blocked.leftMs(id);
    if (blockedMs > 0) throw new classes.Res(0, blockedMs);
    const { blockDuration } = this;
    const windowMs = readMs('blockDuration', blockDuration);
    const over = { above: this.#blocksAt() - 1, windowMs, growth: 1, once: true } as const;
    const call = { ...this.#adding(points, options), over: blockDuration > 0 ? over : undefined };
    return this.#orInsured(
      async () => this.#consumed(id, await this.#ask(id, call), points),
      (insurance) => insurance.consume(key, pointsToConsume, options),
    );
  }

  async penalty(key: string | number, points = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    const call = this.#adding(wholePoints('points', points), options);
    return this.#orInsured(
      () => this.#added(key, call),
      (insurance) => insurance.penalty(key, points, options),
    );
  }

  /** Goes below 0 consumed points as well. */
  async reward(key: string | number, points = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    const call = this.#adding(-wholePoints('points', points), options);
    return this.#orInsured(
      () => this.#added(key, call),
      (insurance) => insurance.reward(key, points, options),
    );
  }

  /** `null` where nothing is known of the key. */
  async get(key: string | number): Promise<RateLimiterRes | null> {
    return this.#orInsured(
      async () => {
        const count = await this.#ask(this.#idOf(key), { kind: 'read' });
        return count === undefined ? null : this.#resOf(count, 0);
      },
      (insurance) => insurance.get(key),
    );
  }

  /** For so many seconds, or for ever where that is 0. */
  async set(key: string | number, points: number, secDuration = this.duration): Promise<RateLimiterRes> {
    const hits = wholePoints('points', points);
    const ms = readMs('secDuration', secDuration);
    return this.#orInsured(
      async () => {
        await this.#ask(this.#idOf(key), { kind: 'set', hits, windowMs: ms === 0 ? MAX_WINDOW_MS : ms });
        return new classes.Res(0, ms === 0 ? -1 : ms, hits);
      },
      (insurance) => insurance.set(key, points, secDuration),
    );
  }

  /** For so many seconds, or for ever where that is 0. */
  async block(key: string | number, secDuration: number): Promise<RateLimiterRes> {
    return this.set(key, Math.floor(this.#blocksAt()), secDuration);
  }

  /** `true` if anything was known of the key. */
  async delete(key: string | number): Promise<boolean> {
    const id = this.#idOf(key);
    this.#blocked.delete(id);
    this.#here.delete(id);
    return this.#orInsured(
      async () => (await this.#ask(id, { kind: 'forget' })) !== undefined,
      (insurance) => insurance.delete(key),
    );
  }

  /** Asks the server again for the keys that are denied in this process. */
  deleteInMemoryBlockedAll(): void {
    this.#blocked.clear();
  }

  #idOf(key: string | number): string {
    return String(this.getKey(key));
  }

  /** The points from which on a key is blocked. */
  #blocksAt(): number {
    return this.blockOnConsumed > this.points ? this.blockOnConsumed : Math.floor(this.points) + 1;
  }

  #adding(hits: number, options: CallOptions | null): Add {
    const customDuration = options?.customDuration ?? -1;
    const ms = readMs('duration', customDuration >= 0 ? customDuration : this.duration);
    return { kind: 'add', hits, windowMs: ms === 0 ? MAX_WINDOW_MS : ms };
  }

  async #added(key: string | number, call: Add): Promise<RateLimiterRes> {
    return this.#resOf((await this.#ask(this.#idOf(key), call)) as RemoteCount, call.hits);
  }

  async #consumed(id: string, count: RemoteCount | undefined, points: number): Promise<RateLimiterRes> {
    const res = this.#resOf(count as RemoteCount, points);
    const { inMemoryBlockOnConsumed: from, inMemoryBlockDuration } = this;
    if (from > 0 && res.consumedPoints >= from) {
      if (!(inMemoryBlockDuration > 0)) this.#blocked.add(id, res.msBeforeNext < 0 ? MAX_WINDOW_MS : res.msBeforeNext);
      else if (res.consumedPoints > this.points) {
        res.msBeforeNext = inMemoryBlockDuration * 1000;
        this.#blocked.add(id, res.msBeforeNext);
      }
    }
    if (res.consumedPoints > this.points) throw res;
    return inTurn(this, res);
  }

  #ask(id: string, call: HitsCall): Promise<RemoteCount | undefined> {
    const here = (instances: number) => this.#countHere(id, call, instances);
    return this.#remote.ask(id, call, here, this.insuranceLimiter !== undefined);
  }

  async #orInsured<T>(ask: () => Promise<T>, insured: (insurance: Insurance) => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (this.insuranceLimiter === undefined || !(error instanceof BackendUnavailableError)) throw error;
      return insured(this.insuranceLimiter);
    }
  }

  /** A denial in an outage is one more than the limit. */
  #resOf({ hits, windowMs, resetAfterMs, degraded }: RemoteCount, changed: number): RateLimiterRes {
    const consumed = degraded && hits === Number.MAX_SAFE_INTEGER ? this.points + 1 : hits;
    const msBeforeNext = windowMs === MAX_WINDOW_MS ? -1 : resetAfterMs;
    return new classes.Res(Math.max(0, this.points - consumed), msBeforeNext, consumed, consumed === changed);
  }

  #countHere(id: string, call: HitsCall, instances: number): RemoteCount | undefined {
    const held = this.#heldHere(id, call, instances);
    if (held === undefined) return undefined;
    const windowMs = held.msLeft < 0 ? MAX_WINDOW_MS : 0;
    return { hits: hitsOfAll(held.points, instances), windowMs, resetAfterMs: Math.max(0, held.msLeft), blockedMs: 0 };
  }

  #heldHere(id: string, call: HitsCall, instances: number): Held | undefined {
    if (call.kind === 'set') return this.#here.set(id, call.hits, durationOf(call.windowMs));
    if (call.kind !== 'add') return this.#here.get(id);
    const { hits, windowMs, over } = call;
    const held = this.#here.add(id, hits) ?? this.#here.set(id, hits, durationOf(windowMs));
    if (over === undefined) return held;
    const above = shareOf(over.above, instances);
    const isFirst = held.points > above && held.points - hits <= above;
    return isFirst ? this.#here.set(id, held.points, over.windowMs) : held;
  }
}

function durationOf(windowMs: number): number {
  return windowMs === MAX_WINDOW_MS ? 0 : windowMs;
}

function wholePoints(name: string, points: unknown): number {
  const read = readPoints(name, points);
  if (!Number.isInteger(read)) throw new RangeError(`${name} must be a whole number, got ${show(points)}`);
  return read;
}
