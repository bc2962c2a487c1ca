import { addressKey, parseAddress } from './address.js';
import { UNKNOWN_ADDRESS } from './client-address.js';
import { type Ipv6Subnet, readIpv6Subnet } from './ipv6-subnet.js';

/**
 * An address as the key `'ip'` has it: IPv4 whole, IPv6 by its network. For keys that are made by hand, since with
 * whole addresses a client has 2^64 keys. What is no address is `unknown-address`.
 *
 * ```ts
 * key: (request, { address }) => `${request.body.email} ${maskAddress(address)}`
 * ```
 *
 * @throws TypeError or RangeError for a bad `ipv6Subnet`, with its value.
 */
export function maskAddress(address: string | undefined, ipv6Subnet?: Ipv6Subnet): string {
  const parsed = address === undefined ? undefined : parseAddress(address);
  const subnet = readIpv6Subnet(ipv6Subnet);
  return parsed === undefined ? UNKNOWN_ADDRESS : addressKey(parsed, subnet);
}
