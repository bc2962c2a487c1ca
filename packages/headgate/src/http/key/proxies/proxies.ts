import { show } from '@headgate/core-ts';
import { type Address, isIn } from '../address/address.js';
import { readRange } from './ranges.js';

/**
 * Addresses whose word about a client is taken: ranges by name or in CIDR notation, a number of hops, or
 * `'framework'` for those that the framework itself is told to trust.
 */
export type TrustProxy = boolean | number | string | readonly string[];

/** Whether the address at this hop, 0 being the socket's, is a proxy of ours. */
export type Trusts = (address: Address | undefined, hop: number) => boolean;

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];

/** Names for ranges. */
export const PRESETS: Readonly<Record<string, readonly string[]>> = {
  loopback: LOOPBACK,
  'link-local': LINK_LOCAL,
  private: [...PRIVATE, ...LOOPBACK, ...LINK_LOCAL],
  cgnat: ['100.64.0.0/10'],
  // https://www.cloudflare.com/ips/, which last changed in 2023.
  cloudflare: [
    '173.245.48.0/20',
    '103.21.244.0/22',
    '103.22.200.0/22',
    '103.31.4.0/22',
    '141.101.64.0/18',
    '108.162.192.0/18',
    '190.93.240.0/20',
    '188.114.96.0/20',
    '197.234.240.0/22',
    '198.41.128.0/17',
    '162.158.0.0/15',
    '104.16.0.0/13',
    '104.24.0.0/14',
    '172.64.0.0/13',
    '131.0.72.0/22',
    '2400:cb00::/32',
    '2606:4700::/32',
    '2803:f800::/32',
    '2405:b500::/32',
    '2405:8100::/32',
    '2a06:98c0::/29',
    '2c0f:f248::/32',
  ],
};

/**
 * @throws TypeError or RangeError that names the option and prints the value. What trusts every address is refused:
 *   each client could then write its own.
 */
export function readTrustProxy(option: TrustProxy | undefined): Trusts | undefined {
  if (option === undefined || option === false || option === 0) return undefined;
  if (typeof option === 'number') return hops(option);
  if (option === true) throw trustsEverybody(option);
  const names = typeof option === 'string' ? option.split(',').map((name) => name.trim()) : option;
  if (!Array.isArray(names) || names.length === 0)
    throw new TypeError(`trustProxy must be ranges, a number of hops or a preset, got ${show(option)}`);
  const ranges = names
    .flatMap((name) => (Object.hasOwn(PRESETS, name) ? (PRESETS[name] ?? []) : [name]))
    .map((text) => {
      const range = readRange('trustProxy', text, `ranges such as 10.0.0.0/8, or ${Object.keys(PRESETS).join(', ')}`);
      if (range[1] === 0) throw trustsEverybody(text);
      return range;
    });
  return (address) => address !== undefined && ranges.some((range) => isIn(address, range));
}

export function trustsEverybody(value: unknown): RangeError {
  return new RangeError(
    `trustProxy must name the proxies, or how many there are, got ${show(value)}: any client could then write its own address`,
  );
}

function hops(count: number): Trusts {
  if (!Number.isInteger(count) || count < 0 || count > 100)
    throw new RangeError(`trustProxy must be a whole number of hops from 0 to 100, got ${show(count)}`);
  return (_address, hop) => hop < count;
}
