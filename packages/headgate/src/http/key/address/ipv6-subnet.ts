import { show, wholeNumber } from '@headgate/core-ts';
import { readRange } from '../proxies/ranges.js';
import { addressText, isIn, range, type SubnetOf } from './address.js';

/**
 * How many bits of an IPv6 address count: a number for all; ranges that have one of their own, the first that fits,
 * with 64 for all others; or a function of the address.
 */
export type Ipv6Subnet =
  | number
  | readonly { readonly range: string; readonly length: number }[]
  | ((address: string) => number);

const USUAL = 64;
/** Whoever has an IPv4 address has a whole /48 of these (RFC 3056 §2). */
const SIX_TO_FOUR = range('2002::/16');
/** Of a local translator, where each client has the one address (RFC 8215). */
const LOCAL_NAT64 = range('64:ff9b:1::/48');

/** @throws TypeError or RangeError that names the option and prints the value. */
export function readIpv6Subnet(option: Ipv6Subnet = USUAL): SubnetOf {
  if (typeof option === 'function')
    return (address) => wholeNumber("ipv6Subnet's answer", option(addressText(address)), 1, 128);
  if (!Array.isArray(option)) return byDefault(wholeNumber('ipv6Subnet', option, 1, 128));
  const ranges = option.map((each: unknown) => {
    if (typeof each !== 'object' || each === null)
      throw new TypeError(`ipv6Subnet must be a list of { range, length }, got ${show(each)} in it`);
    const { range, length } = each as { readonly range?: unknown; readonly length?: unknown };
    const read = readRange('ipv6Subnet', range, 'ranges such as 2001:db8::/32');
    if (read[0].kind() !== 'ipv6') throw new RangeError(`ipv6Subnet must have ranges of IPv6, got ${show(range)}`);
    return { range: read, length: wholeNumber(`ipv6Subnet's length of ${show(range)}`, length, 1, 128) };
  });
  const others = byDefault(USUAL);
  return (address) => ranges.find(({ range }) => isIn(address, range))?.length ?? others(address);
}

function byDefault(bits: number): SubnetOf {
  return (address) => {
    if (isIn(address, SIX_TO_FOUR)) return Math.min(bits, 48);
    return isIn(address, LOCAL_NAT64) ? 128 : bits;
  };
}
