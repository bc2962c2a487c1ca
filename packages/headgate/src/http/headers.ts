import type { Decision, Policy } from '@headgate/core-ts';
import { bindingResetMs, bindingResetSeconds, FIELDS } from './fields.js';
import type { AnswerOptions } from './options.js';

/** The headers of one decision, names and values in turn. */
export type HeaderWriter = (limiter: { readonly policies: readonly Policy[] }, decision: Decision) => readonly string[];

const NONE: readonly string[] = [];

const NEVER_CACHED: readonly string[] = ['Cache-Control', 'no-store'];

/** A dry run is not to be noticed, so it sends none. */
export function headerWriter<R>(options: AnswerOptions<R>, dryRun: boolean): HeaderWriter {
  if (dryRun) return () => NONE;
  if (options.headers === false) return (_limiter, { allowed }) => (allowed ? NONE : NEVER_CACHED);
  const { standard, resetFormat = 'seconds' } = options;
  const fields = standard === undefined ? undefined : FIELDS[standard];
  const legacy = fields === undefined || options.legacyHeaders === true;
  return (limiter, decision) => {
    const headers: string[] = [];
    let leastSeconds = 1;
    if (legacy && resetFormat === 'epoch') {
      const nowMs = Date.now();
      const resetAt = Math.ceil((nowMs + bindingResetMs(decision)) / 1000);
      leastSeconds = Math.ceil(resetAt - nowMs / 1000); // a date in whole seconds may be later than the wait
      writeLegacy(headers, decision, resetAt);
    } else if (legacy) writeLegacy(headers, decision, bindingResetSeconds(decision));
    fields?.(headers, limiter.policies, decision);
    if (!decision.allowed) writeDenial(headers, decision, leastSeconds);
    return headers;
  };
}

function writeLegacy(headers: string[], decision: Decision, reset: number): void {
  headers.push('X-RateLimit-Limit', String(decision.limit), 'X-RateLimit-Remaining', String(decision.remaining));
  headers.push('X-RateLimit-Reset', String(reset));
}

/** RFC 6585 §4 and RFC 9110 §10.2.3. What can never fit has no time after which to retry. */
function writeDenial(headers: string[], { retryAfterSeconds }: Decision, leastSeconds: number): void {
  if (retryAfterSeconds !== Number.POSITIVE_INFINITY)
    headers.push('Retry-After', String(Math.max(leastSeconds, retryAfterSeconds)));
  headers.push(...NEVER_CACHED);
}
