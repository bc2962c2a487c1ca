import { show } from '@headgate/core-ts';
import { parseAddress } from '../http/key/address/address.js';
import type { EndpointCall } from '../http/serve/endpoint.js';
import { Refused } from './refused.js';

/** What the page may be called by: lets through or throws `Refused`. */
export type HostCheck = (call: EndpointCall) => void;

/**
 * Refuses a host that the page was not set up for. An attacker may have a name of his point at this server (DNS
 * rebinding): for a browser, his page and this one are one origin then. Addresses and `localhost` can't be such names.
 *
 * @param option host names, with a port where only that port is meant
 * @throws TypeError for what is none.
 */
export function readHosts(option: readonly string[] | undefined = []): HostCheck {
  if (!Array.isArray(option)) throw new TypeError(`hosts must be an array of host names, got ${show(option)}`);
  const known = new Set(option.map(readHost));
  return ({ host }) => {
    const named = host === undefined ? undefined : hostUrl(host);
    if (named === undefined) throw new Refused(400, 'The request has no Host that can be read');
    if (isLocal(named.hostname) || known.has(named.hostname) || known.has(named.host)) return;
    throw new Refused(403, `This page is not set up for the host ${JSON.stringify(host)}: name it in the option hosts`);
  };
}

function readHost(given: unknown, index: number): string {
  const named = typeof given === 'string' ? hostUrl(given) : undefined;
  if (named === undefined)
    throw new TypeError(`hosts[${index}] must be a host name, with a port or without, got ${show(given)}`);
  return named.host;
}

/** The URL that has this host and nothing else: names in lower case and in ASCII, addresses in their usual form. */
function hostUrl(host: string): URL | undefined {
  if (!/^[^\s/\\?#@]+$/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`);
}

function isLocal(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true;
  return parseAddress(hostname.replace(/^\[(.*)\]$/, '$1')) !== undefined;
}
