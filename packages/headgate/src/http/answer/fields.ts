import { type Decision, type Policy, type PolicyRow, show } from '@headgate/core-ts';
import { serializeInteger, serializeString } from 'structured-headers';
import type { Standard } from '../options/options.js';

/** The most that an integer in a structured field can be (RFC 9651 §3.3.1). */
const MOST = 999_999_999_999_999;

/** Appends the fields of one generation of the IETF's draft for these policies, names and values in turn. */
export type Fields = (headers: string[], policies: readonly Policy[], decision: Decision) => void;

export const FIELDS: Record<Standard, Fields> = { 'draft-6': draft6, 'draft-7': draft7, 'draft-8': list, latest: list };

const LISTS: readonly string[] = ['RateLimit-Policy', 'RateLimit'];

/** What each generation calls its fields. */
export const FIELD_NAMES: Record<Standard, readonly string[]> = {
  'draft-6': ['RateLimit-Policy', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
  'draft-7': LISTS,
  'draft-8': LISTS,
  latest: LISTS,
};

/** Generations whose fields name policies; a client ignores a field whole that has a name which is no String. */
const NAMING: readonly Standard[] = ['draft-8', 'latest'];

/** @throws RangeError for a policy whose name the fields of this generation can't carry. */
export function checkNames(standard: Standard | undefined, policies: readonly Policy[]): void {
  if (standard === undefined || !NAMING.includes(standard)) return;
  for (const { name } of policies) {
    if (!/^[\x20-\x7e]*$/.test(name))
      throw new RangeError(
        `the name of a policy must be printable ASCII for standard ${show(standard)}, got ${show(name)}`,
      );
  }
}

function draft6(headers: string[], policies: readonly Policy[], decision: Decision): void {
  const { limit, remaining } = decision;
  headers.push('RateLimit-Policy', policyItems(policies));
  headers.push('RateLimit-Limit', integer(limit), 'RateLimit-Remaining', integer(remaining));
  headers.push('RateLimit-Reset', integer(bindingResetSeconds(decision)));
}

function draft7(headers: string[], policies: readonly Policy[], decision: Decision): void {
  const { limit, remaining } = decision;
  const reset = integer(bindingResetSeconds(decision));
  headers.push('RateLimit-Policy', policyItems(policies));
  headers.push('RateLimit', `limit=${integer(limit)}, remaining=${integer(remaining)}, reset=${reset}`);
}

/** Draft 8 and later: Lists of Strings with parameters. Of a denial only the policies that deny. */
function list(headers: string[], policies: readonly Policy[], decision: Decision): void {
  headers.push('RateLimit-Policy', policies.map(policyMember).join(', '));
  const items = decision.policies.map((row, i) => {
    if (!decision.allowed && row.retryAfterMs === 0) return '';
    const seconds = integer(untilMoreSeconds(row, policies[i] as Policy, decision.allowed));
    return `${serializeString(row.name)};r=${integer(row.remaining)};t=${seconds}`;
  });
  const rateLimit = items.filter((item) => item !== '').join(', ');
  if (rateLimit !== '') headers.push('RateLimit', rateLimit);
}

const members = new WeakMap<Policy, string>();

/** The same for each request of a limiter, and policies are frozen. */
function policyMember(policy: Policy): string {
  const known = members.get(policy);
  if (known !== undefined) return known;
  const member = `${serializeString(policy.name)};q=${integer(policy.limit)};w=${windowSeconds(policy)}`;
  members.set(policy, member);
  return member;
}

function policyItems(policies: readonly Policy[]): string {
  return policies.map((policy) => `${integer(policy.limit)};w=${windowSeconds(policy)}`).join(', ');
}

/** Fields have no fractions: a window of 1.5 s is told as 2, so that no client hopes for more than there is. */
function windowSeconds({ windowMs }: Policy): number {
  return Math.ceil(windowMs / 1000);
}

/**
 * The seconds after which there is more: of a denial until its cost fits, and else as long as units left over seconds
 * promise no more than the policy's rate, where units come back one after the other.
 */
export function untilMoreSeconds(row: PolicyRow, policy: Policy, allowed: boolean): number {
  const { remaining, resetAfterMs, retryAfterMs } = row;
  if (!allowed && retryAfterMs > 0 && retryAfterMs !== Number.POSITIVE_INFINITY)
    return Math.max(1, Math.ceil(retryAfterMs / 1000));
  const reset = Math.ceil(resetAfterMs / 1000);
  if (policy.algorithm === 'fixed-window' || policy.limit === 0) return reset;
  if (remaining > 0) return Math.max(reset, secondsAtRate(remaining, policy));
  return policy.algorithm === 'token-bucket' ? Math.ceil(policy.windowMs / policy.limit / 1000) : reset;
}

/** By the rate that the fields tell: their windows are whole seconds, and their integers end somewhere. */
function secondsAtRate(units: number, policy: Policy): number {
  return Math.ceil((Math.min(units, MOST) * windowSeconds(policy)) / Math.min(policy.limit, MOST));
}

/** In milliseconds, until what `bindingResetSeconds` tells. */
export function bindingResetMs({ allowed, resetAfterMs, retryAfterMs }: Decision): number {
  return allowed || retryAfterMs === Number.POSITIVE_INFINITY ? resetAfterMs : retryAfterMs;
}

/** Until the binding policy is as good as new, or of a denial until the call would be allowed. */
export function bindingResetSeconds({ allowed, resetAfterSeconds, retryAfterSeconds }: Decision): number {
  if (allowed || retryAfterSeconds === Number.POSITIVE_INFINITY) return resetAfterSeconds;
  return Math.max(1, retryAfterSeconds);
}

function integer(value: number): string {
  return serializeInteger(Math.min(value, MOST));
}
