import type ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { addressKey, parseAddress } from './address.js';
import { type Ipv6Subnet, readIpv6Subnet } from './ipv6-subnet.js';
import { maskAddress } from './mask-address.js';

const keyOf = (text: string, option?: Ipv6Subnet) =>
  addressKey(parseAddress(text) as ipaddr.IPv6, readIpv6Subnet(option));

describe('ipv6Subnet', () => {
  it('is 64 bits, and another number for all', () => {
    expect([keyOf('2001:db8:1:2:3::'), keyOf('2001:db8:1:2:3::', 48)]).toEqual([
      '2001:db8:1:2::/64',
      '2001:db8:1::/48',
    ]);
    expect([keyOf('2001:db8::7', 128), keyOf('1.2.3.4', 1)]).toEqual(['2001:db8::7', '1.2.3.4']);
  });

  it('of 6to4 is at most the /48 that an IPv4 address gives', () => {
    expect([keyOf('2002:102:304:5::1'), keyOf('2002:102:304:5::1', 128)]).toEqual(Array(2).fill('2002:102:304::/48'));
    expect(keyOf('2002:102:304:5::1', 32)).toBe('2002:102::/32');
  });

  it('of a translator is the IPv4 address behind it, or the whole where the translator is local', () => {
    expect([keyOf('64:ff9b::1.2.3.4'), keyOf('64:ff9b::102:304', 48)]).toEqual(['1.2.3.4', '1.2.3.4']);
    expect(keyOf('64:ff9b::1:102:304')).toBe('64:ff9b::/64'); // not of that /96
    expect(keyOf('64:ff9b:1:2::7')).toBe('64:ff9b:1:2::7');
  });

  it('may be a list of ranges, of which the first that fits is taken', () => {
    const option = [
      { range: '2001:db8:1::/48', length: 56 },
      { range: '2001:db8::/32', length: 40 },
      { range: '2002::/16', length: 64 },
    ];
    expect(keyOf('2001:db8:1:203::', option)).toBe('2001:db8:1:200::/56');
    expect(keyOf('2001:db8:2:203::', option)).toBe('2001:db8::/40');
    expect(keyOf('2002:102:304:5::', option)).toBe('2002:102:304:5::/64');
    expect(keyOf('2003::1', option)).toBe('2003::/64');
  });

  it('may be a function of the whole address', () => {
    const option = (address: string) => (address.startsWith('2001:db8:') ? 48 : 128);
    expect([keyOf('2001:DB8:0::1', option), keyOf('2003::1', option)]).toEqual(['2001:db8::/48', '2003::1']);
    for (const bits of [0, 129, 0.5, Number.NaN, '64'])
      expect(() => keyOf('2003::1', () => bits as number)).toThrow("ipv6Subnet's answer must be a whole number");
  });

  it('refuses what is none of these, with its value', () => {
    const bad: [unknown, string][] = [
      [0, 'got 0'],
      ['64', 'got "64"'],
      [[7], 'got 7 in it'],
      [[null], 'got null in it'],
      [[{ range: '2001:db8::/32' }], 'length of "2001:db8::/32" must be a whole number'],
      [[{ range: '10.0.0.0/8', length: 64 }], 'must have ranges of IPv6, got "10.0.0.0/8"'],
      [[{ range: '2001:db8::/129', length: 64 }], 'got "2001:db8::/129"'],
      [[{ length: 64 }], 'got undefined in it'],
    ];
    for (const [option, message] of bad) expect(() => readIpv6Subnet(option as number)).toThrow(message);
  });
});

describe('maskAddress', () => {
  it('is what requests from there count by', () => {
    const six = ['::', '::1', ':3::', ':3:4:5:6', ':ffff::', ':8000:0:0:1'].map((end) => `2001:db8:1:2${end}`);
    expect(new Set(six.map((text) => maskAddress(text)))).toEqual(new Set(['2001:db8:1:2::/64']));
    expect([maskAddress('1.2.3.4'), maskAddress('::ffff:1.2.3.4'), maskAddress('2001:db8::1', 128)]).toEqual([
      '1.2.3.4',
      '1.2.3.4',
      '2001:db8::1',
    ]);
  });

  it('is one for whatever is no address', () => {
    for (const none of [undefined, '', 'unknown', '127.1']) expect(maskAddress(none)).toBe('unknown-address');
    expect(() => maskAddress(undefined, 0)).toThrow(RangeError);
  });
});
