import type { RemoteCount } from '../../../redis/hits/remote-hits.js';
import { isHeld } from '../hits.js';
import { HitsByWindow } from '../hits-by-window.js';
import type { LocalOptions } from '../local-options.js';

/** Hits of one key, and for how long it is denied: 0 where it is not. */
export type Throttled = Pick<RemoteCount, 'hits' | 'resetAfterMs' | 'blockedMs'>;

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
  count(key: string, ttl: number, limit: number, blockMs: number, throttler: string): Throttled {
    this.#protectFrom(limit);
    const id = idOf(key, throttler);
    const blockId = String(key);
    const hits = this.#hits.homeOf(id);
    const held = hits?.read(id);
    const isOver = held !== undefined && held.hits >= HITS_OF_BLOCK;
    const count = held === undefined ? 0 : held.hits - (isOver ? HITS_OF_BLOCK : 0);
    const expireMs = held?.resetAfterMs ?? ttl;

    if (!(blockMs > 0)) {
      if (count >= limit) return denied(count + 1, expireMs, expireMs);
      const { hits: taken, resetAfterMs } = this.#hits.add(id, ttl);
      return taken > limit ? denied(count + 1, resetAfterMs, resetAfterMs) : allowed(taken, resetAfterMs);
    }

    const blockedMs = this.#blocks.homeOf(blockId)?.read(blockId)?.resetAfterMs;
    if (blockedMs !== undefined) return denied(count, expireMs, blockedMs);
    if (isOver) hits?.forget(id);
    const { hits: taken, resetAfterMs } = this.#hits.add(id, ttl);
    if (taken <= limit) return allowed(taken, resetAfterMs);
    if (isHeld(this.#blocks.of(blockMs).add(blockId))) this.#hits.homeOf(id)?.add(id, HITS_OF_BLOCK);
    return denied(Math.min(taken, count + 1), resetAfterMs, blockMs);
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

/** Of a key and a throttler; no two have one. */
export function idOf(key: string, throttler: string): string {
  return `${throttler.length} ${throttler} ${key}`;
}

export function recordOf({ hits, resetAfterMs, blockedMs }: Throttled): ThrottlerStorageRecord {
  const [timeToExpire, timeToBlockExpire] = [Math.ceil(resetAfterMs / 1000), Math.ceil(blockedMs / 1000)];
  return { totalHits: hits, timeToExpire, isBlocked: blockedMs > 0, timeToBlockExpire };
}

function allowed(hits: number, resetAfterMs: number): Throttled {
  return { hits, resetAfterMs, blockedMs: 0 };
}

function denied(hits: number, resetAfterMs: number, blockedMs: number): Throttled {
  return { hits, resetAfterMs, blockedMs };
}
