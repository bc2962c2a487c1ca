import { type Answer, type Call, json, notAllowed } from '../http/endpoint.js';
import type { WatchedLimiters } from '../http/watched-limiter.js';
import { PAGE, PAGE_POLICY } from './built-page.js';
import { QUERY } from './protocol.js';
import { readKey } from './read-key.js';
import { Refused } from './refused.js';
import { checkSameOrigin } from './same-origin.js';
import { snapshotOf } from './snapshot.js';

/**
 * What the dashboard answers: the page, `?headgate=snapshot`, and by POST `?headgate=peek` and `?headgate=reset`.
 *
 * @param nowMs Unix time that only goes forward
 */
export function dashboardAnswers(limiters: WatchedLimiters, nowMs = steadyUnixTime): (call: Call) => Promise<Answer> {
  return async (call) => {
    try {
      return safe(await answer(call, limiters, nowMs));
    } catch (error) {
      if (error instanceof Refused) return safe(json(error.status, { detail: error.message }));
      throw error;
    }
  };
}

async function answer(call: Call, limiters: WatchedLimiters, nowMs: () => number): Promise<Answer> {
  const wanted = call.query.get(QUERY);
  const reads = call.method === 'GET' || call.method === 'HEAD';
  if (wanted === null || wanted === 'snapshot') {
    if (!reads) return notAllowed(['GET', 'HEAD']);
    return wanted === null ? page() : json(200, await snapshotOf(limiters, nowMs()));
  }
  if (wanted !== 'peek' && wanted !== 'reset') throw new Refused(404, `There is no ${JSON.stringify(wanted)} here`);
  if (call.method !== 'POST') return notAllowed(['POST']);
  checkSameOrigin(call);
  const { limiter, key } = await readKey(call.body, limiters);
  return wanted === 'peek' ? json(200, await limiter.peek(key)) : json(200, { live: await limiter.reset(key) });
}

function page(): Answer {
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PAGE_POLICY };
  return { status: 200, headers: { ...headers, 'Cache-Control': 'no-store' }, body: PAGE };
}

/** Nobody frames it, embeds it, guesses its type, or learns where it is. */
function safe(answer: Answer): Answer {
  const headers = {
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function steadyUnixTime(): number {
  return performance.timeOrigin + performance.now();
}
