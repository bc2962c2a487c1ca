import { oneOf } from '@headgate/core-ts';
import { readHeaderName } from '../options/http-options.js';
import type { HttpOptions } from '../options/options.js';
import type { Reader } from '../reader.js';
import { clientAddress } from './address/client-address.js';
import { readIpv6Subnet } from './address/ipv6-subnet.js';
import type { ClientReader } from './client.js';
import { KEY_KINDS, type KeyKind, keyOf } from './key.js';
import { readTrustProxy } from './proxies/proxies.js';

/**
 * How a client is told by the options.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readClient<R>(options: HttpOptions<R>, reader: Reader<R>): ClientReader<R> {
  const { key = 'ip', trustProxy, unknownAddress = 'share', user, warn = console.warn } = options;
  const kinds = [key].flat() as readonly unknown[];
  if (kinds.length === 0) throw new RangeError('key must have a kind in it, got an empty array');
  for (const kind of kinds) if (typeof kind !== 'function') oneOf('key', kind as KeyKind, KEY_KINDS);
  checkKnown(kinds, options, reader);
  const address = clientAddress(reader, {
    trusts: trustProxy === 'framework' ? trustProxy : readTrustProxy(trustProxy),
    forwardedHeader: readHeaderName('forwardedHeader', options.forwardedHeader),
    subnet: readIpv6Subnet(options.ipv6Subnet),
    warn: trustProxy === false ? undefined : warn,
  });
  const refuseUnknownAddress = oneOf('unknownAddress', unknownAddress, ['share', 'refuse']) === 'refuse';
  const apiKeyHeader = readHeaderName('apiKeyHeader', options.apiKeyHeader);
  return {
    address: (request) => address.text(request) ?? undefined,
    key: keyOf(key, { reader, address, refuseUnknownAddress, user, apiKeyHeader, warn }),
  };
}

/** What nothing here can tell would be one and the same for all requests. */
function checkKnown<R>(kinds: readonly unknown[], { trustProxy, user }: HttpOptions<R>, reader: Reader<R>): void {
  if (kinds.includes('user') && user === undefined && reader.user === undefined)
    throw new TypeError("key 'user' needs the option user, a function of the request: nothing here keeps one");
  if (kinds.includes('route') && reader.route === undefined)
    throw new TypeError("key 'route' needs a router, and there is none here: count by 'path', or by a function");
  if (trustProxy === 'framework' && reader.proxies === undefined)
    throw new TypeError("trustProxy can't be 'framework' here, which knows of no proxies: name them, or say how many");
}
