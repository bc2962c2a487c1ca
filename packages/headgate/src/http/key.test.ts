import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { address } from '../../test/http/arbitraries/address.js';
import { routedAs, writtenPath } from '../../test/http/arbitraries/path.js';
import { type Asked, reader } from '../../test/http/asked.js';
import { clientAddress, UNKNOWN_ADDRESS } from './identity/client-address.js';
import { KEY_KINDS, type KeyOption, type KeyParts, keyOf, UnknownAddress } from './key.js';
import { pathOf } from './node-request.js';

const addressOf = clientAddress(reader, {
  trusts: undefined,
  forwardedHeader: 'x-forwarded-for',
  ipv6Subnet: 128,
  warn: undefined,
});

function keyFor(option: KeyOption<Asked>, request: Asked, parts: Partial<KeyParts<Asked>> = {}) {
  const defaults = {
    reader,
    address: addressOf,
    refuseUnknownAddress: false,
    user: undefined,
    apiKeyHeader: undefined,
  };
  return keyOf(option, { ...defaults, ...parts })(request);
}

/** Texts that a careless join takes for others. */
const text = fc.oneof(
  fc.string({ minLength: 1, unit: fc.constantFrom(...'0123456789:;,|/ a\0') }),
  fc.string({ minLength: 1, unit: 'binary' }),
);

