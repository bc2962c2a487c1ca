import { BlockList, isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, dotted, groups, plain } from '../../../../test/http/arbitraries/address.js';
import { parseAddress } from '../address/address.js';
import { PRESETS, readTrustProxy, type TrustProxy } from './proxies.js';

const family = (text: string) => (isIPv4(text) ? 'ipv4' : 'ipv6');

function trusted(option: TrustProxy, text: string): boolean | undefined {
  return readTrustProxy(option)?.(parseAddress(text), 0);
}

/** An address, how many bits of it are a range, and one that differs from it in one bit or altogether. */
const rangesAndAddresses = fc
  .oneof(
    fc.tuple(dotted, fc.integer({ min: 1, max: 32 }), fc.nat(31)),
    fc.tuple(groups.map(plain), fc.integer({ min: 1, max: 128 }), fc.nat(127)),
  )
  .chain(([text, bits, flip]) =>
    fc.tuple(fc.constant(text), fc.constant(bits), fc.oneof(fc.constant(flipped(text, flip)), address)),
  );

function flipped(text: string, bit: number): string {
  if (isIPv4(text)) {
    const numbers = text.split('.').map((octet, i) => Number(octet) ^ (i === bit >> 3 ? 0x80 >> (bit & 7) : 0));
    return numbers.join('.');
  }
  return text
    .split(':')
    .map((group, i) => (Number.parseInt(group, 16) ^ (i === bit >> 4 ? 0x8000 >> (bit & 15) : 0)).toString(16))
    .join(':');
}

describe('trustProxy with ranges', () => {
  it('trusts what BlockList has in the range', () => {
    fc.assert(
      fc.property(rangesAndAddresses, ([range, bits, other]) => {
        const list = new BlockList();
        list.addSubnet(range, bits, family(range));
        const sameFamily = family(range) === family(other);
        expect(trusted([`${range}/${bits}`], other)).toBe(sameFamily && list.check(other, family(other)));
        expect(trusted(`${range}/${bits}`, range)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes IPv4 that is mapped into IPv6 for IPv4, in addresses and in ranges', () => {
    fc.assert(
      fc.property(dotted, fc.integer({ min: 1, max: 32 }), dotted, (range, bits, other) => {
        const asIPv4 = trusted([`${range}/${bits}`], other);
        expect(trusted([`${range}/${bits}`], `::ffff:${other}`)).toBe(asIPv4);
        expect(trusted([`::ffff:${range}/${96 + bits}`], other)).toBe(asIPv4);
        expect(trusted([`0:0:0:0:0:FFFF:${range}/${96 + bits}`], other)).toBe(asIPv4);
      }),
    );
    expect(trusted(['::ffff:0:0/97'], '9.9.9.9')).toBe(true);
  });

  it('trusts one address where no bits are given', () => {
    expect([trusted('10.0.0.1', '10.0.0.1'), trusted('10.0.0.1', '10.0.0.2')]).toEqual([true, false]);
    expect([trusted('::1', '0:0::1'), trusted('::1', '::2')]).toEqual([true, false]);
  });

  it('knows the presets, several of them, and ranges among them', () => {
    for (const [name, ranges] of Object.entries(PRESETS)) {
      for (const range of ranges) {
        const [first = ''] = range.split('/');
        expect([range, trusted(name, first), trusted([name], first)]).toEqual([range, true, true]);
      }
      expect([name, trusted(name, '8.8.8.8'), trusted(name, '2001:4860:4860::8888')]).toEqual([name, false, false]);
    }
    const both = ' loopback , 9.9.9.0/24';
    expect([
      trusted(both, '127.0.0.1'),
      trusted(both, '::1'),
      trusted(both, '9.9.9.9'),
      trusted(both, '9.9.8.9'),
    ]).toEqual([true, true, true, false]);
  });

  it('never trusts what is no address', () => {
    expect(trusted(['0.0.0.0/1', '::/1'], 'unknown')).toBe(false);
    expect(readTrustProxy('loopback')?.(undefined, 0)).toBe(false);
  });

  it('refuses what is no range, with its value', () => {
    const bad = [
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10/8',
      '0x0a.0.0.0/8',
      '',
      'privat',
    ];
    const more = [
      '10.0.0.0/ 8',
      '10.0.0.0/1e1',
      '::ffff:10.0.0.0/8',
      '10.0.0.0:80/8',
      '::ffff:10.0.0.0/95',
      '*',
      'toString',
      '__proto__',
    ];
    for (const range of [...bad, ...more])
      expect(() => readTrustProxy([range])).toThrow(`got ${JSON.stringify(range)}`);
    for (const option of [[], {}, null, [8], [['loopback', 8]]])
      expect(() => readTrustProxy(option as unknown as TrustProxy)).toThrow(/trustProxy must be/);
  });
});

describe('trustProxy with hops', () => {
  it('trusts so many, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(120), (count, hop) => {
        expect(readTrustProxy(count)?.(undefined, hop)).toBe(hop < count);
      }),
    );
  });

  it('is the same as false where it is 0', () => {
    expect([readTrustProxy(0), readTrustProxy(-0), readTrustProxy(false), readTrustProxy(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('refuses what is no number of hops, and true, which would believe everybody', () => {
    for (const count of [-1, 1.5, 101, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => readTrustProxy(count)).toThrow(RangeError);
  });

  it('refuses whatever believes everybody, however it is written', () => {
    for (const all of [true, '0.0.0.0/0', '::/0', '1.2.3.4/0', '2001:db8::/0', '::ffff:0:0/96', ['loopback', '::/0']])
      expect(() => readTrustProxy(all)).toThrow('any client could then write its own address');
  });
});
