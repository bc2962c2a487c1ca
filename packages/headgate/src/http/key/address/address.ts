import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

const DOTTED = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const LEADING_ZERO = /(?:^|\.)0\d/;

/**
 * An address in any notation of RFC 4291, or IPv4 as four decimal numbers; with brackets, a port or a zone id, which
 * go. IPv4 that is mapped into IPv6 is the IPv4 address. `undefined` for anything else: octal, hexadecimal and short
 * forms of IPv4 mean other addresses to other programs, so they are none.
 */
export function parseAddress(text: string): Address | undefined {
  const bare = withoutPort(text.trim());
  if (isDotted(bare)) return ipaddr.IPv4.parse(bare);
  const [address = ''] = bare.split('%', 1);
  if (!address.includes(':') || address.length > 45) return undefined;
  const hex = withHexTail(address);
  const parsed = hex.includes('.') ? undefined : parseIPv6(hex);
  return parsed !== undefined && isIn(parsed, MAPPED) ? parsed.toIPv4Address() : parsed;
}

/** To ask first whether it is valid would read it twice. */
function parseIPv6(text: string): ipaddr.IPv6 | undefined {
  try {
    return ipaddr.IPv6.parse(text);
  } catch {
    return undefined; // it is none
  }
}

/** Four decimal numbers, as sockets write them. */
export function isDotted(text: string): boolean {
  return text.length <= 15 && DOTTED.test(text) && !LEADING_ZERO.test(text);
}

/**
 * The key of an address: IPv4 whole, and of IPv6 the network, since whoever has one address has all of its /64.
 *
 * @param subnet how many bits of an IPv6 address count
 */
export function addressKey(address: Address, subnet: SubnetOf): string {
  if (address.kind() === 'ipv4') return address.toString();
  const bytes = address.toByteArray();
  if (isIn(address, NAT64)) return bytes.slice(12).join('.');
  const bits = subnet(address as ipaddr.IPv6);
  const network = new ipaddr.IPv6(bytes.map((byte, i) => byte & maskOf(bits - 8 * i))).toRFC5952String();
  return bits === 128 ? network : `${network}/${bits}`;
}

/** The whole of an address, in one notation. */
export function addressText(address: Address): string {
  return address.kind() === 'ipv4' ? address.toString() : (address as ipaddr.IPv6).toRFC5952String();
}

/** How many bits of an IPv6 address count, 1 to 128. */
export type SubnetOf = (address: ipaddr.IPv6) => number;

/** An IPv4 address in its last 32 bits (RFC 4291 §2.5.5.2). */
const MAPPED = range('::ffff:0:0/96');
/** So too (RFC 6052 §2.1). */
const NAT64 = range('64:ff9b::/96');

/** An address and how many of its bits count. */
export type Range = readonly [network: Address, length: number];

export function range(text: string): Range {
  return ipaddr.IPv6.parseCIDR(text);
}

export function isIn(address: Address, [network, length]: Range): boolean {
  return address.kind() === network.kind() && address.match(network as never, length);
}

function maskOf(bits: number): number {
  if (bits >= 8) return 0xff;
  return bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}

/** IPv4 at the end as two groups: ipaddr.js reads it in octal too, and takes `::1.2.3.4` for the mapped `::ffff:1.2.3.4`. */
function withHexTail(address: string): string {
  const start = address.lastIndexOf(':') + 1;
  const tail = address.slice(start);
  if (!isDotted(tail)) return address;
  const [a, b, c, d] = tail.split('.').map(Number) as [number, number, number, number];
  return `${address.slice(0, start)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** `[…]:port` and `1.2.3.4:port` lose the port; a bare IPv6 address has colons of its own. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed !== null) return (bracketed[1] as string).includes(':') ? (bracketed[1] as string) : '';
  const withPort = /^([^:]*):\d{1,5}$/.exec(text);
  return withPort === null ? text : (withPort[1] as string);
}
