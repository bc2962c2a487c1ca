import type { Policy, Units } from '../contract.js';
import { flat } from '../memory/fold.js';
import { KeyMap } from '../memory/key-map.js';
import { NONE, Slab } from '../memory/slab.js';
import { show } from '../show.js';
import type { ByteReader, ByteWriter } from '../snapshot/bytes.js';
import { readEntry, readFlag, writeEntry } from '../snapshot/entry-bytes.js';
import { EvictionOrder, PROTECTED_RANK, RANK_SHIFT } from './eviction-order.js';
import { OpenReservations } from './open-reservations.js';
import { PolicySet } from './policy-set.js';
import type { Reservations } from './reservations.js';
import { lookForRoom, makeRoom } from './room.js';
import { type TakeInPlace, takeInPlaceOf } from './take-in-place.js';

/** Entries whose time has come that one call looks at again. */
const LOOKS_PER_CALL = 4;

/** What an entry has beside its states. */
const [BLOCKED, RESERVED] = [1, 2] as const;

/**
 * What is held of all keys: at most so many, each in the order in which they would be evicted. An entry is a slot.
 *
 * Reads side by side with `core-native/src/engine/entries/mod.rs`.
 */
export class Entries {
  policySet: PolicySet;
  slab: Slab;
  /** What takes from an entry where that is all there is to do. */
  takeInPlace: TakeInPlace;
  readonly #maxKeys: number;
  readonly #originMs: number;
  #keys = new KeyMap();
  order: EvictionOrder;
  /** Until when a key is blocked. Few are. */
  #blocks = new Map<number, number>();
  readonly #open = new OpenReservations();
  /** Before then there is nothing to look at again. */
  nextReclaimAtMs: number;
  size = 0;
  /** Live entries that were forgotten to make room. */
  evictions = 0;
  /** Changes whenever a slot may stand for another key than before. */
  forgotten = 0;

  constructor(policies: readonly Policy[], maxKeys: number, originMs: number) {
    this.policySet = new PolicySet(policies);
    this.#maxKeys = maxKeys;
    this.#originMs = originMs;
    this.slab = new Slab(this.policySet.stateWords);
    this.order = new EvictionOrder(this.policySet.spanMs, originMs, this.slab);
    this.takeInPlace = takeInPlaceOf(this.policySet, this.order);
    this.nextReclaimAtMs = originMs;
  }

  /** The entry of a key, which is folded. */
  find(name: string): number | undefined {
    return this.#keys.get(name);
  }

