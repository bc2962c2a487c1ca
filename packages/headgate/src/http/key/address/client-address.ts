import type { Reader } from '../../reader.js';
import { type FrameworkProxies, frameworkTrust } from '../proxies/framework-proxies.js';
import type { Trusts } from '../proxies/proxies.js';
import { untrustedWarning } from '../proxies/untrusted-warning.js';
import { type Address, addressKey, addressText, isDotted, parseAddress, type SubnetOf } from './address.js';
import { readForwarded } from './forwarded.js';

/** The bucket of all requests whose address can't be read. */
export const UNKNOWN_ADDRESS = 'unknown-address';
/** More proxies than stand behind one another anywhere. */
const MOST_HOPS = 100;

export interface AddressOptions {
  /** `'framework'`: those that the framework trusts. */
  readonly trusts: Trusts | 'framework' | undefined;
  /** In lower case; `undefined`: the framework's, or `x-forwarded-for`. */
  readonly forwardedHeader: string | undefined;
  readonly subnet: SubnetOf;
  /** Told once of a proxy that is not trusted; `undefined` where that is as it should be. */
  readonly warn: ((message: string) => void) | undefined;
}

/**
 * Who sent a request: the socket's address, or where that is a trusted proxy's the right-most one that no trusted
 * proxy has. `undefined` where it can't be read, `null` where the client was gone before it was.
 */
export interface ClientAddress<R> {
  /** The whole of it. */
  text(request: R): string | null | undefined;
  /** As it is counted by. */
  key(request: R): string | null | undefined;
}

export function clientAddress<R>(reader: Reader<R>, options: AddressOptions): ClientAddress<R> {
  const { trusts, subnet } = options;
  const named: FrameworkProxies | undefined = trusts === 'framework' || trusts === undefined ? undefined : { trusts };
  const proxiesOf = trusts === 'framework' ? frameworkTrust(reader) : () => named;
  const warnOnce = untrustedWarning(reader, options);

  /** A string is IPv4 as sockets write it, with nothing to parse. */
  function find(request: R): Address | string | null | undefined {
    const peer = reader.address(request);
    const proxies = proxiesOf(request);
    if (proxies === undefined) {
      warnOnce?.(request);
      return typeof peer !== 'string' || isDotted(peer) ? peer : parseAddress(peer);
    }
    const socket = typeof peer === 'string' ? parseAddress(peer) : undefined;
    if (!proxies.trusts(socket, 0)) {
      warnOnce?.(request);
      return peer === null ? null : socket;
    }
    const header = options.forwardedHeader ?? proxies.header ?? 'x-forwarded-for';
    const value = reader.header(request, header);
    if (value === undefined || value === '') return peer === null ? null : socket;
    return behindProxies(proxies.trusts, header, value);
  }

  return {
    text(request) {
      const found = find(request);
      return typeof found === 'object' && found !== null ? addressText(found) : found;
    },
    key(request) {
      const found = find(request);
      return typeof found === 'object' && found !== null ? addressKey(found, subnet) : found;
    },
  };
}

/** Who sent what a trusted proxy handed on, by the header `value`; `undefined` where that can't be read. `header` in lower case. */
export function behindProxies(trusts: Trusts, header: string, value: string): Address | undefined {
  let address: Address | undefined;
  let hop = 1;
  for (const said of readForwarded(header, value)) {
    address = parseAddress(said);
    if (hop > MOST_HOPS || !trusts(address, hop)) break;
    hop++;
  }
  return address;
}
