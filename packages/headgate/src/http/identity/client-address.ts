import type { Reader } from '../reader.js';
import { type Address, addressKey, isDotted, parseAddress } from './address.js';
import { readForwarded } from './forwarded.js';
import type { Trusts } from './proxies.js';

/** The bucket of all requests whose address can't be read. */
export const UNKNOWN_ADDRESS = 'unknown-address';
/** More proxies than stand behind one another anywhere. */
const MOST_HOPS = 100;

export interface AddressOptions {
  readonly trusts: Trusts | undefined;
  /** In lower case. */
  readonly forwardedHeader: string;
  readonly ipv6Subnet: number;
  /** Told once of a forwarding header that is not trusted; `undefined` where that is as it should be. */
  readonly warn: ((message: string) => void) | undefined;
}

/**
 * Answers the key of a request's address: the socket's, or where that is a trusted proxy's the right-most one that
 * no trusted proxy has. `undefined` where it can't be read.
 */
export function clientAddress<R>(reader: Reader<R>, options: AddressOptions): (request: R) => string | undefined {
  const { trusts, ipv6Subnet } = options;
  const warnOnce = untrustedWarning(reader, options);

  return (request) => {
    const socket = reader.address(request);
    if (trusts === undefined) {
      warnOnce?.(request);
      if (socket === undefined) return undefined;
      if (isDotted(socket)) return socket; // as sockets write it: nothing to parse
      const address = parseAddress(socket);
      return address && addressKey(address, ipv6Subnet);
    }
    const address = behindProxies(socket === undefined ? undefined : parseAddress(socket), request);
    return address && addressKey(address, ipv6Subnet);
  };

  function behindProxies(socket: Address | undefined, request: R): Address | undefined {
    if (!trusts?.(socket, 0)) {
      warnOnce?.(request);
      return socket;
    }
    const value = reader.header(request, options.forwardedHeader);
    if (value === undefined || value === '') return socket;
    let address = socket;
    let hop = 1;
    for (const said of readForwarded(options.forwardedHeader, value)) {
      address = parseAddress(said);
      if (hop > MOST_HOPS || !trusts?.(address, hop)) break;
      hop++;
    }
    return address;
  }
}

/** Says it once: whoever stands behind a proxy without knowing counts all clients as one. */
function untrustedWarning<R>(
  reader: Reader<R>,
  { forwardedHeader, warn }: AddressOptions,
): ((request: R) => void) | undefined {
  if (warn === undefined) return undefined;
  const headers = [...new Set([forwardedHeader, 'x-forwarded-for', 'forwarded'])];
  let told = false;
  return (request) => {
    if (told || reader.hasAny?.(request, headers) === false) return;
    for (const header of headers) {
      if (reader.header(request, header) === undefined) continue;
      told = true;
      warn(
        `headgate: a request came with the header ${header}, which is not trusted, so clients are told apart by the address of the socket alone. Behind a proxy, say which: trustProxy: 'loopback', ['10.0.0.0/8'], or the number of hops. Without one, trustProxy: false is right, and this is a client that tries to look like another.`,
      );
      return;
    }
  };
}
