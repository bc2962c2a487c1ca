import type { Policy, Units } from '../contract.js';
import { show } from '../errors.js';
import { flat } from '../keys/fold.js';
import { KeyMap } from '../keys/key-map.js';
import type { ByteReader, ByteWriter } from '../snapshot/bytes.js';
import { readEntry, readFlag, writeEntry } from '../snapshot/entry-bytes.js';
import { Entry } from './entry.js';
import { EvictionOrder, PROTECTED_RANK } from './eviction-order.js';
import { OpenReservations } from './open-reservations.js';
import { Ledger } from './policy-set.js';

/** Entries whose time has come that one call looks at again. */
const LOOKS_PER_CALL = 4;
/** The same where room is needed. */
const LOOKS_FOR_ROOM = 64;

/**
 * What is held of all keys: at most so many, each in the order in which they would be evicted.
 *
 * Reads side by side with `core-native/src/entries.rs`.
 */
export class Entries {
  ledger: Ledger;
  readonly #maxKeys: number;
  readonly #originMs: number;
  #keys = new KeyMap();
  #order: EvictionOrder;
  readonly #open = new OpenReservations();
  /** Before then there is nothing to look at again. */
  quietUntilMs: number;
  size = 0;
  /** Live entries that were forgotten to make room. */
  evictions = 0;

  constructor(policies: readonly Policy[], maxKeys: number, originMs: number) {
    this.ledger = new Ledger(policies);
    this.#maxKeys = maxKeys;
    this.#originMs = originMs;
    this.#order = new EvictionOrder(this.ledger.spanMs, originMs);
    this.quietUntilMs = originMs;
  }

  /** Looks again at a few entries whose time has come: to be called from `quietUntilMs` on. */
  lookAgain(nowMs: number): void {
    this.#lookAgain(LOOKS_PER_CALL, nowMs);
  }

  /** The entry of a key, which is folded. */
  get(name: string): Entry | undefined {
    return this.#keys.get(name);
  }

