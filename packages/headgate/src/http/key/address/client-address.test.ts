import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, dotted, ipv6, octets } from '../../../../test/http/arbitraries/address.js';
import { clientWritten, elementOf } from '../../../../test/http/arbitraries/forwarded.js';
import { type Asked, reader } from '../../../../test/http/asked.js';
import { readTrustProxy, type TrustProxy } from '../proxies/proxies.js';
import { addressKey, isDotted, parseAddress } from './address.js';
import { type AddressOptions, clientAddress } from './client-address.js';

const PROXIES = ['10.0.0.0/8', 'fd00::/8'];

function keyOf(trustProxy: TrustProxy | undefined, request: Asked, options: Partial<AddressOptions> = {}) {
  const defaults = { forwardedHeader: 'x-forwarded-for', subnet: () => 64, warn: undefined };
  return clientAddress(reader, { ...defaults, trusts: readTrustProxy(trustProxy), ...options }).key(request);
}

const proxy = fc.oneof(
  octets.map(([, b, c, d]) => `10.${b}.${c}.${d}`),
  octets.map(([, b, c, d]) => `::ffff:10.${b}.${c}.${d}`),
  ipv6.map((text) => text.replace(/^[^:]*/, 'fd00')),
);
const client = address.filter((text) => !readTrustProxy(PROXIES)?.(parseAddress(text), 0));
const chain = fc.array(proxy, { maxLength: 20 });

function wanted(text: string): string {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return addressKey(parsed, () => 64);
}

describe('behind trusted proxies', () => {
  it('the key is that of the right-most address that is not trusted, whatever the client wrote', () => {
    fc.assert(
      fc.property(proxy, clientWritten, client, chain, (socket, left, own, via) => {
        const value = [left, own, ...via].join(', ');
        expect(keyOf(PROXIES, { address: socket, headers: { 'x-forwarded-for': value } })).toBe(wanted(own));
      }),
      { numRuns: 500 },
    );
  });

  it('so it is with Forwarded', () => {
    const forwarded = { forwardedHeader: 'forwarded' };
    const forwarders = fc
      .tuple(client, chain)
      .chain(([own, via]) => fc.tuple(fc.constant(own), fc.tuple(...[own, ...via].map(elementOf))));
    fc.assert(
      fc.property(proxy, clientWritten, forwarders, (socket, left, [own, elements]) => {
        const value = [left, ...elements].join(', ');
        expect([value, keyOf(PROXIES, { address: socket, headers: { forwarded: value } }, forwarded)]).toEqual([
          value,
          wanted(own),
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('a header changes nothing where the socket is not trusted', () => {
    fc.assert(
      fc.property(client, clientWritten, (socket, value) => {
        const request = { address: socket, headers: { 'x-forwarded-for': value, forwarded: value } };
        for (const trust of [undefined, false, 0, PROXIES]) expect(keyOf(trust, request)).toBe(wanted(socket));
      }),
    );
  });

  it('the left-most one is the key where all are trusted, and the socket where nothing is said', () => {
    fc.assert(
      fc.property(proxy, fc.array(proxy, { minLength: 1, maxLength: 20 }), (socket, via) => {
        const request = { address: socket, headers: { 'x-forwarded-for': via.join(',') } };
        expect(keyOf(PROXIES, request)).toBe(wanted(via[0] as string));
        for (const headers of [{}, { 'x-forwarded-for': '' }])
          expect(keyOf(PROXIES, { address: socket, headers })).toBe(wanted(socket));
      }),
    );
  });

  it('an entry that cannot be read ends the chain, and is no address', () => {
    for (const entry of ['unknown', '', '_hidden', '0x0a.0.0.1', '10.1', '"10.0.0.1"']) {
      const headers = { 'x-forwarded-for': `6.6.6.6, ${entry}, 10.0.0.2` };
      expect([entry, keyOf(PROXIES, { address: '10.0.0.3', headers })]).toEqual([entry, undefined]);
    }
  });

  it('an address that no socket tells is none, and is trusted by a number of hops alone', () => {
    for (const address of [undefined, null]) {
      const request = { address, headers: { 'x-forwarded-for': '6.6.6.6' } };
      expect([keyOf(undefined, request), keyOf(PROXIES, request)]).toEqual([address, address]);
      expect(keyOf(1, request)).toBe('6.6.6.6');
    }
  });
});

describe('a number of hops', () => {
  it('counts entries from the right, and takes the left-most where there are fewer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(address, { minLength: 1, maxLength: 30 }),
        client,
        (hops, entries, socket) => {
          const request = { address: socket, headers: { 'x-forwarded-for': entries.join(', ') } };
          const entry = entries[Math.max(0, entries.length - hops)] as string;
          expect(keyOf(hops, request)).toBe(wanted(entry));
        },
      ),
    );
  });

  it('takes the socket where there is no header', () => {
    expect(keyOf(3, { address: '9.9.9.9' })).toBe('9.9.9.9');
  });

  it('does not care what the entries of the proxies say', () => {
    expect(keyOf(3, { address: '9.9.9.9', headers: { 'x-forwarded-for': 'x, 1.1.1.1, unknown, ' } })).toBe('1.1.1.1');
    expect(keyOf(2, { address: '9.9.9.9', headers: { 'x-forwarded-for': '1.1.1.1, unknown, ' } })).toBeUndefined();
  });
});

describe('10,000 hops', () => {
  it('are decided by the hundred nearest', () => {
    for (const forwardedHeader of ['x-forwarded-for', 'forwarded']) {
      const element = forwardedHeader === 'forwarded' ? 'for=10.0.0.1' : '10.0.0.1';
      let trusted = 0;
      const trusts = () => ++trusted > 0;
      const request = { address: '10.0.0.2', headers: { [forwardedHeader]: Array(10_000).fill(element).join(', ') } };
      expect(keyOf(undefined, request, { trusts, forwardedHeader })).toBe('10.0.0.1');
      expect(trusted).toBeLessThanOrEqual(102);
    }
  });
});

describe('the fast way for sockets', () => {
  it('answers what parsing would', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          dotted,
          ipv6,
          dotted.map((text) => `::ffff:${text}`),
          fc.string(),
        ),
        (socket) => {
          const parsed = parseAddress(socket);
          expect(keyOf(false, { address: socket })).toBe(parsed && addressKey(parsed, () => 64));
          if (isDotted(socket)) expect(keyOf(false, { address: socket })).toBe(socket);
        },
      ),
    );
  });
});

