import { TIME, USED, wordAt } from '../algorithms/state.js';
import type { PolicySet } from '../engine/policy-set.js';
import { flat, isFolded } from '../memory/fold.js';
import type { Slab } from '../memory/slab.js';
import { MAX_WINDOW_MS } from '../options/policy-options.js';
import { show } from '../show.js';
import type { ByteReader, ByteWriter } from './bytes.js';

/** What nothing that still counts is older than: 1,024 buckets of ten years. */
const OLDEST_MS = 2 ** 50;

/** Writes a key, what is left of its block, and its states, with times as ages. */
export function writeEntry(
  writer: ByteWriter,
  slab: Slab,
  slot: number,
  blockedMs: number,
  policySet: PolicySet,
  nowMs: number,
): void {
  const [words, at] = [slab.words, slab.at(slot)];
  writer.string(slab.nameOf(slot));
  writer.f64(blockedMs);
  policySet.policies.forEach(({ algorithm, terms, offset }, i) => {
    const isFresh = policySet.isFreshBy(i, words, at, nowMs);
    writer.f64(isFresh ? 0 : nowMs - wordAt(words, at + offset + TIME));
    const end = algorithm.wordsOf(terms);
    for (let word = USED; word < end; word++) writer.f64(isFresh ? 0 : wordAt(words, at + offset + word));
  });
}

/** What {@link readEntry} read of one key. */
export interface ReadEntry {
  readonly slot: number;
  readonly blockedMs: number;
}

/**
 * Reads a key into a new slot.
 *
 * @throws RangeError where it is no entry that these policies can have made.
 */
export function readEntry(reader: ByteReader, slab: Slab, policySet: PolicySet, nowMs: number): ReadEntry {
  const name = flat(reader.string());
  if (!isFolded(name)) refuse(name);
  const slot = slab.add(name);
  const blockedMs = wholeUpTo(reader.f64(), MAX_WINDOW_MS, name);
  const [words, at] = [slab.words, slab.at(slot)];
  for (const { algorithm, terms, offset } of policySet.policies) {
    words[at + offset + TIME] = nowMs - wholeUpTo(reader.f64(), OLDEST_MS, name);
    const end = algorithm.wordsOf(terms);
    for (let word = USED; word < end; word++)
      words[at + offset + word] = wholeUpTo(reader.f64(), Number.MAX_SAFE_INTEGER, name);
    // What counts nothing may be anything.
    if (wordAt(words, at + offset + USED) > 0 && !algorithm.isSound(words, at + offset, terms, nowMs)) refuse(name);
  }
  return { slot, blockedMs };
}

/** @throws RangeError for what is neither 0 nor 1. */
export function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new RangeError(`it says ${flag} where 0 or 1 is said`);
  return flag === 1;
}

function wholeUpTo(value: number, most: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > most) refuse(name);
  return value + 0;
}

function refuse(name: string): never {
  throw new RangeError(`no limiter has what it says of the key ${show(name)}`);
}
