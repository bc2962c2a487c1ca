import type { EndpointCall } from '../http/serve/endpoint.js';
import { OWN_HEADER } from './protocol.js';
import { Refused } from './refused.js';

/**
 * Lets through what the page itself sends, what somebody typed, and clients that are no browsers. A browser says where
 * a request comes from in `Sec-Fetch-Site`; where it doesn't, as over plain HTTP, its `Origin` must be this server.
 *
 * @throws Refused for a request that another site may have had a browser send.
 */
export function checkSameOrigin(call: EndpointCall): void {
  const site = call.header('sec-fetch-site');
  const origin = call.header('origin');
  const own =
    site === undefined
      ? origin === undefined || hostOf(origin) === call.host
      : site === 'same-origin' || site === 'none';
  if (!own) throw new Refused(403, 'The request comes from another origin');
}

/**
 * A header that another site can't have a browser send stands on whatever names a key.
 *
 * @throws Refused where it is missing.
 */
export function checkOwnHeader(call: EndpointCall): void {
  if (call.header(OWN_HEADER) === undefined)
    throw new Refused(403, `A request about a key needs the header ${OWN_HEADER}`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
