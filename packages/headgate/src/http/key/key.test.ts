import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { address } from '../../../test/http/arbitraries/address.js';
import { routedAs, writtenPath } from '../../../test/http/arbitraries/path.js';
import { type Asked, reader } from '../../../test/http/asked.js';
import { pathOf } from '../platform/node/node-request.js';
import { clientAddress, UNKNOWN_ADDRESS } from './address/client-address.js';
import { KEY_KINDS, type KeyOption, type KeyParts, keyOf, UnknownAddress } from './key.js';

const addressOf = clientAddress(reader, {
  trusts: undefined,
  forwardedHeader: 'x-forwarded-for',
  subnet: () => 128,
  warn: undefined,
});

const defaults = {
  reader,
  address: addressOf,
  refuseUnknownAddress: false,
  user: undefined,
  apiKeyHeader: undefined,
  warn: () => {},
};

function keyFor(option: KeyOption<Asked>, request: Asked, parts: Partial<KeyParts<Asked>> = {}) {
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

  it('a client that was gone before its address was read is nobody, in each kind that needs one', () => {
    for (const kind of ['ip', 'user', 'apiKey', ['ip', 'route']] as const)
      expect(() => keyFor(kind, { address: null })).toThrow(UnknownAddress);
    expect(keyFor('user', { user: 'ada', address: null })).toBe('user:ada');
  });

  it('a user without a usable id counts by address, and one that comes later by its id', async () => {
    for (const user of ['', [], {}, { id: {} }, { toString: 1 }, true])
      expect(keyFor('user', { user, address: '1.2.3.4' })).toBe('ip:1.2.3.4');
    expect(await keyFor('user', {}, { user: async () => ({ id: 7 }) })).toBe('user:7');
  });
});

describe('route', () => {
  it('is the pattern without a method, however the folder before it was written', () => {
    const keyOfRoute = (route: string, method = 'GET') => keyFor('route', { path: '/x', route, method });
    expect(keyOfRoute('/API/items/:id')).toBe('route:/api/items/:id');
    expect(keyOfRoute('/api/items/:id/', 'POST')).toBe('route:/api/items/:id');
  });

  it('is one for all that is unmatched, which no pattern is', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.constantFrom('GET', 'POST', 'BREW'), (path, method) => {
        expect(keyFor('route', { path, method })).toBe('route:unmatched');
        expect(keyFor('route', { path, method, route: 'unmatched' })).toBe('route:/unmatched');
      }),
    );
  });
});

describe('method', () => {
  it('is the same for HEAD as for GET, and another for each other one', () => {
    const keys = ['GET', 'HEAD', 'POST', 'BREW'].map((method) => keyFor('method', { method }));
    expect(keys).toEqual(['method:GET', 'method:GET', 'method:POST', 'method:BREW']);
  });
});

describe('path', () => {
  const keyOfPath = (path: string) => keyFor('path', { path }) as string;

  it('is one for all ways to write a path, but for those that routers read in different ways, which share one', () => {
    fc.assert(
      fc.property(writtenPath('items', 'list'), (url) => {
        if (!routedAs(url).some((path) => /^\/+items\/list\/*$/i.test(path))) return;
        expect([url, keyOfPath(pathOf(url))]).toEqual([url, expect.stringMatching(/^path:\/(\.\.|items\/list)$/)]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is another one for another path, whatever the route', () => {
    expect(new Set([keyOfPath('/a'), keyOfPath('/b'), keyOfPath('/')]).size).toBe(3);
    expect(keyFor('path', { path: '/a', route: '/:any' })).toBe('path:/a');
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

describe('who counts by a user or a route that is never there', () => {
  const warned = (option: KeyOption<Asked>, requests: readonly Asked[]) => {
    const warnings: string[] = [];
    const read = keyOf(option, { ...defaults, warn: (message) => void warnings.push(message) });
    for (const request of requests) read(request);
    return warnings;
  };
  const times = (count: number, request: Asked) => Array<Asked>(count).fill(request);

  it('is warned once, after a hundred requests', () => {
    const nobody = { address: '1.2.3.4' };
    for (const [option, advice] of [
      ['user', 'user: a function of the request'],
      [['ip', 'user'], 'user: a function of the request'],
      ['route', "count by 'path'"],
    ] as const) {
      expect(warned(option, times(99, nobody))).toEqual([]);
      expect(warned(option, times(300, nobody))).toEqual([expect.stringContaining(advice)]);
    }
  });

  it('is left alone where one was found before', () => {
    const found = { user: 'ada', route: '/a', address: '1.2.3.4' };
    expect(warned(['user', 'route'], [...times(99, {}), found, ...times(300, {})])).toEqual([]);
  });
});

describe('a function', () => {
  it('may be one part of a list, and is told the address', async () => {
    const email = ({ headers }: Asked) => headers?.email ?? '?';
    expect(keyFor(['ip', email], { address: '1.2.3.4', headers: { email: 'a@b.c' } })).toBe('7:1.2.3.45:a@b.c');
    expect(await keyFor([async () => 'k', 'ip'], { address: '1.2.3.4' })).toBe('1:k7:1.2.3.4');
    expect(keyFor([email], { headers: { email: 'a' } })).toBe('a');
    const seen: unknown[] = [];
    const byAddress = (_request: Asked, client: { readonly address: string | undefined }) =>
      `${seen.push(client.address)}`;
    for (const address of ['2001:db8::1', undefined]) keyFor(byAddress, { address });
    expect(seen).toEqual(['2001:db8::1', undefined]);
    expect(() => keyFor(['ip', () => ''], { address: '1.2.3.4' })).toThrow('key must answer a string');
  });

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
