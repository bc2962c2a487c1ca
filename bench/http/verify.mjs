import { onAnyCore } from '../cores.mjs';
import { startServer } from './processes/server-child.mjs';

const NUMBERS = { limit: 7, windowMs: 3_600_000 };
const DENIALS = 3;
const PATIENCE_MS = 10_000;

/**
 * Asks a limited server for a few requests more than it lets through. Answers in `wrong` what it does otherwise than
 * it should, since its speed would mean little then, or in `unavailable` why it does not run.
 */
export async function verify(framework, variant) {
  let server;
  try {
    server = await startServer({ framework, variant, numbers: NUMBERS, how: onAnyCore });
  } catch (error) {
    return { unavailable: error.message };
  }
  try {
    return { wrong: await wrongAt(server.url) };
  } finally {
    server.child.kill();
  }
}

async function wrongAt(url) {
  const { limit } = NUMBERS;
  for (let asked = 1; asked <= limit + DENIALS; asked++) {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer(); // its connection is free again
    const { status, headers } = response;
    if (status !== (asked <= limit ? 200 : 429))
      return `it answered ${status} to request ${asked} where ${limit} may pass`;
    const missing = ['limit', 'remaining', 'reset'].filter((part) => !tells(headers, part));
    if (status === 429 && !headers.has('retry-after')) missing.push('retry-after');
    if (missing.length > 0) return `with ${status} it does not tell ${missing.join(', ')}`;
  }
  return undefined;
}

function tells(headers, part) {
  return headers.has(`x-ratelimit-${part}`) || headers.has(`ratelimit-${part}`);
}
