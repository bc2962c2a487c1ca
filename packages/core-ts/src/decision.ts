import type { Decision } from './contract.js';

/** Builds a decision from whole milliseconds, deriving the seconds. `retryAfterMs` may be `Infinity`. */
export function decision(
  allowed: boolean,
  limit: number,
  remaining: number,
  resetAfterMs: number,
  retryAfterMs: number,
): Decision {
  return {
    allowed,
    limit,
    remaining,
    resetAfterMs,
    retryAfterMs,
    resetAfterSeconds: Math.ceil(resetAfterMs / 1000),
    retryAfterSeconds: allowed ? 0 : Math.ceil(retryAfterMs / 1000), // a division is dear on the hot path
  };
}
