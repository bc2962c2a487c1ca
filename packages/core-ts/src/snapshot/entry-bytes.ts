import type { Rule } from '../algorithms/compiled-policy.js';
import type { State } from '../algorithms/state.js';
import { Entry } from '../engine/entry.js';
import { blockLeftMs, type Ledger, statesOf } from '../engine/policy-set.js';
import { show } from '../errors.js';
import { flat, isFolded } from '../keys/fold.js';
import { MAX_WINDOW_MS } from '../options/policy-options.js';
import type { ByteReader, ByteWriter } from './bytes.js';

/** What nothing that still counts is older than: 1,024 buckets of ten years. */
const OLDEST_MS = 2 ** 50;

/** Writes a key and its states, with times as ages. */
export function writeEntry(writer: ByteWriter, entry: Entry, ledger: Ledger, nowMs: number): void {
  writer.string(entry.key);
  writer.f64(blockLeftMs(entry, nowMs));
  statesOf(entry).forEach((state, i) => {
    const { startMs, used, parts } = ledger.isFreshBy(i, state, nowMs)
      ? { startMs: nowMs, used: 0, parts: undefined }
      : state;
    writer.f64(nowMs - startMs);
    writer.f64(used);
    writer.u32(parts?.length ?? 0);
    for (const part of parts ?? []) writer.f64(part);
  });
}

/** @throws RangeError where it is no entry that these rules can have made. */
export function readEntry(reader: ByteReader, rules: readonly Rule[], nowMs: number): Entry {
  const entry = new Entry(flat(reader.string()), rules.length);
  if (!isFolded(entry.key)) refuse(entry);
  const blockedMs = wholeUpTo(reader.f64(), MAX_WINDOW_MS, entry);
  if (blockedMs > 0) entry.more().blockedUntilMs = nowMs + blockedMs;
  statesOf(entry).forEach((state, i) => {
    readState(reader, state, entry, nowMs);
    const { calls, terms } = rules[i] as Rule;
    if (state.used === 0)
      state.parts = undefined; // whatever it holds, it counts nothing
    else if (!calls.isSound(state, terms, nowMs)) refuse(entry);
  });
  return entry;
}

/** @throws RangeError for what is neither 0 nor 1. */
export function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new RangeError(`it says ${flag} where 0 or 1 is said`);
  return flag === 1;
}

function readState(reader: ByteReader, state: State, entry: Entry, nowMs: number): void {
  state.startMs = nowMs - wholeUpTo(reader.f64(), OLDEST_MS, entry);
  state.used = wholeUpTo(reader.f64(), Number.MAX_SAFE_INTEGER, entry);
  const length = reader.u32();
  if (length === 0) return;
  if (length * 8 > reader.left) refuse(entry);
  state.parts = Array.from({ length }, () => wholeUpTo(reader.f64(), Number.MAX_SAFE_INTEGER, entry));
}

function wholeUpTo(value: number, most: number, entry: Entry): number {
  if (!Number.isInteger(value) || value < 0 || value > most) refuse(entry);
  return value + 0;
}

function refuse({ key }: Entry): never {
  throw new RangeError(`no limiter has what it says of the key ${show(key)}`);
}
