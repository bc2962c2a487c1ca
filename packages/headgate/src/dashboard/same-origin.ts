import type { Call } from '../http/endpoint.js';
import { OWN_HEADER } from './protocol.js';
import { Refused } from './refused.js';

/**
 * Lets through what the page itself sends, and clients that are no browsers. A browser says where a request comes
 * from in `Sec-Fetch-Site`; where it doesn't, as over plain HTTP, its `Origin` must be what this server is called.
 *
 * @throws Refused for a request that another site may have had a browser send.
 */
export function checkSameOrigin(call: Call): void {
  if (call.header(OWN_HEADER) === undefined)
    throw new Refused(403, `A request that changes or tells something needs the header ${OWN_HEADER}`);
  const site = call.header('sec-fetch-site');
  const origin = call.header('origin');
  const own = site === undefined ? origin === undefined || hostOf(origin) === call.host : site === 'same-origin';
  if (!own) throw new Refused(403, 'The request comes from another origin');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
