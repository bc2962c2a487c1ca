import { addressText, parseAddress } from '../../../http/key/address/address.js';
import { behindProxies } from '../../../http/key/address/client-address.js';
import type { Trusts } from '../../../http/key/proxies/proxies.js';
import type { KeyCounts, Part } from './read-key.js';

/** The proxies before the server that wrote the log. */
export interface ProxiesOfLog {
  readonly trusts: Trusts;
  /** In which they say for whom they ask; in lower case. */
  readonly header: string;
}

/** Who sent a request, as the middleware finds it: whom the log names, or where that is a proxy, for whom it asked. */
export function sender(proxies: ProxiesOfLog | undefined, counts: KeyCounts): Part {
  if (proxies === undefined) return (entry) => entry.address();
  const { trusts, header } = proxies;
  return (entry) => {
    const peer = entry.address();
    if (!trusts(peer === undefined ? undefined : parseAddress(peer), 0)) return peer;
    const value = entry.header(header);
    if (value === undefined) {
      counts.notForwarded++;
      return peer;
    }
    const client = behindProxies(trusts, header, value);
    return client === undefined ? undefined : addressText(client);
  };
}