describe('the warning', () => {
  const said = (
    trustProxy: TrustProxy | undefined,
    requests: readonly Asked[],
    forwardedHeader = 'x-forwarded-for',
  ) => {
    const warnings: string[] = [];
    const options = {
      trusts: readTrustProxy(trustProxy),
      forwardedHeader,
      subnet: () => 64,
      warn: (message: string) => void warnings.push(message),
    };
    const read = clientAddress(reader, options);
    for (const request of requests) read.key(request);
    return warnings;
  };

  it('comes once, with the first forwarding header that is not trusted, and names it', () => {
    const plain = { address: '1.1.1.1' };
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
      const spoofed = { address: '1.1.1.1', headers: { [header]: '2.2.2.2' } };
      expect(said(undefined, [plain])).toEqual([]);
      for (const trust of [undefined, PROXIES]) {
        const warnings = said(trust, [plain, spoofed, spoofed], 'x-real-ip');
        expect([header, warnings.length, warnings[0]?.includes(header)]).toEqual([header, 1, true]);
      }
    }
  });

  it('comes with the first request where the framework trusts a proxy, and says how to do the same', () => {
    const proxies = { name: "'trust proxy', 1", trusts: () => true, trustsEverybody: () => false };
    const plain = { address: '1.1.1.1', proxies };
    const warnings = said(undefined, [plain, plain, { ...plain, headers: { 'x-forwarded-for': '2.2.2.2' } }]);
    expect(warnings).toEqual([expect.stringMatching(/'trust proxy', 1.*trustProxy: 'framework'/)]);
    expect(said(PROXIES, [plain])).toEqual([]);
  });

  it('repeats nothing that a client wrote', () => {
    const headers = { 'x-forwarded-for': 'evil\u001b[31m' };
    expect(said(undefined, [{ address: '1.1.1.1', headers }]).join()).not.toContain('evil');
  });

  it('does not come where the socket is a trusted proxy', () => {
    expect(said(PROXIES, [{ address: '10.0.0.1', headers: { 'x-forwarded-for': '2.2.2.2' } }])).toEqual([]);
  });
});

describe("the framework's own setting", () => {
  const framework = (request: Asked, header?: string) =>
    clientAddress(reader, {
      trusts: 'framework',
      forwardedHeader: header,
      subnet: () => 64,
      warn: undefined,
    }).key(request);
  const setting = (trusts: (address: string, hop: number) => boolean, all = false, header?: string) => ({
    name: 'trust',
    trusts,
    trustsEverybody: () => all,
    header,
  });

  it('is asked of each address and its hop', () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 10.0.0.2, unknown' };
    const hops = (most: number) => setting((_address, hop) => hop < most);
    expect(framework({ address: '9.9.9.9', headers, proxies: hops(0) })).toBe('9.9.9.9');
    expect(framework({ address: '9.9.9.9', headers, proxies: hops(1) })).toBeUndefined();
    expect(framework({ address: '9.9.9.9', headers, proxies: hops(2) })).toBe('10.0.0.2');
    const ranges = setting((address) => address.startsWith('10.'));
    const via = { 'x-forwarded-for': '6.6.6.6, 10.0.0.2' };
    expect(framework({ address: '10.0.0.1', headers: via, proxies: ranges })).toBe('6.6.6.6');
    expect(framework({ address: '9.9.9.9', headers: via, proxies: ranges })).toBe('9.9.9.9');
    expect(framework({ address: '9.9.9.9', headers: via })).toBe('9.9.9.9');
  });

  it('names the header, unless an option does', () => {
    const proxies = setting((_address, hop) => hop < 1, false, 'x-real-ip');
    const headers = { 'x-real-ip': '6.6.6.6', 'x-client': '7.7.7.7', 'x-forwarded-for': '8.8.8.8' };
    expect(framework({ address: '9.9.9.9', headers, proxies })).toBe('6.6.6.6');
    expect(framework({ address: '9.9.9.9', headers, proxies }, 'x-client')).toBe('7.7.7.7');
  });

  it('is refused where it believes everybody', () => {
    const proxies = setting(() => true, true);
    expect(() => framework({ address: '9.9.9.9', proxies })).toThrow('any client could then write its own address');
  });
});

describe('the whole address', () => {
  it('is that of the key, with all its bits', () => {
    fc.assert(
      fc.property(address, (text) => {
        const options = { trusts: undefined, forwardedHeader: undefined, subnet: () => 64, warn: undefined };
        const read = clientAddress(reader, options);
        const whole = read.text({ address: text });
        expect(parseAddress(whole ?? '')).toEqual(parseAddress(text));
        expect(read.key({ address: whole ?? '' })).toBe(read.key({ address: text }));
      }),
    );
  });
});
