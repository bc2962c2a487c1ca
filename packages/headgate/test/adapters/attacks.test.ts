import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import express, { type Request } from 'express';
import { describe, expect, it } from 'vitest';
import { type RateLimitOptions, rateLimit } from '../../src/adapters/express.js';
import { ManualClock, RateLimiter } from '../../src/index.js';
import { get } from '../http/client.js';
import { listen } from '../http/listen.js';

const ONE = { limit: 1, windowSeconds: 60, trustProxy: 'loopback', clock: new ManualClock() } as const;
const BIG = { maxHeaderSize: 1_000_000 };

interface Attacked {
  readonly url: string;
  /** Sends a request as these bytes, and answers the statuses of what comes back. */
  raw(text: string): Promise<number[]>;
  /** The statuses of requests with these headers, one after the other. */
  each(list: readonly Record<string, string | string[]>[], path?: string): Promise<number[]>;
}

/** Express with one limiter, and routes that a client wants to reach. */
async function attacking(options: RateLimitOptions, test: (attacked: Attacked) => Promise<void>): Promise<void> {
  const app = express();
  app.use(rateLimit(options));
  app.get('/login', (_request, response) => void response.send('login'));
  app.use('/api', (_request, response) => void response.send('api'));
  app.use((_request, response) => void response.status(404).send('nothing'));
  const running = await listen(createServer(BIG, app));
  const raw = async (text: string) => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk;
    });
    socket.end(text, 'latin1');
    await once(socket, 'close');
    return Array.from(answer.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => Number(status));
  };
  const each: Attacked['each'] = async (list, path = '/login') => {
    const seen: number[] = [];
    for (const headers of list) seen.push((await get(running.url + path, headers)).status);
    return seen;
  };
  try {
    await test({ url: running.url, raw, each });
  } finally {
    await running.close();
  }
}

const requestFor = (target: string, connection = 'close') =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\n\r\n`;
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

describe('a client that wants to reach a limited path', () => {
  it('finds no way to write it', async () => {
    const ways = [
      '/login#x',
      '/LOGIN/#',
      '/login/',
      'http://evil/login',
      'HTTP://u:p@evil:1/login#',
      'http:///login',
      '/login?x',
      'x://y/login',
    ];
    for (const way of ways) {
      await attacking({ ...ONE, paths: ['/login'] }, async ({ raw }) => {
        expect([way, await raw(requestFor('/login')), await raw(requestFor(way))]).toEqual([way, [200], [429]]);
      });
    }
    for (const way of ['/api\\x#', '/API/y', '/api//y', '/api/../login#', '//evil/api']) {
      await attacking({ ...ONE, paths: ['/api/*'] }, async ({ raw }) => {
        expect([way, await raw(requestFor('/api/x')), await raw(requestFor(way))]).toEqual([way, [200], [429]]);
      });
    }
  });

  it('cannot make it look like one that is skipped', async () => {
    for (const way of [
      '/login#/../health',
      '/health/../login',
      '/login#.css',
      'http://health/login',
      '/login?/health',
    ]) {
      await attacking({ ...ONE, skipPaths: ['/health', '/health/*', /\.css$/] }, async ({ raw }) => {
        expect([way, await raw(requestFor('/login')), await raw(requestFor(way))]).toEqual([way, [200], [429]]);
      });
    }
  });

  it('is counted for each request that it sends at once, and for HEAD', async () => {
    await attacking({ ...ONE, limit: 2 }, async ({ raw }) => {
      const text = requestFor('/login', 'keep-alive').repeat(3) + requestFor('/login').replace('GET', 'HEAD');
      expect(await raw(text)).toEqual([200, 200, 429, 429]);
    });
  });

  it('is turned away by the parser, and the server goes on', async () => {
    await attacking(ONE, async ({ raw }) => {
      for (const bad of ['login', '/log\x00in', '/\xff', 'http://a\\login'])
        expect(await raw(requestFor(bad))).toEqual([400]);
      expect(await raw(requestFor('/login'))).toEqual([200]);
    });
  });
});

describe('a client that wants to be many', () => {
  it('is one, whatever it writes to the left of what the proxy says', async () => {
    const forged = times(5, (i) => [`9.9.9.${i}`, `"${i}`, `${i}, 10.0.0.1`, `,${',,'.repeat(i)}`]).flat();
    await attacking(ONE, async ({ each }) => {
      const seen = await each(forged.map((left) => ({ 'x-forwarded-for': `${left}, 1.2.3.4` })));
      expect(seen.filter((status) => status === 200)).toHaveLength(1);
      expect(await each(forged.map((left) => ({ 'x-forwarded-for': [left, '1.2.3.4'] })))).toEqual(
        forged.map(() => 429),
      ); // a second line
    });
  });

  it('is one, whatever it writes into the host that a proxy copies into Forwarded', async () => {
    const hosts = times(5, (i) => [`x;for=9.9.9.${i};y`, `x, for=9.9.9.${i}`, `x\\", for=9.9.9.${i}, \\"`]).flat();
    await attacking({ ...ONE, forwardedHeader: 'forwarded' }, async ({ each }) => {
      const seen = await each(
        hosts.map((host) => ({ forwarded: `for="_a;host="${host}, by=10.0.0.1;host="${host}";for=1.2.3.4` })),
      );
      expect(seen).toEqual([200, ...Array(hosts.length - 1).fill(429)]);
    });
  });

  it('is one in all notations of its address, and with all addresses of its network', async () => {
    const notations = [
      '2001:db8::1',
      '2001:DB8:0:0::1',
      '[2001:db8::2]:80',
      '2001:db8::ffff:1.2.3.4',
      '2001:0db8::1%eth0',
    ];
    await attacking(ONE, async ({ each }) => {
      expect(await each(notations.map((text) => ({ 'x-forwarded-for': text })))).toEqual([200, 429, 429, 429, 429]);
    });
  });

  it('is one by its token, whatever keys it shows beside it', async () => {
    await attacking({ ...ONE, key: 'apiKey' }, async ({ each }) => {
      const seen = await each(times(5, (i) => ({ authorization: 'Bearer secret', 'x-api-key': `made up ${i}` })));
      expect(seen).toEqual([200, 429, 429, 429, 429]);
    });
  });

  it('is one for a path, however it writes it', async () => {
    await attacking({ ...ONE, key: ['ip', 'path'] }, async ({ each, raw }) => {
      expect(await each([{}])).toEqual([200]);
      for (const way of ['/LOGIN', '/login/', '/Login#', 'http://x/login?y'])
        expect([way, ...(await raw(requestFor(way)))]).toEqual([way, way.includes('#') ? 200 : 429]);
      expect(await raw(requestFor('/login#2'))).toEqual([429]); // ambiguous paths are one
    });
  });

  it('is one for all routes that there are not, whatever method and path it invents', async () => {
    await attacking({ ...ONE, key: ['ip', 'route'] }, async ({ each, raw }) => {
      expect(await each([{}])).toEqual([200]);
      for (const way of ['/none', '/login', '/login#', '//'])
        expect([way, ...(await raw(requestFor(way)))]).toEqual([way, 429]);
      expect(await raw(requestFor('/none').replace('GET', 'PURGE'))).toEqual([429]);
    });
  });

  it('does not get a limited key forgotten by filling the memory with others', async () => {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, maxKeys: 10, clock: new ManualClock() });
    await attacking({ limiter, trustProxy: 'loopback' }, async ({ each }) => {
      const victim = { 'x-forwarded-for': '1.2.3.4' };
      expect(await each([victim])).toEqual([200]);
      await each(times(50, (i) => ({ 'x-forwarded-for': `9.9.9.${i}` })));
      expect(await each([victim])).toEqual([429]);
      expect(limiter.stats().activeKeys).toBeLessThanOrEqual(10);
    });
  });
});

