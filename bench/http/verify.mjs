const DENIALS = 3;
const PATIENCE_MS = 10_000;

/** By which numbers a server is verified. */
export const VERIFIED = { limit: 7, windowMs: 3_600_000 };

/**
 * Asks a server for a few requests more than it lets through. Answers what it does otherwise than it should: its
 * speed would mean little then. `undefined`: nothing.
 */
export async function verify(url) {
  for (let asked = 1; asked <= VERIFIED.limit + DENIALS; asked++) {
    const { status, headers } = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const wanted = asked <= VERIFIED.limit ? 200 : 429;
    if (status !== wanted) return `it answered ${status} to request ${asked} of ${VERIFIED.limit}`;
    const names = [...headers.keys()];
    const missing = ['limit', 'remaining', 'reset'].filter((part) => !names.some((name) => tells(name, part)));
    if (status === 429 && !headers.has('retry-after')) missing.push('retry-after');
    if (missing.length > 0) return `it sends no ${missing.join(', ')} with ${status}`;
  }
  return undefined;
}

function tells(name, part) {
  return name === `x-ratelimit-${part}` || name === `ratelimit-${part}`;
}
