import type { Policy } from '../contract.js';

/** A policy with the numbers that its algorithm derives from it, once. */
export interface Terms extends Policy {
  /** The length of a sub-window: a tenth of the window, and at least 1 ms. */
  readonly subWindowMs: number;
  /** How many sub-windows can count at one time. */
  readonly subWindows: number;
  /** The longest that a key can stay live by this policy alone, if nothing was taken past its limit. */
  readonly spanMs: number;
}

export function termsOf(policy: Policy): Terms {
  const { algorithm, limit, windowMs, burst } = policy;
  const subWindowMs = Math.max(1, Math.floor(windowMs / 10));
  const subWindows = Math.floor((windowMs - 2) / subWindowMs) + 2;
  const refillMs = limit === 0 ? windowMs : Math.ceil((burst * windowMs) / limit);
  const spanMs = { 'fixed-window': windowMs, 'sliding-window': windowMs + subWindowMs, 'token-bucket': refillMs }[
    algorithm
  ];
  return { ...policy, subWindowMs, subWindows, spanMs };
}
