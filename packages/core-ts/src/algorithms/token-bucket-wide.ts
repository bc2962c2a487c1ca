import type { Mark } from '../reservations.js';
import type { State } from './state.js';
import type { Terms } from './terms.js';
import { MOST_BUCKETS_OWED } from './token-bucket.js';

/*
 * `token-bucket.ts` for numbers whose ticks a `number` can't keep exactly, such as a limit of 2^53 − 1 in a
 * year: the same on `bigint`, some ten times slower.
 *
 * And for a limit of 0, at which there is no rate to repay by: what is owed then stays, and is forgotten one
 * window after it was last noted.
 *
 * `used`: 1 while anything is owed. `parts`: the debt as it was at `startMs`, as two numbers in base 2^52.
 */

const BASE_BITS = 52n;
const LOW = (1n << BASE_BITS) - 1n;

/** Whether the key is as good as never seen. */
export function isFresh(state: State, terms: Terms, nowMs: number): boolean {
  return debtAt(state, terms, nowMs) === 0n;
}

/** Units left now. */
export function remaining(state: State, terms: Terms, nowMs: number): number {
  const left = capacity(terms) - debtAt(state, terms, nowMs);
  return left < 0n ? 0 : Number(left / BigInt(terms.unitTicks));
}

/** Whether no more than so many units are owed. */
export function within(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return debtAt(state, terms, nowMs) <= BigInt(units) * BigInt(terms.unitTicks);
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  return cost <= remaining(state, terms, nowMs);
}

/** Takes units: those that fit, or what was used beyond an estimate. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  const debt = debtAt(state, terms, nowMs) + BigInt(units) * BigInt(terms.unitTicks);
  write(state, least(debt, mostOwed(terms)), nowMs);
}

/** Whether all of the units would be owed, none of them beyond the most. */
export function hasRoomFor(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return debtAt(state, terms, nowMs) + BigInt(units) * BigInt(terms.unitTicks) <= mostOwed(terms);
}

/** In ticks. A bucket of a limit of 0 holds nothing, so what is owed there is bounded by the largest of all buckets. */
export function mostOwed({ limit, burst, unitTicks }: Terms): bigint {
  const units = limit === 0 ? Number.MAX_SAFE_INTEGER : burst;
  return BigInt(MOST_BUCKETS_OWED) * BigInt(units) * BigInt(unitTicks);
}

/** Until the key is as good as never seen: until all is repaid. */
export function resetAfterMs(state: State, terms: Terms, nowMs: number): number {
  const debt = debtAt(state, terms, nowMs);
  if (terms.limit === 0) return debt === 0n ? 0 : terms.windowMs - (nowMs - state.startMs);
  return repaidAfterMs(debt, terms);
}

/** How long a cost has to wait: until enough is repaid. */
export function retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number {
  if (cost > terms.burst) return Number.POSITIVE_INFINITY;
  if (cost === 0) return 0;
  return repaidAfterMs(debtAt(state, terms, nowMs) + BigInt(cost) * BigInt(terms.unitTicks) - capacity(terms), terms);
}

export function mark(state: State, terms: Terms): Mark {
  return { startMs: 0, sub: 0, low: debtAt(state, terms, state.startMs) };
}

/** As `token-bucket.ts` says. */
export function refund(state: State, terms: Terms, { low }: Mark, units: number, nowMs: number): bigint {
  const debt = debtAt(state, terms, nowMs);
  const given = least(BigInt(units) * BigInt(terms.unitTicks), least(BigInt(low), debt));
  if (given > 0n) write(state, debt - given, nowMs);
  return given;
}

export { debtAt as owed };

/** Sets the debt, in ticks of these terms. */
export function owe(state: State, _terms: Terms, ticks: bigint, nowMs: number): void {
  write(state, ticks, nowMs);
}

function write(state: State, debt: bigint, nowMs: number): void {
  state.startMs = nowMs;
  state.used = debt > 0n ? 1 : 0;
  state.parts = [Number(debt >> BASE_BITS), Number(debt & LOW)];
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function repaidAfterMs(ticks: bigint, terms: Terms): number {
  const msTicks = BigInt(terms.msTicks);
  return ticks <= 0n ? 0 : Number((ticks + msTicks - 1n) / msTicks);
}

function capacity({ burst, unitTicks }: Terms): bigint {
  return BigInt(burst) * BigInt(unitTicks);
}

function debtAt({ used, startMs, parts }: State, terms: Terms, nowMs: number): bigint {
  if (used === 0 || parts === undefined) return 0n;
  const [high, low] = parts as [number, number];
  const debt = (BigInt(high) << BASE_BITS) + BigInt(low);
  if (terms.limit === 0) return nowMs - startMs < terms.windowMs ? debt : 0n;
  const repaid = BigInt(nowMs - startMs) * BigInt(terms.msTicks);
  return repaid >= debt ? 0n : debt - repaid;
}

/** Whether a state that was read from bytes can have come about. */
export function isSound(state: State, terms: Terms): boolean {
  if (state.parts?.length !== 2) return false;
  const debt = debtAt(state, terms, state.startMs);
  return debt > 0n && debt <= mostOwed(terms);
}
