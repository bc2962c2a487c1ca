import { isHeld } from './hits.js';
import { HitsByWindow } from './hits-by-window.js';
import type { LocalOptions } from './store-options.js';

/** All in whole seconds, rounded up, but for the hits. */
export interface ThrottlerStorageRecord {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

/** What a key's hits are raised by when it is blocked: with as many, it starts at 0 when the block is over. */
const HITS_OF_BLOCK = 2 ** 26;

/**
 * Hits in fixed windows, and blocks as the guard's own storage has them: one from the first denial on, for all
 * throttlers of the key, and after it a count from 0.
 */
export class ThrottlerHits {
  readonly #hits: HitsByWindow;
  readonly #blocks: HitsByWindow;
  /** The smallest that was told: keys at it are not evicted. */
  #limit = Number.POSITIVE_INFINITY;

  constructor(options: LocalOptions) {
    this.#hits = new HitsByWindow(options, this.#limit);
    this.#blocks = new HitsByWindow(options, 1);
  }

  /** Without a block, what is denied does not count. */
  increment(key: string, ttl: number, limit: number, blockMs: number, throttler: string): ThrottlerStorageRecord {
    this.#protectFrom(limit);
    const id = `${throttler.length} ${throttler} ${key}`;
    const blockId = String(key);
    const hits = this.#hits.homeOf(id);
    const held = hits?.read(id);
    const isOver = held !== undefined && held.hits >= HITS_OF_BLOCK;
    const count = held === undefined ? 0 : held.hits - (isOver ? HITS_OF_BLOCK : 0);
    const expireMs = held?.resetAfterMs ?? ttl;

    if (!(blockMs > 0)) {
      if (count >= limit) return deniedRecord(count + 1, expireMs, expireMs);
      const { hits: taken, resetAfterMs } = this.#hits.add(id, ttl);
      return taken > limit ? deniedRecord(count + 1, resetAfterMs, resetAfterMs) : allowedRecord(taken, resetAfterMs);
    }

    const blockedMs = this.#blocks.homeOf(blockId)?.read(blockId)?.resetAfterMs;
    if (blockedMs !== undefined) return deniedRecord(count, expireMs, blockedMs);
    if (isOver) hits?.forget(id);
    const { hits: taken, resetAfterMs } = this.#hits.add(id, ttl);
    if (taken <= limit) return allowedRecord(taken, resetAfterMs);
    if (isHeld(this.#blocks.of(blockMs).add(blockId))) this.#hits.homeOf(id)?.add(id, HITS_OF_BLOCK);
    return deniedRecord(Math.min(taken, count + 1), resetAfterMs, blockMs);
  }

  clear(): void {
    this.#hits.clear();
    this.#blocks.clear();
  }

  #protectFrom(limit: number): void {
    const wholeLimit = Math.max(1, Math.floor(limit));
    if (!(wholeLimit < this.#limit)) return;
    this.#limit = wholeLimit;
    this.#hits.protectFrom(wholeLimit);
  }
}

function allowedRecord(totalHits: number, expireMs: number): ThrottlerStorageRecord {
  return { totalHits, timeToExpire: Math.ceil(expireMs / 1000), isBlocked: false, timeToBlockExpire: 0 };
}

function deniedRecord(totalHits: number, expireMs: number, blockedMs: number): ThrottlerStorageRecord {
  const timeToExpire = Math.ceil(expireMs / 1000);
  return { totalHits, timeToExpire, isBlocked: true, timeToBlockExpire: Math.ceil(blockedMs / 1000) };
}
