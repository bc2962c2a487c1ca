import { addressText, isDotted, parseAddress } from '../../../http/key/address/address.js';
import { behindProxies } from '../../../http/key/address/client-address.js';
import type { Trusts } from '../../../http/key/proxies/proxies.js';
import type { LogEntry } from '../log/entry.js';
import type { KeyCounts, Part } from './key-part.js';
import { remembering } from './remembering.js';

/** The proxies before the server that wrote the log. */
export interface ProxiesOfLog {
  readonly trusts: Trusts;
  /** In which they say for whom they ask; in lower case. */
  readonly header: string;
}

/** So many requests show whether a log has such a header. */
const MOST_LOOKED = 1000;

/** Who sent a request, as the middleware finds it: whom the log names, or where that is a proxy, for whom it asked. */
export function sender(proxies: ProxiesOfLog | undefined, counts: KeyCounts): Part {
  const look = (entry: LogEntry, header: string) => {
    if (counts.looked >= MOST_LOOKED) return;
    counts.looked++;
    if (entry.header(header) !== undefined) counts.notBelieved++;
  };
  if (proxies === undefined)
    return (entry) => {
      look(entry, 'x-forwarded-for');
      return entry.address();
    };
  const { trusts, header } = proxies;
  const isBare = header !== 'forwarded'; // of RFC 7239, which has names before its addresses
  const isProxy = remembering((peer) => trusts(parseAddress(peer), 0));
  return (entry) => {
    const peer = entry.address();
    if (!(peer === undefined ? trusts(undefined, 0) : isProxy(peer))) {
      look(entry, header);
      return peer;
    }
    const value = entry.header(header);
    if (value === undefined) {
      counts.notForwarded++;
      return peer;
    }
    if (isBare && isDotted(value)) return value; // the only one that is named
    const client = behindProxies(trusts, header, value);
    return client === undefined ? undefined : addressText(client);
  };
}
