import { show } from '@headgate/core-ts';
import { type Address, isDotted, parseAddress } from './address.js';

/** Addresses whose word about a client is taken: ranges by name or in CIDR notation, or a number of hops. */
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
 * @throws TypeError or RangeError that names the option and prints the value. `true` is refused: whoever trusts
 *   every address lets each client write its own.
 */
export function readTrustProxy(option: TrustProxy | undefined): Trusts | undefined {
  if (option === undefined || option === false || option === 0) return undefined;
  if (typeof option === 'number') return hops(option);
  if (option === true)
    throw new RangeError(
      'trustProxy must name the proxies, or how many there are, got true: any client could then write its own address',
    );
  const names = typeof option === 'string' ? option.split(',').map((name) => name.trim()) : option;
  if (!Array.isArray(names) || names.length === 0)
    throw new TypeError(`trustProxy must be ranges, a number of hops or a preset, got ${show(option)}`);
  const ranges = names
    .flatMap((name) => (Object.hasOwn(PRESETS, name) ? (PRESETS[name] ?? []) : [name]))
    .map(readRange);
  return (address) => address !== undefined && ranges.some((range) => range(address));
}

function hops(count: number): Trusts {
  if (!Number.isInteger(count) || count < 0 || count > 100)
    throw new RangeError(`trustProxy must be a whole number of hops from 0 to 100, got ${show(count)}`);
  return (_address, hop) => hop < count;
}

function readRange(range: unknown): (address: Address) => boolean {
  if (typeof range !== 'string') throw new TypeError(`trustProxy must be a list of strings, got ${show(range)} in it`);
  const [text = '', bits, ...more] = range.split('/');
  const network = parseAddress(text);
  const most = network?.kind() === 'ipv4' ? 32 : 128;
  const skipped = most === 32 && !isDotted(text.trim()) ? 96 : 0; // of IPv4 that is mapped into IPv6
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) - skipped : Number.NaN;
  if (network === undefined || more.length > 0 || !(length >= 0 && length <= most))
    throw new RangeError(
      `trustProxy must be addresses, ranges such as 10.0.0.0/8, or ${Object.keys(PRESETS).join(', ')}, got ${show(range)}`,
    );
  return (address) => address.kind() === network.kind() && address.match(network as never, length);
}
