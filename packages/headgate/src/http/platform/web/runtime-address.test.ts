import { afterEach, describe, expect, it, vi } from 'vitest';
import { runtimeAddress } from './runtime-address.js';

const FORGED = { 'cf-connecting-ip': '6.6.6.6', 'x-real-ip': '6.6.6.6', 'x-forwarded-for': '6.6.6.6' };

function request(properties: object = {}): Request {
  return Object.assign(new Request('http://localhost/', { headers: FORGED }), properties);
}

describe('the address that a runtime tells', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is that of @hono/node-server's socket", () => {
    expect(runtimeAddress(request(), { incoming: { socket: { remoteAddress: '192.0.2.1' } } })).toBe('192.0.2.1');
  });

  it("is that of Deno's connection, and this machine's where it is a Unix socket", () => {
    const addressOf = (remoteAddr: object) => runtimeAddress(request(), { remoteAddr, completed: Promise.resolve() });
    expect(addressOf({ transport: 'tcp', hostname: '2001:db8::1', port: 80 })).toBe('2001:db8::1');
    expect(addressOf({ transport: 'unix', path: '/run/app.sock' })).toBe('127.0.0.1');
  });

  it("is what Bun's server answers for this request, which is null once the client is gone", () => {
    const asked = request();
    const server = {
      address: '192.0.2.3',
      requestIP(of: Request) {
        return of === asked ? { address: this.address, family: 'IPv4', port: 80 } : null;
      },
    };
    expect(runtimeAddress(asked, server)).toBe('192.0.2.3');
    expect(runtimeAddress(request(), server)).toBeUndefined();
  });

  it('is in no header, whatever stands beside the request', () => {
    for (const beside of [undefined, {}, { params: {} }, { server: 'text' }, { server: null }])
      expect(runtimeAddress(request(), beside)).toBeUndefined();
  });

  it('is unknown where what stands beside the request fails when it is read', () => {
    const fails = {
      get() {
        throw new Error('not here');
      },
    };
    const names = ['server', 'incoming', 'remoteAddr', 'requestIP'];
    for (const name of names)
      expect(runtimeAddress(request(), Object.defineProperty({}, name, fails)), name).toBeUndefined();
    expect(runtimeAddress(request(), { requestIP: fails.get, remoteAddr: { hostname: '192.0.2.5' } })).toBe(
      '192.0.2.5',
    );
  });

  it("is Cloudflare's header on Workers alone, and only where the request came through Cloudflare", () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const bindings = { server: { requestIP: () => 'a stub answers every name' } };
    expect(runtimeAddress(request({ cf: { colo: 'VIE' } }), bindings)).toBe('6.6.6.6');
    expect(runtimeAddress(request({ cf: {} }), bindings)).toBeUndefined();
    expect(runtimeAddress(request(), bindings)).toBeUndefined();
    vi.stubGlobal('navigator', { userAgent: 'Node.js/22' });
    expect(runtimeAddress(request({ cf: { colo: 'VIE' } }), {})).toBeUndefined();
  });

  it("is the socket's on workerd without Cloudflare", () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    expect(runtimeAddress(request({ cf: { clientIp: '192.0.2.4:39876' } }), {})).toBe('192.0.2.4:39876');
  });
});
