import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressReader, withPlatformsTrust } from './web-address.js';

const headers = { 'cf-connecting-ip': '192.0.2.1', 'x-real-ip': '192.0.2.2' };
const request = new Request('http://localhost/', { headers });

describe('how an address is read', () => {
  it('is by the platform that all requests come through, or by a function', () => {
    const read = (address: 'cloudflare' | 'vercel' | (() => string)) =>
      addressReader<[Request]>({ address }, () => 'the socket', returned)(request);
    expect([read('cloudflare'), read('vercel'), read(() => '192.0.2.3')]).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
    ]);
  });

  it("is by the runtime's word where nothing is said", () => {
    expect(addressReader<[Request]>({}, () => 'the socket', returned)(request)).toBe('the socket');
  });

  it('is neither by other platforms nor by what is no function', () => {
    for (const address of ['aws', 'toString', 7, null])
      expect(() => addressReader<[Request]>({ address: address as never }, () => undefined, returned)).toThrow(
        /^address must be a function, 'cloudflare' or 'vercel', got /,
      );
  });

  it('is warned of once where there is none, unless proxies are counted', () => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const read = addressReader<[Request]>({ warn, trustProxy: ['10.0.0.0/8'] }, () => undefined, returned);
    expect([read(request), read(request)]).toEqual([undefined, undefined]);
    addressReader<[Request]>({ warn, trustProxy: 1 }, () => undefined, returned)(request);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('address: a function of the request');
  });
});

describe('what platforms forward', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is no sign of a proxy that was forgotten', () => {
    expect(trustOf({ address: 'vercel' })).toBe(false);
    expect(trustOf({ address: 'vercel', trustProxy: 1 })).toBe(1);
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    expect(trustOf({})).toBe(false);
  });

  it('is one anywhere else', () => {
    for (const options of [{}, { address: () => '192.0.2.1' }]) expect(withPlatformsTrust(options)).toBe(options);
  });
});

function trustOf(options: Parameters<typeof withPlatformsTrust>[0]): unknown {
  return withPlatformsTrust(options).trustProxy;
}

function returned(request: Request): Request {
  return request;
}
