import type { Decision, Policy } from '@headgate/core-ts';
import type { AnswerOptions, Standard } from '../options/options.js';
import { bindingResetMs, bindingResetSeconds, FIELD_NAMES, FIELDS } from './fields.js';
import { type ReadHeaderNames, readHeaderNames } from './header-names.js';

/** The headers of one decision, names and values in turn. */
export type HeaderWriter = (limiter: { readonly policies: readonly Policy[] }, decision: Decision) => readonly string[];

export interface WrittenHeaders {
  readonly writeHeaders: HeaderWriter;
  /** All names that it may write, but for `Cache-Control`. */
  readonly headerNames: readonly string[];
}

const NONE: readonly string[] = [];

const NEVER_CACHED: readonly string[] = ['Cache-Control', 'no-store'];

/**
 * A dry run is not to be noticed, so it sends none.
 *
 * @throws TypeError for a bad name of a header.
 */
export function readHeaders<R>(options: AnswerOptions<R>, dryRun: boolean): WrittenHeaders {
  const { standard, resetFormat = 'seconds' } = options;
  const fields = standard === undefined ? undefined : FIELDS[standard];
  const legacy = fields === undefined || options.legacyHeaders === true;
  const names = readHeaderNames(options.headerNames, legacy);
  if (dryRun) return { writeHeaders: () => NONE, headerNames: NONE };
  if (options.headers === false)
    return { writeHeaders: (_limiter, { allowed }) => (allowed ? NONE : NEVER_CACHED), headerNames: NONE };
  const writeHeaders: HeaderWriter = (limiter, decision) => {
    const headers: string[] = [];
    let leastSeconds = 1;
    if (legacy && resetFormat === 'epoch') {
      const nowMs = Date.now();
      const resetAt = Math.ceil((nowMs + bindingResetMs(decision)) / 1000);
      leastSeconds = Math.ceil(resetAt - nowMs / 1000); // a date in whole seconds may be later than the wait
      writeLegacy(headers, names, decision, resetAt);
    } else if (legacy) writeLegacy(headers, names, decision, bindingResetSeconds(decision));
    fields?.(headers, limiter.policies, decision);
    if (!decision.allowed) writeDenial(headers, names, decision, leastSeconds);
    return headers;
  };
  return { writeHeaders, headerNames: namesOf(names, legacy, standard) };
}

function namesOf(
  { retryAfter, ...others }: ReadHeaderNames,
  legacy: boolean,
  standard: Standard | undefined,
): string[] {
  const own = [retryAfter, ...(legacy ? Object.values(others) : [])].filter((name) => name !== false);
  return standard === undefined ? own : [...own, ...FIELD_NAMES[standard]];
}

function writeLegacy(headers: string[], names: ReadHeaderNames, decision: Decision, reset: number): void {
  if (names.limit !== false) headers.push(names.limit, String(decision.limit));
  if (names.remaining !== false) headers.push(names.remaining, String(decision.remaining));
  if (names.reset !== false) headers.push(names.reset, String(reset));
}

/** RFC 6585 §4 and RFC 9110 §10.2.3. What can never fit has no time after which to retry. */
function writeDenial(
  headers: string[],
  { retryAfter }: ReadHeaderNames,
  { retryAfterSeconds }: Decision,
  leastSeconds: number,
): void {
  if (retryAfter !== false && retryAfterSeconds !== Number.POSITIVE_INFINITY)
    headers.push(retryAfter, String(Math.max(leastSeconds, retryAfterSeconds)));
  headers.push(...NEVER_CACHED);
}
