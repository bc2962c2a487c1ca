import { afterEach, describe, expect, it, vi } from 'vitest';
import { runtimeOf } from './runtime.js';

describe("the runtime's own part of what is beside a request", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is all of it, or what the application hands on as server', () => {
    const runtime = { remoteAddr: { hostname: '192.0.2.1' } };
    expect(runtimeOf(runtime)).toBe(runtime);
    expect(runtimeOf({ server: runtime, user: 'ada' })).toBe(runtime);
  });

  it('is nothing on Workers, where any name may be a binding that answers to everything', () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    expect(runtimeOf({ outgoing: new Proxy({}, { get: () => () => Promise.resolve() }) })).toBeUndefined();
  });

  it('is nothing where nothing is told', () => {
    for (const beside of [undefined, null, 'text', () => {}]) expect(runtimeOf(beside)).toBeUndefined();
  });
});
