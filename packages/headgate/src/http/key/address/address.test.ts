import { BlockList, isIP, isIPv4 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  dotted,
  dressed,
  groups,
  isMapped,
  notationOf,
  octets,
  plain,
} from '../../../../test/http/arbitraries/address.js';
import { addressKey, isDotted, parseAddress } from './address.js';

/** The key of a text with all its bits, `undefined` for what is no address. */
function wholeKey(text: string): string | undefined {
  const address = parseAddress(text);
  return address && addressKey(address, () => 128);
}

const any = fc.oneof(
  groups,
  octets.map(([a, b, c, d]) => [0, 0, 0, 0, 0, 0, (a << 8) | b, (c << 8) | d]),
);

describe('parseAddress', () => {
  it('reads every notation of an IPv6 address as the one that RFC 5952 recommends', () => {
    const written = any.chain((all) => fc.tuple(fc.constant(all), notationOf(all).chain(dressed)));
    fc.assert(
      fc.property(written, ([all, text]) => {
        expect(wholeKey(text)).toBe(new URL(`http://[${plain(all)}]`).hostname.slice(1, -1));
      }),
      {
        examples: [
          [[[0, 0, 0, 0, 0, 0, 0x102, 0x304], '::1.2.3.4']], // ipaddr.js takes it for ::ffff:1.2.3.4
          [[[1, 2, 3, 4, 5, 6, 7, 0], '1:2:3:4:5:6:7::']],
          [[[0, 0, 0, 0, 0, 0, 0, 0], '::']],
        ],
      },
    );
  });

  it('agrees with ipaddr.js on what those groups are', () => {
    fc.assert(
      fc.property(groups, (all) => {
        const parsed = parseAddress(plain(all));
        expect(parsed?.toByteArray()).toEqual(bytesOf(all));
        expect(ipaddr.IPv6.parse(wholeKey(plain(all)) as string).toByteArray()).toEqual(bytesOf(all));
      }),
    );
  });

  it('takes exactly what net.isIP takes, for texts without a port', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEFxg:::...'), maxLength: 48 });
    const near = fc
      .tuple(any.chain(notationOf), fc.nat(44), fc.constantFrom('', ':', '::', '0', 'g', '.', '1', ' '), fc.nat(1))
      .map(([text, at, put, cut]) => text.slice(0, at) + put + text.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(soup, near, dotted), (text) => {
        fc.pre(!/^[^:]*:\d{1,5}$/.test(text));
        expect([text, parseAddress(text) !== undefined]).toEqual([text, isIP(text.trim()) !== 0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads IPv4 that is mapped into IPv6 as IPv4, in every notation', () => {
    const mapped = octets.chain(([a, b, c, d]) => {
      const all = [0, 0, 0, 0, 0, 0xffff, (a << 8) | b, (c << 8) | d];
      expect(isMapped(all)).toBe(true);
      return fc.tuple(fc.constant(`${a}.${b}.${c}.${d}`), notationOf(all).chain(dressed));
    });
    fc.assert(fc.property(mapped, ([ipv4, text]) => void expect(wholeKey(text)).toBe(ipv4)));
  });

  it('takes the port from IPv4, and the space around it', () => {
    fc.assert(
      fc.property(dotted, fc.nat(65_535), (text, port) => {
        expect([wholeKey(text), wholeKey(`${text}:${port}`), wholeKey(` ${text}\t`)]).toEqual([text, text, text]);
      }),
    );
  });

  it('refuses octal, hexadecimal, short and whole-number forms of IPv4, alone and within IPv6', () => {
    const forms = octets.chain(([a, b, c, d]) => {
      const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
      const hex = `0x${number.toString(16)}`;
      const [octal, dottedHex] = [`0${a.toString(8)}.${b}.${c}.${d}`, `${a}.${b}.0x${c.toString(16)}.${d}`];
      const short = [`${a}.${b}.${(c << 8) | d}`, `${a}.${(b << 16) | (c << 8) | d}`];
      return fc.constantFrom(String(number), hex, octal, dottedHex, ...short, `00${a}.${b}.${c}.${d}`);
    });
    fc.assert(
      fc.property(forms, (form) => {
        // Up to four digits are a group of IPv6, in brackets too.
        for (const text of [form, `${form}:80`, `::ffff:${form}`, `64:ff9b::${form}`, `[::${form}]`])
          if (isIPv4(form) || isIP(text.replace(/^\[|\]$/g, '')) === 0)
            expect([text, parseAddress(text)]).toEqual([text, undefined]);
      }),
      { examples: [['127.1'], ['0177.0.0.1'], ['0x7f000001'], ['2130706433'], ['00.0.0.0'], ['010.8.8.8'], ['1023']] },
    );
  });

  it('refuses everything else', () => {
    const none = [
      '',
      ' ',
      ':',
      '[',
      '[]',
      '[1.2.3.4]',
      '[::1',
      '::1]',
      '::1:99999',
      '[::1]x',
      '[::1]:',
      '[::1]:123456',
    ];
    const bad = [
      '1.2.3.4:',
      '1.2.3.4:123456',
      '1.2.3.4%eth0',
      '1.2.3.4/8',
      'unknown',
      '_hidden',
      '::1\0',
      '1.2.3.4\0',
      '::g',
    ];
    const wide = [
      '１.２.３.４',
      '1。2。3。4',
      '::ffff:1.2.3.4.5',
      '1::2::3',
      '::ffff:256.1.1.1',
      'a'.repeat(1e6),
      ':'.repeat(1e6),
    ];
    for (const text of [...none, ...bad, ...wide])
      expect([text.slice(0, 20), parseAddress(text)]).toEqual([text.slice(0, 20), undefined]);
  });
});

describe('isDotted', () => {
  it('agrees with net.isIPv4', () => {
    const near = fc.string({ unit: fc.constantFrom(...'0123456789..'), maxLength: 16 });
    fc.assert(fc.property(fc.oneof(dotted, near), (text) => void expect(isDotted(text)).toBe(isIPv4(text))));
  });
});

describe('addressKey', () => {
  const subnet = fc.integer({ min: 1, max: 128 });
  const key = (all: readonly number[], bits: number) => addressKey(ipaddr.IPv6.parse(plain(all)), () => bits);

  it('is one for two IPv6 addresses just where they are in one subnet, as BlockList sees it', () => {
    const twins = fc.tuple(groups, groups, fc.nat(127)).map(([one, other, bit]) => {
      const flipped = one.map((group, i) => (i === bit >> 4 ? group ^ (0x8000 >> (bit & 15)) : group));
      return [one, isMapped(flipped) ? other : flipped] as const;
    });
    const pairs = fc.oneof(twins, fc.tuple(groups, groups));
    fc.assert(
      fc.property(pairs, subnet, ([one, other], bits) => {
        const network = new BlockList();
        network.addSubnet(plain(one), bits, 'ipv6');
        expect(key(one, bits) === key(other, bits)).toBe(network.check(plain(other), 'ipv6'));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps IPv4 whole whatever the subnet, and is never the key of another kind of address', () => {
    fc.assert(
      fc.property(dotted, groups, subnet, (ipv4, all, bits) => {
        expect(addressKey(ipaddr.IPv4.parse(ipv4), () => bits)).toBe(ipv4);
        expect(key(all, bits)).toContain(':');
      }),
    );
  });
});
