import { show } from '@headgate/core-ts';
import { isDotted, parseAddress, type Range } from '../address/address.js';

/**
 * An address, which is a range of one, or a range in CIDR notation; IPv4 that is mapped into IPv6 is IPv4.
 *
 * @param wanted what else the option may be
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readRange(option: string, text: unknown, wanted: string): Range {
  if (typeof text !== 'string') throw new TypeError(`${option} must be a list of strings, got ${show(text)} in it`);
  const [address = '', bits, ...more] = text.split('/');
  const network = parseAddress(address);
  const most = network?.kind() === 'ipv4' ? 32 : 128;
  const skipped = most === 32 && !isDotted(address.trim()) ? 96 : 0;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) - skipped : Number.NaN;
  if (network === undefined || more.length > 0 || !(length >= 0 && length <= most))
    throw new RangeError(`${option} must be addresses, ${wanted}, got ${show(text)}`);
  return [network, length];
}