  /** A new entry, not in the order yet; `NONE` where there is no room for it. Keeps nothing else of the name alive. */
  enter(name: string, nowMs: number): number {
    if (this.size >= this.#maxKeys && !makeRoom(this, nowMs)) return NONE;
    const held = flat(name);
    const slot = this.slab.add(held);
    this.#keys.add(held, slot);
    this.size++;
    return slot;
  }

  /** Whether a new key would find room. */
  hasRoom(nowMs: number): boolean {
    return this.size < this.#maxKeys || lookForRoom(this, nowMs) || this.order.leastUsed() !== NONE;
  }

  fits(slot: number, cost: Units, policySet: PolicySet, nowMs: number): boolean {
    return policySet.fits(this.slab.words, this.slab.at(slot), cost, nowMs);
  }

  /** For how long the denial of a cost blocks the key. */
  blockAskedMs(slot: number, cost: Units, policySet: PolicySet, nowMs: number): number {
    return policySet.blockAskedMs(this.slab.words, this.slab.at(slot), cost, nowMs);
  }

  /** Takes units, more than 0 of some policy. Answers whether the entry stays in its list for that. */
  add(slot: number, units: Units, policySet: PolicySet, nowMs: number): boolean {
    const { slab } = this;
    const { words } = slab;
    const at = slab.at(slot);
    if (slab.marks(slot) & RESERVED) this.#open.of(slot)?.beforeTaking(units, policySet.policies, words, at, nowMs);
    return policySet.add(words, at, units, nowMs, slab.list(slot) >>> RANK_SHIFT) && policySet === this.policySet;
  }

  /** Moves an entry to where it belongs by now, by the limits of the call that takes from it. */
  place(slot: number, policySet: PolicySet, nowMs: number): void {
    const list = this.#listOf(slot, policySet, nowMs);
    if (list === this.slab.list(slot)) return;
    this.order.remove(slot);
    this.order.append(slot, list);
  }

  /** The same by the engine's own limits. */
  placeAnew(slot: number, nowMs: number): void {
    this.place(slot, this.policySet, nowMs);
  }

  /** Puts an entry that is in no list where it belongs. */
  append(slot: number, policySet: PolicySet, nowMs: number): void {
    this.order.append(slot, this.#listOf(slot, policySet, nowMs));
  }

  #listOf(slot: number, policySet: PolicySet, nowMs: number): number {
    const { slab } = this;
    const { words } = slab;
    const at = slab.at(slot);
    const blockedMs = this.blockLeftMs(slot, nowMs);
    const rank = blockedMs > 0 ? PROTECTED_RANK : policySet.rank(words, at, nowMs, slab.list(slot) >>> RANK_SHIFT);
    const dueAfterMs = Math.max(blockedMs, policySet.dueAfterMs(words, at, rank, nowMs));
    return this.order.listOf(rank, nowMs, dueAfterMs);
  }

  /** What is left of the block that a key is under; 0 if it is under none. */
  blockLeftMs(slot: number, nowMs: number): number {
    if ((this.slab.marks(slot) & BLOCKED) === 0) return 0;
    return Math.max(0, (this.#blocks.get(slot) ?? 0) - nowMs);
  }

  /** Blocks a key until then. */
  block(slot: number, untilMs: number): void {
    this.#blocks.set(slot, untilMs);
    this.slab.setMarks(slot, this.slab.marks(slot) | BLOCKED);
  }

  /** Whether the key is as good as never seen. */
  isFresh(slot: number, nowMs: number): boolean {
    return this.blockLeftMs(slot, nowMs) === 0 && this.policySet.isFresh(this.slab.words, this.slab.at(slot), nowMs);
  }

  /** Notes that what was taken just now may be given back, and answers the number to settle it by. */
  reserve(slot: number, policySet: PolicySet): number {
    this.slab.setMarks(slot, this.slab.marks(slot) | RESERVED);
    return this.#open.open(slot, this.slab, policySet);
  }

  /** Forgets a reservation, and gives back so many of its units as far as they still count. */
  settle(slot: number, number: number, units: Units, policySet: PolicySet, nowMs: number): void {
    this.#open.settle(slot, number, units, this.slab, policySet, nowMs);
    if (this.#open.of(slot) === undefined) this.slab.setMarks(slot, this.slab.marks(slot) & ~RESERVED);
  }

  /** Forgets an entry. */
  remove(slot: number): void {
    this.order.remove(slot);
    this.#forget(slot);
  }

  /** Lets go of an entry that is in no list. */
  #forget(slot: number): void {
    const { slab } = this;
    if (slab.marks(slot) !== 0) {
      this.#open.forget(slot);
      this.#blocks.delete(slot);
    }
    this.#keys.delete(slab.nameOf(slot));
    slab.remove(slot);
    this.size--;
    this.forgotten++;
    if (this.size === 0) slab.clear();
  }

  clear(): void {
    this.#start(this.policySet);
    this.#open.take();
    this.nextReclaimAtMs = this.#originMs;
  }

  /** Empty again, by these policies. */
  #start(policySet: PolicySet): void {
    this.policySet = policySet;
    this.slab = new Slab(policySet.stateWords);
    this.order = new EvictionOrder(policySet.spanMs, this.#originMs, this.slab);
    this.takeInPlace = takeInPlaceOf(policySet, this.order);
    this.#keys = new KeyMap();
    this.#blocks = new Map();
    this.size = 0;
    this.forgotten++;
  }

  /** Goes over to other policies of the same algorithms; what each key has used stays. O(entries). */
  change(policies: readonly Policy[], nowMs: number): void {
    const [from, old, all] = [this.policySet, this.slab, this.order.all()];
    const [blocks, reservations] = [this.#blocks, this.#open.take()];
    this.#start(new PolicySet(policies));
    this.policySet.keepFrom(from.keptFromMs);
    this.nextReclaimAtMs = this.order.passSlots(nowMs);
    for (const was of all) {
      const [words, at] = [old.words, old.at(was)];
      const slot = this.#insert(old.nameOf(was));
      const open = reservations.get(was);
      open?.change(from.policies, this.policySet.policies, words, at, nowMs);
      if (open !== undefined) this.#reopen(slot, open);
      if (blocks.has(was)) this.block(slot, blocks.get(was) as number);
      this.policySet.change(from, words, at, this.slab.words, this.slab.at(slot), nowMs);
      this.append(slot, this.policySet, nowMs);
    }
  }

  #insert(name: string): number {
    const slot = this.slab.add(name);
    this.#keys.add(name, slot);
    this.size++;
    return slot;
  }

  #reopen(slot: number, reservations: Reservations): void {
    this.#open.put(slot, reservations);
    this.slab.setMarks(slot, this.slab.marks(slot) | RESERVED);
  }

  /** All that is live, in the order in which it would be evicted. */
  write(writer: ByteWriter, nowMs: number): void {
    const live = this.order.all().filter((slot) => !this.isFresh(slot, nowMs));
    writer.u8(this.policySet.keptFromMs === Number.POSITIVE_INFINITY ? 0 : 1);
    writer.u32(live.length);
    for (const slot of live) writeEntry(writer, this.slab, slot, this.blockLeftMs(slot, nowMs), this.policySet, nowMs);
  }

  /**
   * Takes in what was written, in the place of all that is held.
   *
   * @throws RangeError where that can't be; nothing changes then.
   */
  read(reader: ByteReader, nowMs: number): void {
    const keeps = readFlag(reader);
    const count = reader.u32();
    if (count > this.#maxKeys) throw new RangeError(`it has ${count} keys, and maxKeys is ${this.#maxKeys}`);
    const [slab, keys, blocks] = [new Slab(this.policySet.stateWords), new KeyMap(), new Map<number, number>()];
    for (let i = 0; i < count; i++) {
      const { slot, blockedMs } = readEntry(reader, slab, this.policySet, nowMs);
      const name = slab.nameOf(slot);
      if (keys.get(name) !== undefined) throw new RangeError(`it has the key ${show(name)} twice`);
      keys.add(name, slot);
      if (blockedMs > 0) blocks.set(slot, nowMs + blockedMs);
    }
    if (reader.left > 0) throw new RangeError(`it has ${reader.left} bytes too many`);
    if (keeps) this.policySet.keepFrom(Number.NEGATIVE_INFINITY);
    this.clear();
    [this.slab, this.#keys, this.size] = [slab, keys, count];
    this.order = new EvictionOrder(this.policySet.spanMs, this.#originMs, slab);
    this.takeInPlace = takeInPlaceOf(this.policySet, this.order);
    this.nextReclaimAtMs = this.order.passSlots(nowMs);
    for (const [slot, untilMs] of blocks) this.block(slot, untilMs);
    for (let slot = 0; slot < count; slot++) this.append(slot, this.policySet, nowMs);
  }

  /** Drops every expired entry. O(entries). */
  dropExpired(nowMs: number): void {
    for (const slot of this.order.all()) if (this.isFresh(slot, nowMs)) this.remove(slot);
  }

  /** When a full set of entries is looked at for one that can go. */
  roomDueMs(): number {
    return this.order.firstProtectedDueMs();
  }

  /** Looks again at entries whose time has come, from `nextReclaimAtMs` on. Answers whether there were any. */
  reclaimSome(nowMs: number, looks = LOOKS_PER_CALL): boolean {
    this.nextReclaimAtMs = this.order.passSlots(nowMs);
    for (let look = 0; look < looks; look++) {
      const slot = this.order.takePassed();
      if (slot === NONE) return look > 0;
      if (this.isFresh(slot, nowMs)) this.#forget(slot);
      else this.append(slot, this.policySet, nowMs);
    }
    return true;
  }
}
