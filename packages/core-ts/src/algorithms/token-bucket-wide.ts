import type { State } from './state.js';
import type { Terms } from './terms.js';

/*
 * `token-bucket.ts` for numbers whose ticks a `number` can't keep exactly, such as a limit of 2^53 − 1 in a
 * year: the same on `bigint`, some ten times slower.
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
  return Number((capacity(terms) - debtAt(state, terms, nowMs)) / BigInt(terms.unitTicks));
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  return cost <= remaining(state, terms, nowMs);
}

/** Takes units that fit. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  const debt = debtAt(state, terms, nowMs) + BigInt(units) * BigInt(terms.unitTicks);
  state.startMs = nowMs;
  state.used = 1;
  state.parts = [Number(debt >> BASE_BITS), Number(debt & LOW)];
}

/** Until the key is as good as never seen: until all is repaid. */
export function resetAfterMs(state: State, terms: Terms, nowMs: number): number {
  return repaidAfterMs(debtAt(state, terms, nowMs), terms);
}

/** How long a cost has to wait: until enough is repaid. */
export function retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number {
  if (cost > terms.burst) return Number.POSITIVE_INFINITY;
  return repaidAfterMs(debtAt(state, terms, nowMs) + BigInt(cost) * BigInt(terms.unitTicks) - capacity(terms), terms);
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
  const repaid = BigInt(nowMs - startMs) * BigInt(terms.msTicks);
  return repaid >= debt ? 0n : debt - repaid;
}
