import { type EndpointAnswer, type EndpointCall, json, notAllowed } from '../http/serve/endpoint.js';
import type { WatchedLimiters } from '../http/serve/watched-limiter.js';
import { builtPage } from '../pages/built.js';
import { PAGE, PAGE_POLICY } from './built-page.js';
import type { HostCheck } from './hosts.js';
import { QUERY } from './protocol.js';
import { readKey, readSeconds } from './read-key.js';
import { Refused } from './refused.js';
import { checkOwnHeader, checkSameOrigin } from './same-origin.js';
import { snapshotOf } from './snapshot.js';

/**
 * What the dashboard answers: the page, `?headgate=snapshot`, and by POST `?headgate=peek`, `reset` and `block`.
 *
 * @param nowMs Unix time that only goes forward
 */
export function dashboardAnswers(
  limiters: WatchedLimiters,
  checkHost: HostCheck,
  nowMs = steadyUnixTime,
): (call: EndpointCall) => Promise<EndpointAnswer> {
  return async (call) => {
    try {
      checkHost(call);
      return safe(await answer(call, limiters, nowMs));
    } catch (error) {
      if (error instanceof Refused) return safe(json(error.status, { detail: error.message }));
      throw error;
    }
  };
}

async function answer(call: EndpointCall, limiters: WatchedLimiters, nowMs: () => number): Promise<EndpointAnswer> {
  const wanted = call.query.get(QUERY);
  const reads = call.method === 'GET' || call.method === 'HEAD';
  if (wanted === null || wanted === 'snapshot') {
    if (!reads) return notAllowed(['GET', 'HEAD']);
    if (wanted === null) return await page();
    checkSameOrigin(call);
    return json(200, await snapshotOf(limiters, nowMs()));
  }
  if (wanted !== 'peek' && wanted !== 'reset' && wanted !== 'block')
    throw new Refused(404, `There is no ${JSON.stringify(wanted)} here`);
  if (call.method !== 'POST') return notAllowed(['POST']);
  checkOwnHeader(call);
  checkSameOrigin(call);
  const { limiter, key, fields } = await readKey(call.body, limiters);
  if (wanted === 'peek') return json(200, await limiter.peek(key));
  if (wanted === 'reset') return json(200, { live: await limiter.reset(key) });
  if (limiter.block === undefined) throw new Refused(501, 'This limiter can not block a key');
  return json(200, { blocked: await limiter.block(key, readSeconds(fields) * 1000) });
}

let wholePage: Promise<string> | undefined;

async function page(): Promise<EndpointAnswer> {
  wholePage ??= builtPage(PAGE);
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PAGE_POLICY };
  return { status: 200, headers: { ...headers, 'Cache-Control': 'no-store' }, body: await wholePage };
}

/** Nobody frames it, embeds it, guesses its type, or learns where it is. */
function safe(answer: EndpointAnswer): EndpointAnswer {
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
