import { createHash } from 'node:crypto';
import { ManualClock } from '@headgate/core-ts';
import { expect } from 'vitest';
import { get, statuses } from '../client.js';
import type { AnyOptions, Rule, WithServer } from '../framework.js';

/** Its time stands still, so that no window ends however long the requests take. */
const ONE = { limit: 1, windowSeconds: 60, clock: new ManualClock() } as const;

export function identity(rule: Rule, withServer: WithServer): void {
  rule('without trustProxy no header changes who a client is, and one warning says how to trust it', async () => {
    const warnings: string[] = [];
    await withServer({ ...ONE, warn: (message: string) => warnings.push(message) }, async (url) => {
      const spoofed = (address: string) =>
        get(`${url}/ok`, { 'x-forwarded-for': address, forwarded: `for=${address}` });
      expect([(await spoofed('1.2.3.4')).status, (await spoofed('5.6.7.8')).status]).toEqual([200, 429]);
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('trustProxy:');
  });

  rule('behind a trusted proxy the right-most address that is not trusted is the client', async () => {
    await withServer({ ...ONE, trustProxy: ['loopback', '10.0.0.0/8'] }, async (url) => {
      const via = async (chain: string) => (await get(`${url}/ok`, { 'x-forwarded-for': chain })).status;
      expect(await via('1.2.3.4')).toBe(200);
      expect(await via('9.9.9.9, 1.2.3.4, 10.1.1.1')).toBe(429); // whatever the client wrote to the left
      expect(await via('1.2.3.5, 10.1.1.1')).toBe(200);
    });
  });

  rule('a number of hops counts from the right', async () => {
    await withServer({ ...ONE, trustProxy: 2 }, async (url) => {
      const via = async (chain: string) => (await get(`${url}/ok`, { 'x-forwarded-for': chain })).status;
      expect(await via('8.8.8.8, 1.2.3.4, 10.0.0.1')).toBe(200);
      expect(await via('7.7.7.7, 1.2.3.4, 10.0.0.2')).toBe(429);
    });
  });

  rule('Forwarded, and a header of one name, say it as well', async () => {
    const trusted = { ...ONE, trustProxy: 'loopback' };
    await withServer({ ...trusted, forwardedHeader: 'Forwarded' }, async (url) => {
      const via = async (value: string) => (await get(`${url}/ok`, { forwarded: value })).status;
      expect(await via('for=6.6.6.6;proto=http, for="[2001:db8::1]:4711";by=10.0.0.1')).toBe(200);
      expect(await via('for=5.5.5.5, For="[2001:db8:0:0:ffff::2]"')).toBe(429); // of the same /64
    });
    await withServer({ ...trusted, forwardedHeader: 'CF-Connecting-IP' }, async (url) => {
      const via = async (address: string) => (await get(`${url}/ok`, { 'cf-connecting-ip': address })).status;
      expect([await via('1.1.1.1'), await via('1.1.1.1'), await via('1.1.1.2')]).toEqual([200, 429, 200]);
    });
  });

  rule('IPv6 counts by /64 unless told otherwise, and mapped IPv4 is IPv4', async () => {
    const behind = { ...ONE, trustProxy: 'loopback' };
    const seen = async (options: object, chain: string[]) => {
      const found: number[] = [];
      await withServer({ ...behind, ...options }, async (url) => {
        for (const address of chain) found.push((await get(`${url}/ok`, { 'x-forwarded-for': address })).status);
      });
      return found;
    };
    expect(await seen({}, ['2001:db8::1', '2001:DB8:0:0:1::', '2001:db8:0:1::1'])).toEqual([200, 429, 200]);
    expect(await seen({ ipv6Subnet: 128 }, ['2001:db8::1', '2001:db8::2', '2001:db8::1%eth0'])).toEqual([
      200, 200, 429,
    ]);
    expect(await seen({}, ['1.2.3.4', '::ffff:1.2.3.4', '[::FFFF:0102:0304]:99', '1.2.3.4:80'])).toEqual([
      200, 429, 429, 429,
    ]);
  });

  rule('addresses that cannot be read share one key, or are refused', async () => {
    await withServer({ ...ONE, trustProxy: 'loopback' }, async (url) => {
      const via = async (address: string) => (await get(`${url}/ok`, { 'x-forwarded-for': address })).status;
      expect([await via('unknown'), await via('_hidden'), await via('0x7f.1')]).toEqual([200, 429, 429]);
    });
    await withServer({ ...ONE, trustProxy: 'loopback', unknownAddress: 'refuse' }, async (url) => {
      expect((await get(`${url}/ok`, { 'x-forwarded-for': 'unknown' })).status).toBe(400);
      expect((await get(`${url}/ok`, { 'x-forwarded-for': '1.2.3.4' })).status).toBe(200);
    });
  });

  rule("the framework's signed-in user is the key, and the address where nobody is", async () => {
    await withServer({ ...ONE, key: 'user' }, async (url) => {
      const as = async (user: string) => (await get(`${url}/ok`, { 'x-test-user': user })).status;
      expect([await as('ada'), await as('ada'), await as('127.0.0.1'), await as('bob')]).toEqual([200, 429, 200, 200]);
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
    });
  });

  rule('an API key is the key, in its header or as a bearer token', async () => {
    await withServer({ ...ONE, key: 'apiKey' }, async (url) => {
      const first = await get(`${url}/ok`, { 'x-api-key': 'secret' });
      const second = await get(`${url}/ok`, { authorization: 'Bearer secret' });
      const third = await get(`${url}/ok`, { authorization: 'Bearer other' });
      expect([first.status, second.status, third.status]).toEqual([200, 429, 200]);
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
    });
  });

  rule('a list of keys counts by all of them, and no client can write one that reads like two', async () => {
    await withServer({ ...ONE, key: ['user', 'apiKey'] }, async (url) => {
      const as = async (user: string, key: string) =>
        (await get(`${url}/ok`, { 'x-test-user': user, 'x-api-key': key })).status;
      expect([await as('a', 'k'), await as('a', 'k'), await as('a', 'l'), await as('b', 'k')]).toEqual([
        200, 429, 200, 200,
      ]);
    });
  });

  rule('by method and path, each has a limit of its own', async () => {
    await withServer({ ...ONE, key: ['ip', 'method', 'path'] }, async (url) => {
      expect((await get(`${url}/ok`)).status).toBe(200);
      expect((await get(`${url}/ok`, {}, 'POST')).status).toBe(200);
      expect((await get(`${url}/ok`)).status).toBe(429);
      expect((await get(`${url}/items/1`)).status).toBe(200);
    });
  });

  rule('an API key in another header than the one that is named is none', async () => {
    await withServer({ ...ONE, key: 'apiKey', apiKeyHeader: 'X-Token' }, async (url) => {
      const seen = [];
      for (const token of ['a', 'b', 'c'])
        seen.push((await get(`${url}/ok`, { authorization: `Bearer ${token}`, 'x-api-key': token })).status);
      expect(seen).toEqual([200, 429, 429]);
      expect((await get(`${url}/ok`, { 'x-token': 'a' })).status).toBe(200);
    });
  });

  rule('a user without a usable id counts by address', async () => {
    for (const none of ['', [], {}, { id: {} }, { toString: 1 }]) {
      await withServer({ ...ONE, key: ['ip', 'user'], user: () => none }, async (url) => {
        expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
      });
    }
  });

  rule('keyOf tells what a request counts by, in the forms that are documented', async () => {
    const from = { 'x-forwarded-for': '2001:db8:1:2:3::4', 'x-test-user': 'ada', 'x-api-key': 'secret' };
    const hash = createHash('sha256').update('secret').digest('base64url');
    const own = async (_request: unknown, { address }: { address: string | undefined }) => `own ${address}`;
    const forms: [AnyOptions['key'], string][] = [
      ['ip', '2001:db8:1:2::/64'],
      ['user', 'user:ada'],
      ['apiKey', `apiKey:${hash}`],
      ['method', 'method:GET'],
      ['path', 'path:/reset'],
      [['ip', 'method'], '17:2001:db8:1:2::/6410:method:GET'],
      [own, 'own 2001:db8:1:2:3::4'],
      [['method', own], '10:method:GET21:own 2001:db8:1:2:3::4'],
    ];
    for (const [key, form] of forms) {
      await withServer({ ...ONE, key, trustProxy: 'loopback' }, async (url) => {
        expect(JSON.parse((await get(`${url}/reset`, from)).body)).toEqual([form]);
      });
    }
  });

  rule('reset forgets what the client of a request has used, and of no other', async () => {
    const later = async () => 'k';
    const options: AnyOptions[] = [
      {},
      { key: 'user' },
      { key: ['ip', 'user'] },
      { key: 'apiKey' },
      { key: later },
      { limit: () => 3 },
      { limits: [{ name: 'a', limit: () => 3, windowSeconds: 60 }], limit: undefined, windowSeconds: undefined },
    ];
    for (const each of options) {
      await withServer({ limit: 3, windowSeconds: 60, trustProxy: 'loopback', ...each }, async (url) => {
        const from = (n: number) => ({
          'x-forwarded-for': `2001:db8:${n}::${n}`,
          'x-test-user': `${n}`,
          'x-api-key': `${n}`,
        });
        expect(await statuses(`${url}/ok`, 2, from(1))).toEqual([200, 200]);
        if (each.key !== later) expect(await statuses(`${url}/ok`, 4, from(2))).toEqual([200, 200, 200, 429]);
        expect((await get(`${url}/reset`, from(1))).status).toBe(200);
        expect(await statuses(`${url}/ok`, 4, from(1))).toEqual([200, 200, 200, 429]);
        if (each.key !== later) expect(await statuses(`${url}/ok`, 1, from(2))).toEqual([429]);
      });
    }
  });

  rule('skip, onLimited and message are told who it is', async () => {
    const clients: unknown[] = [];
    const options: AnyOptions = {
      limit: 0,
      windowSeconds: 60,
      trustProxy: 'loopback',
      skip: (_request, { address, key }) => clients.push([address, key]) === 0,
      onLimited: (_request, { address, key }) => void clients.push([address, key]),
      message: (_request, { address, key }) => ({ address, key }),
    };
    await withServer(options, async (url) => {
      const { body } = await get(`${url}/ok`, { 'x-forwarded-for': '2001:DB8::0:1' });
      const who = ['2001:db8::1', '2001:db8::/64'];
      expect([clients, JSON.parse(body)]).toEqual([[who, who], { address: who[0], key: who[1] }]);
    });
  });
}