describe('a list of kinds', () => {
  it('has one key for two requests just where all its parts are the same', () => {
    const request = fc.record({ user: text, path: text.map((path) => `/${path}`), key: text, address });
    const kinds = fc.subarray(['user', 'apiKey', 'route', 'ip'] as const, { minLength: 2 });
    fc.assert(
      fc.property(kinds, request, request, (list, one, other) => {
        const asked = ({ user, path, key, address }: typeof one) => ({
          user,
          route: path,
          headers: { 'x-api-key': key },
          address,
        });
        const parts = list.map((kind) => [keyFor(kind, asked(one)), keyFor(kind, asked(other))] as const);
        const same = parts.every(([a, b]) => a === b);
        expect(keyFor(list, asked(one)) === keyFor(list, asked(other))).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be imitated by another one, of other kinds or another number of them', () => {
    const piece = fc.constantFrom('a', ':', 'user:', ':user:', '1', '6', '6:user:a', '');
    const near = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => `a${pieces.join('')}`);
    const tuple = fc.array(fc.oneof(text, near), { minLength: 1, maxLength: 4 });
    const joined = (ids: readonly string[]) => {
      const rest = [...ids];
      return keyFor(
        ids.map(() => 'user' as const),
        {},
        { user: () => rest.shift() },
      );
    };
    fc.assert(
      fc.property(tuple, tuple, (one, other) => {
        expect(joined(one) === joined(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      {
        numRuns: 1000,
        examples: [
          [['a', 'b'], ['a6:user:b']],
          [
            ['a', 'b', 'c'],
            ['auser:b', 'c'],
          ],
          [
            ['a', 'b', 'c'],
            ['a:user:b', 'c'],
          ],
          [
            ['a', 'b', 'c'],
            ['a6user:b', 'c'],
          ],
        ],
      },
    );
  });

  it('of one kind is the same as the kind alone', () => {
    for (const kind of KEY_KINDS) {
      const request = { address: '1.2.3.4', user: 'ada', headers: { 'x-api-key': 'k' } };
      expect(keyFor([kind], request)).toBe(keyFor(kind, request));
    }
  });

  it('waits for a part that comes later', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    const request = { address: '1.2.3.4', headers: { 'x-api-key': 'k' } };
    const later = keyFor(['ip', 'apiKey'], request);
    vi.restoreAllMocks();
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(keyFor(['ip', 'apiKey'], request));
  });
});

describe('kinds', () => {
  it('a user id, an address and an API key are never one key, whatever they say', () => {
    fc.assert(
      fc.property(
        fc.oneof(text, address, fc.constantFrom('ip:1.2.3.4', 'user:', UNKNOWN_ADDRESS)),
        address,
        (id, own) => {
          const asUser = [keyFor('user', { user: id }), keyFor('user', { address: own })];
          const asKey = [keyFor('apiKey', { headers: { 'x-api-key': id } }), keyFor('apiKey', { address: own })];
          const [user, key] = [asUser[0], asKey[0]];
          expect(new Set([...asUser, key]).size).toBe(3);
          expect(asUser[1]).toBe(asKey[1]); // both fall back on the address
          expect([user, key].includes(keyFor('ip', { address: own }))).toBe(false);
        },
      ),
    );
  });

  it('an API key is nowhere in its key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (secret) => {
        expect(keyFor('apiKey', { headers: { 'x-api-key': secret } })).not.toContain(secret);
        expect(keyFor(['apiKey', 'route'], { headers: { 'x-api-key': secret } })).not.toContain(secret);
      }),
    );
  });

  it('the option user takes the place of what the framework keeps', () => {
    const user = ({ headers }: Asked) => headers?.['x-id'];
    expect(keyFor('user', { user: 'ada', headers: { 'x-id': 'bob' } }, { user })).toBe('user:bob');
    expect(keyFor('user', { user: 'ada', address: '1.2.3.4' }, { user })).toBe('ip:1.2.3.4');
  });

  it('addresses that cannot be read share one key, in each kind that needs one, or are refused', () => {
    for (const kind of ['ip', 'user', 'apiKey', ['ip', 'route']] as const) {
      expect(keyFor(kind, { address: 'x' })).toContain(UNKNOWN_ADDRESS);
      expect(() => keyFor(kind, {}, { refuseUnknownAddress: true })).toThrow(UnknownAddress);
    }
    expect(keyFor('user', { user: 'ada' }, { refuseUnknownAddress: true })).toBe('user:ada');
  });
});

describe('route', () => {
  const keyOfPath = (path: string, method = 'GET') => keyFor('route', { path, method }) as string;

  it('is one for all ways to write a path, but for those that routers read in different ways, which share one', () => {
    fc.assert(
      fc.property(writtenPath('items', 'list'), (url) => {
        if (!routedAs(url).some((path) => /^\/+items\/list\/*$/i.test(path))) return;
        expect([url, keyOfPath(pathOf(url))]).toEqual([url, expect.stringMatching(/^GET \/(\.\.|items\/list)$/)]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same for HEAD as for GET, and another for another method or path', () => {
    expect(keyOfPath('/a', 'HEAD')).toBe(keyOfPath('/a'));
    expect(new Set([keyOfPath('/a'), keyOfPath('/a', 'POST'), keyOfPath('/b'), keyOfPath('/')]).size).toBe(4);
  });

  it('is the pattern where one is known, however the folder before it was written', () => {
    const keyOfRoute = (route: string) => keyFor('route', { path: '/x', route });
    expect(keyOfRoute('/API/items/:id')).toBe(keyOfRoute('/api/items/:id/'));
    expect(keyOfRoute('/api/items/:id')).not.toBe(keyOfRoute('/api/items'));
  });

  it('is short, however long the path', () => {
    const long = `/${'a'.repeat(16_000)}`;
    for (const path of [long, long.replaceAll('a', '%61'), '/a'.repeat(8000)])
      expect(keyOfPath(path).length).toBeLessThan(300);
    expect(keyOfPath(`${long}b`)).toBe(keyOfPath(long));
  });

  it('keeps nothing of the URL alive but itself', () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const keys = new Map<unknown, number>();
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 2000; i++) {
      const url = Buffer.from(`/reset-password-${i}?${'q'.repeat(8000)}`).toString('latin1');
      keys.set(keyOfPath(pathOf(url)), i);
    }
    gc();
    expect((process.memoryUsage().heapUsed - before) / keys.size).toBeLessThan(2000);
  });
});

describe('a function', () => {
  it('answers the key as it is, at once or later', async () => {
    expect(keyFor(() => 'k', {})).toBe('k');
    await expect(keyFor(async () => 'k', {})).resolves.toBe('k');
  });

  it('that answers no string, or an empty one, is an error that prints it', async () => {
    for (const bad of [undefined, null, '', 0, {}, [], true]) {
      expect(() => keyFor((() => bad) as never, {})).toThrow(/key must answer a string that is not empty, got /);
      await expect(keyFor((async () => bad) as never, {})).rejects.toThrow(TypeError);
    }
  });
});
