import type { Policy } from '../contract.js';

/** A policy with the numbers that its algorithm derives from it, once. */
export interface Terms extends Policy {
  /** The length of a sub-window: a tenth of the window, and at least 1 ms. */
  readonly subMs: number;
  /** How many sub-windows can count at one time. */
  readonly subs: number;
  /** Ticks that one unit takes: a tick is the part of a unit that makes units and milliseconds commensurable. */
  readonly unitTicks: number;
  /** Ticks that refill in one millisecond. */
  readonly msTicks: number;
  /** The longest that a key can stay live by this policy alone, if nothing was taken past its limit. */
  readonly spanMs: number;
}

export function termsOf(policy: Policy): Terms {
  const { algorithm, limit, windowMs, burst } = policy;
  const subMs = Math.max(1, Math.floor(windowMs / 10));
  const subs = Math.floor((windowMs - 2) / subMs) + 2;
  const divisor = limit === 0 ? 1 : greatestCommonDivisor(limit, windowMs); // at 0 any tick would do: the finest
  const [msTicks, unitTicks] = [limit / divisor, windowMs / divisor];
  const refillMs = limit === 0 ? windowMs : Math.ceil((burst / limit) * windowMs);
  const spanMs = { 'fixed-window': windowMs, 'sliding-window': windowMs + subMs, 'token-bucket': refillMs }[algorithm];
  return { ...policy, subMs, subs, unitTicks, msTicks, spanMs };
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
