import type { Algorithm, CallLimit, Cost, Decision, Policy, PolicyRow } from '@headgate/core-ts';
import { callPolicyOf } from './call-policy.js';
import { fixedWindow } from './fixed-window.js';
import type { ModelPolicy, Rule } from './rule.js';
import { slidingWindow } from './sliding-window.js';
import { tokenBucket } from './token-bucket.js';

const RULES = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
} as Record<Algorithm, Rule>;

export interface ModelRule {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly exact: ModelPolicy;
}

/** As a limiter's, but for the errors. */
export interface ModelReservation {
  readonly decision: Decision;
  readonly settled: boolean;
  commit(actual: Cost): Decision;
  cancel(): Decision;
}

export interface ModelKey {
  /** One per policy. */
  readonly states: readonly unknown[];
  readonly blockedUntilMs: bigint;
}

/** What a call is decided by. */
export interface Asked {
  readonly rules: readonly ModelRule[];
  /** One per policy. */
  readonly costs: readonly bigint[];
}

export function modelRule(policy: Policy): ModelRule {
  const burst = Number.isNaN(policy.burst) ? policy.limit : policy.burst;
  const exact = { limit: BigInt(policy.limit), windowMs: BigInt(policy.windowMs), burst: BigInt(burst) };
  return { policy: { ...policy, burst }, rule: RULES[policy.algorithm], exact };
}

export function withLimit({ policy }: ModelRule, limit: CallLimit): ModelRule {
  const own = typeof limit === 'number' ? limit : limit[policy.name];
  return modelRule(own === undefined ? policy : callPolicyOf(policy, own));
}

export function exactOf(rules: readonly ModelRule[], index: number): ModelPolicy {
  return (rules[index] as ModelRule).exact;
}

/** Of an allowed call: the fewest units left, then the later reset, then the first. */
export function tightestOf(rows: readonly PolicyRow[]): number {
  const fewest = Math.min(...rows.map(({ remaining }) => remaining));
  const latest = Math.max(...rows.filter((row) => row.remaining === fewest).map((row) => row.resetAfterMs));
  return rows.findIndex((row) => row.remaining === fewest && row.resetAfterMs === latest);
}

/** So much longer, where the limiter's time stands until the clock is where it was. */
export function byTheClock(row: PolicyRow, behindMs: number): PolicyRow {
  const { resetAfterMs, retryAfterMs } = row;
  return {
    ...row,
    resetAfterMs: resetAfterMs === 0 ? 0 : resetAfterMs + behindMs,
    retryAfterMs: retryAfterMs === 0 ? 0 : retryAfterMs + behindMs,
  };
}

export function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function secondsRoundedUp(ms: number): number {
  if (ms === Infinity) return Infinity;
  return Number((BigInt(ms) + 999n) / 1000n);
}
