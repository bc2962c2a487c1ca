import { readFields } from './fields.js';
import { readNamedHeaders } from './named-headers.js';
import { bounded, readDateMs, readNumber, readTimeMs } from './times.js';
import type { Answer, ToldLimit } from './told-limit.js';

/** What an answer says of the calls to come. */
export interface Told {
  /** How long nothing more is to be sent: whole milliseconds, at most a day; `undefined` where nothing was said. */
  readonly retryAfterMs: number | undefined;
  readonly limits: readonly ToldLimit[];
}

/**
 * Reads `Retry-After` and rate limit fields of any generation. What is malformed or absurd counts as not there; no text
 * makes it throw.
 *
 * `Retry-After` counts on a status from 400 up, and on an answer that has nothing left; elsewhere it says when to ask for
 * this one thing again (202, 301). It is taken before the time of a limit that has nothing left. Limits of an answer
 * from a cache (`Age`) say nothing of now.
 */
export function readTold({ status, headers }: Answer): Told {
  const serverMs = readDateMs(headers.get('date')) ?? Date.now();
  const limits = (readNumber(headers.get('age')) ?? 0) > 0 ? [] : readLimits(headers, serverMs);
  const isEmpty = limits.some(({ remaining }) => remaining === 0);
  const retryAfterMs = status >= 400 || isEmpty ? readRetryAfterMs(headers, serverMs) : undefined;
  if (retryAfterMs === undefined) return { retryAfterMs, limits };
  return { retryAfterMs, limits: limits.filter(({ remaining }) => remaining > 0) };
}

/** The newest generation that can be read; several old ones say the same of one limit, in other words. */
function readLimits(headers: Answer['headers'], serverMs: number): readonly ToldLimit[] {
  const fields = readFields(headers);
  return fields.length > 0 ? fields : readNamedHeaders(headers, serverMs);
}

function readRetryAfterMs(headers: Answer['headers'], serverMs: number): number | undefined {
  const ms = readNumber(headers.get('retry-after-ms'));
  return ms === undefined ? readTimeMs(headers.get('retry-after'), serverMs) : bounded(ms);
}