  /** A new entry, not in the order yet; `undefined` where there is no room for it. Keeps nothing else of the name alive. */
  enter(name: string, nowMs: number): Entry | undefined {
    if (this.size >= this.#maxKeys && !this.#makeRoom(nowMs)) return undefined;
    const entry = new Entry(flat(name), this.ledger.rules.length);
    this.#keys.add(entry);
    this.size++;
    return entry;
  }

  /** Whether a new key would find room. */
  hasRoom(nowMs: number): boolean {
    return this.size < this.#maxKeys || this.#lookForRoom(nowMs) || this.#order.leastUsed() !== undefined;
  }

  /** Puts an entry where it belongs by now, by the limits of the call that takes from it. */
  place(entry: Entry, nowMs: number, anew = false, ledger = this.ledger): void {
    if (!anew && ledger.isRepaidIn(this.#order.startMs(entry.list), this.#order.grainMs, entry, nowMs)) return;
    const rank = ledger.rank(entry, nowMs);
    const list = this.#order.listOf(rank, ledger.dueMs(entry, rank, nowMs));
    if (anew || list !== entry.list) this.#order.place(entry, list);
  }

  /** Notes that what was taken just now may be given back, and answers the number to settle it by. */
  reserve(entry: Entry, ledger: Ledger): number {
    const number = this.#open.open(entry);
    const fallen = ledger.reserve(entry, number);
    if (fallen !== undefined) this.#open.close(fallen);
    const surplus = this.#open.closeSurplus();
    if (surplus !== undefined) this.ledger.dropOldest(surplus);
    return number;
  }

  /** Forgets a reservation, and gives back so many of its units as far as they still count. */
  settle(entry: Entry, number: number, units: Units, ledger: Ledger, nowMs: number): void {
    ledger.settle(entry, number, units, nowMs);
    this.#open.close(number);
  }

  forget(entry: Entry): void {
    for (const number of entry.extra?.reservations?.numbers ?? []) this.#open.close(number);
    this.#order.remove(entry);
    entry.list = -1;
    this.#keys.delete(entry.key);
    this.size--;
  }

  clear(): void {
    this.#keys = new KeyMap();
    this.size = 0;
    this.#order = new EvictionOrder(this.ledger.spanMs, this.#originMs);
    this.#open.clear();
    this.quietUntilMs = this.#originMs;
  }

  /** Goes over to other policies of the same algorithms; what each key has used stays. O(entries). */
  change(policies: readonly Policy[], nowMs: number): void {
    const [from, all] = [this.ledger, this.#order.all()];
    this.ledger = new Ledger(policies);
    this.ledger.keepFrom(from.keptFromMs);
    this.#order = new EvictionOrder(this.ledger.spanMs, this.#originMs);
    this.quietUntilMs = this.#order.passSlots(nowMs);
    for (const entry of all) {
      this.ledger.change(entry, from, nowMs);
      this.place(entry, nowMs, true);
    }
  }

  /** All that is live, in the order in which it would be evicted. */
  write(writer: ByteWriter, nowMs: number): void {
    const live = this.#order.all().filter((entry) => !this.ledger.isFresh(entry, nowMs));
    writer.u8(this.ledger.keptFromMs === Number.POSITIVE_INFINITY ? 0 : 1);
    writer.u32(live.length);
    for (const entry of live) writeEntry(writer, entry, this.ledger, nowMs);
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
    const entries = new KeyMap();
    for (let i = 0; i < count; i++) {
      const entry = readEntry(reader, this.ledger.rules, nowMs);
      if (entries.get(entry.key) !== undefined) throw new RangeError(`it has the key ${show(entry.key)} twice`);
      entries.add(entry);
    }
    if (reader.left > 0) throw new RangeError(`it has ${reader.left} bytes too many`);
    if (keeps) this.ledger.keepFrom(Number.NEGATIVE_INFINITY);
    this.clear();
    this.#keys = entries;
    this.size = count;
    this.quietUntilMs = this.#order.passSlots(nowMs);
    for (const entry of entries) this.place(entry, nowMs, true);
  }

  /** Drops every expired entry. O(entries). */
  dropExpired(nowMs: number): void {
    for (const entry of this.#keys) if (this.ledger.isFresh(entry, nowMs)) this.forget(entry);
  }

  /** When a full set of entries is looked at for one that can go. */
  roomDueMs(): number {
    return this.#order.firstProtectedDueMs();
  }

  #makeRoom(nowMs: number): boolean {
    if (this.#lookForRoom(nowMs) || this.#lookAtFirsts(nowMs)) return true;
    const victim = this.#order.leastUsed();
    if (victim === undefined) return false;
    this.forget(victim);
    this.evictions++;
    return true;
  }

  /** Looks again at entries whose time has come, one after the other, until one of them goes. */
  #lookForRoom(nowMs: number): boolean {
    const before = this.size;
    for (let look = 0; look < LOOKS_FOR_ROOM && this.size === before; look++) this.#lookAgain(1, nowMs);
    return this.size < before;
  }

  /**
   * Looks again at the first entry of each rank, until one of them goes: what has drained since it was placed ranks
   * lower then. Behind one of the lowest rank there is nothing better.
   */
  #lookAtFirsts(nowMs: number): boolean {
    for (let rank = 0; rank < PROTECTED_RANK; rank++) {
      const entry = this.#order.first(rank);
      if (entry === undefined) continue;
      if (this.ledger.isFresh(entry, nowMs)) {
        this.forget(entry);
        return true;
      }
      if (rank === 0) return false;
      this.place(entry, nowMs);
    }
    return false;
  }

  #lookAgain(looks: number, nowMs: number): void {
    this.quietUntilMs = this.#order.passSlots(nowMs);
    for (let look = 0; look < looks; look++) {
      const entry = this.#order.takePassed();
      if (entry === undefined) return;
      if (this.ledger.isFresh(entry, nowMs)) this.forget(entry);
      else this.place(entry, nowMs, true);
    }
  }
}
