import type { WatchedLimiter, WatchedLimiters } from '../http/serve/watched-limiter.js';
import type { LimiterSnapshot, Snapshot } from './protocol.js';

/** So many of the keys that were denied most. */
const MOST_KEYS = 10;
/** How `topKeys` writes a key of more than 64 units. */
const CUT = /^.{64}… sha256:[0-9a-f]{64}$/s;

export async function snapshotOf(limiters: WatchedLimiters, atMs: number): Promise<Snapshot> {
  const each = [...limiters].map(([name, limiter]) => snapshotOfOne(name, limiter));
  return { atMs, processStartedAtMs: performance.timeOrigin, limiters: await Promise.all(each) };
}

async function snapshotOfOne(name: string, limiter: WatchedLimiter): Promise<LimiterSnapshot> {
  const [{ backend, policies }, stats, denied] = [limiter, await limiter.stats(), await deniedOf(limiter)];
  return { name, backend, canBlock: limiter.block !== undefined, policies, stats, denied };
}

/** Only asking tells whether a limiter tracks; what it throws where it doesn't says how to have it do so. */
async function deniedOf(limiter: WatchedLimiter): Promise<LimiterSnapshot['denied']> {
  try {
    const keys = await limiter.topKeys(MOST_KEYS);
    return { keys: keys.map((each) => ({ ...each, cut: CUT.test(each.key) })) };
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}
