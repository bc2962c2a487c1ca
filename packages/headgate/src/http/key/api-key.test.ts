import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Asked, reader } from '../../../test/http/asked.js';
import { apiKeyOf, hashed } from './api-key.js';

const read = (headers: NonNullable<Asked['headers']>, header?: string) => apiKeyOf(reader, { headers }, header);
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~+/='), minLength: 1 });

describe('apiKeyOf', () => {
  it('is in x-api-key, or is a bearer token however its scheme is written', () => {
    fc.assert(
      fc.property(
        token,
        fc.constantFrom('Bearer', 'bearer', 'BEARER'),
        fc.integer({ min: 1, max: 5 }),
        (key, scheme, spaces) => {
          const authorization = scheme + ' '.repeat(spaces) + key;
          expect(read({ 'x-api-key': key })).toBe(key);
          expect(read({ authorization })).toBe(key);
          expect(read({ 'x-api-key': '', authorization })).toBe(key);
          expect(read({ 'x-api-key': key, authorization })).toBe(key);
          expect(read({ authorization }, 'authorization')).toBe(key);
        },
      ),
    );
  });

  it('is none where two are shown that differ: whichever the application does not check could be made up', () => {
    fc.assert(
      fc.property(token, token, (one, other) => {
        fc.pre(one !== other);
        expect(read({ 'x-api-key': one, authorization: `Bearer ${other}` })).toBeUndefined();
      }),
    );
  });

  it('is in the header that is named, whatever else is shown', () => {
    fc.assert(
      fc.property(token, token, (key, other) => {
        expect(read({ 'x-token': key, 'x-api-key': other, authorization: `Bearer ${other}` }, 'x-token')).toBe(key);
        expect(read({ authorization: `Bearer ${key}`, 'x-api-key': other }, 'authorization')).toBe(key);
      }),
    );
  });

  it('is in no other header where one is named, or whoever shows a new token each time is somebody new', () => {
    fc.assert(
      fc.property(token, fc.constantFrom('x-token', 'x-api-key', 'authorization'), (key, named) => {
        const all = { 'x-token': key, 'x-api-key': key, authorization: `Bearer ${key}` };
        const others = Object.fromEntries(Object.entries(all).filter(([name]) => name !== named));
        expect([read(others, named), read({ ...others, [named]: '' }, named)]).toEqual([undefined, undefined]);
      }),
    );
  });

  it('is the credentials where authorization is named, whatever the scheme', () => {
    for (const authorization of ['Bearer k', 'bearer   k', 'ApiKey k', 'apikey  k', 'k'])
      expect([authorization, read({ authorization, 'x-api-key': 'x' }, 'authorization')]).toEqual([authorization, 'k']);
    expect(read({ 'x-api-key': 'k' }, 'authorization')).toBeUndefined();
  });

  it('is none in any other header', () => {
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'xBearer a', 'Bearer\ta'])
      expect([authorization, read({ authorization })]).toEqual([authorization, undefined]);
  });
});

describe('hashed', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is SHA-256, with Node or without', async () => {
    const keys = fc.sample(fc.string({ unit: 'binary', maxLength: 100 }), 50);
    const wanted = keys.map((key) => createHash('sha256').update(key).digest('base64url'));
    expect(keys.map(hashed)).toEqual(wanted);
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    expect(await Promise.all(keys.map(hashed))).toEqual(wanted);
  });

  it('contains no part of the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (secret) => {
        expect(hashed(secret)).toMatch(/^[\w-]{43}$/);
        expect(hashed(secret)).not.toContain(secret);
      }),
    );
  });
});