describe('a client that wants to end the server', () => {
  it('gets a decision for headers of any length and content', async () => {
    const hostile = [
      '10.0.0.1, '.repeat(10_000),
      ','.repeat(100_000),
      '"'.repeat(100_000),
      '\\"'.repeat(50_000),
      ';for="'.repeat(20_000),
      ' '.repeat(100_000),
    ];
    for (const forwardedHeader of ['x-forwarded-for', 'forwarded']) {
      await attacking(
        { ...ONE, limit: 100, forwardedHeader, trustProxy: ['loopback', 'private'] },
        async ({ each }) => {
          expect(await each(hostile.map((value) => ({ [forwardedHeader]: `x${value}` })))).toEqual(
            hostile.map(() => 200),
          );
        },
      );
    }
  });

  it('gets no error of an option function out of a response that has ended', async () => {
    const warnings: string[] = [];
    const fails = () => {
      throw new Error('no');
    };
    const options = {
      ...ONE,
      countIf: fails,
      onLimited: async () => fails(),
      warn: (message: string) => void warnings.push(message),
    };
    await attacking(options, async ({ each }) => {
      expect(await each([{}, {}, {}])).toEqual([200, 429, 429]);
      await new Promise(setImmediate);
    });
    expect(new Set(warnings)).toEqual(
      new Set(['headgate: countIf failed, so the request counts: Error: no', 'headgate: onLimited failed: Error: no']),
    );
  });
});

describe('a client that wants another one to be blocked', () => {
  it('is not taken for one that it names, without a proxy or behind one', async () => {
    const victim = { 'x-forwarded-for': '1.2.3.4' };
    const names = times(5, () => ({
      'x-forwarded-for': '1.2.3.4, 6.6.6.6',
      forwarded: 'for=1.2.3.4',
      'x-real-ip': '1.2.3.4',
    }));
    await attacking(ONE, async ({ each }) => {
      expect(await each(names)).toEqual([200, 429, 429, 429, 429]);
      expect(await each([victim])).toEqual([200]);
    });
  });

  it('is not taken for a user by its address, nor for an address by its name', async () => {
    const user = (request: Request) => request.get('x-user');
    await attacking({ ...ONE, key: 'user', user }, async ({ each }) => {
      const names = ['127.0.0.1', 'ip:127.0.0.1', '1.2.3.4', 'ip:1.2.3.4', 'user:ada'];
      expect(await each(names.map((name) => ({ 'x-user': name })))).toEqual([200, 200, 200, 200, 200]);
      expect(await each([{ 'x-forwarded-for': '1.2.3.4' }, { 'x-user': 'ada' }, {}])).toEqual([200, 200, 200]);
    });
  });
});
