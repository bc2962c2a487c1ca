import { NONE } from '../memory/slab.js';
import { type EvictionOrder, PROTECTED_RANK } from './eviction-order.js';

/** Entries whose time has come that are looked at again where room is needed. */
const LOOKS_FOR_ROOM = 64;

/** What room is made in: entries in their order of eviction. */
interface Room {
  readonly order: EvictionOrder;
  readonly size: number;
  evictions: number;
  reclaimSome(nowMs: number, looks: number): boolean;
  isFresh(slot: number, nowMs: number): boolean;
  remove(slot: number): void;
  placeAnew(slot: number, nowMs: number): void;
}

/** Lets one entry go of a limiter that is full: one that has expired, or else the one that has used least. */
export function makeRoom(entries: Room, nowMs: number): boolean {
  if (lookForRoom(entries, nowMs) || lookAtFirsts(entries, nowMs)) return true;
  const victim = entries.order.leastUsed();
  if (victim === NONE) return false;
  entries.remove(victim);
  entries.evictions++;
  return true;
}

/** Looks again at entries whose time has come, one after the other, until one of them goes. */
export function lookForRoom(entries: Room, nowMs: number): boolean {
  const before = entries.size;
  for (let look = 0; look < LOOKS_FOR_ROOM && entries.size === before; look++)
    if (!entries.reclaimSome(nowMs, 1)) return false;
  return entries.size < before;
}

/**
 * Looks again at the first entry of each rank, until one of them goes: what has drained since it was placed ranks
 * lower then. Behind one of the lowest rank there is nothing better.
 */
function lookAtFirsts(entries: Room, nowMs: number): boolean {
  for (let rank = 0; rank < PROTECTED_RANK; rank++) {
    const slot = entries.order.first(rank);
    if (slot === NONE) continue;
    if (entries.isFresh(slot, nowMs)) {
      entries.remove(slot);
      return true;
    }
    if (rank === 0) return false;
    entries.placeAnew(slot, nowMs);
  }
  return false;
}
