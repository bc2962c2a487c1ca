import { ManualClock } from '@headgate/core-ts';
import { expect } from 'vitest';
import { get, statuses } from '../client.js';
import type { AnyOptions, Rule, WithServer } from '../framework.js';

/** Its time stands still, so that no window ends however long the requests take. */
const ONE = { limit: 1, windowSeconds: 60, clock: new ManualClock() } as const;

export function badInput(rule: Rule, withServer: WithServer): void {
  rule('a key that is no string, and a function that throws, end in an error and count nothing', async () => {
    const fails = () => {
      throw new Error('no key');
    };
    for (const key of [
      fails,
      async () => fails(),
      () => Promise.reject(),
      () => undefined,
      () => ({}),
      () => '',
      async () => 7,
    ]) {
      await withServer({ ...ONE, key: key as () => string }, async (url) => {
        expect(await statuses(`${url}/ok`, 2)).toEqual([500, 500]);
      });
    }
  });

  rule('a cost that is no whole number ends in an error and counts nothing', async () => {
    for (const cost of [() => Number.NaN, () => -1, () => 0.5, () => '1', async () => undefined]) {
      await withServer({ ...ONE, cost: cost as () => number }, async (url) => {
        expect(await statuses(`${url}/ok`, 2)).toEqual([500, 500]);
      });
    }
  });

  rule(
    'a handler that throws or rejects, with an error or without, ends in an error and lets nothing through',
    async () => {
      const fails = () => {
        throw new Error('no answer');
      };
      const nothing = () => {
        throw undefined;
      };
      for (const handler of [
        fails,
        async () => fails(),
        nothing,
        () => Promise.reject(),
        () => Promise.reject('route'),
      ]) {
        for (const key of [() => 'k', async () => 'k']) {
          await withServer({ ...ONE, limit: 0, key, handler } as AnyOptions, async (url) => {
            const { status, body } = await get(`${url}/ok`);
            expect(status).toBeGreaterThanOrEqual(429); // Fastify keeps the status that was set
            expect(body).not.toBe('ok');
          });
        }
      }
    },
  );

  rule('what nobody waits for may reject: a denial is a denial', async () => {
    const rejects = () => Promise.reject();
    await withServer({ ...ONE, limit: 0, onLimited: rejects as () => void, warn: rejects }, async (url) => {
      expect(await statuses(`${url}/ok`, 2)).toEqual([429, 429]);
    });
  });

  rule('a message may be a promise, and where it fails nothing is let through', async () => {
    await withServer({ ...ONE, limit: 0, message: async () => 'slow down' }, async (url) => {
      const { status, body } = await get(`${url}/ok`);
      expect([status, JSON.parse(body)]).toEqual([429, { detail: 'slow down' }]);
    });
    await withServer({ ...ONE, limit: 0, message: () => Promise.reject() }, async (url) => {
      expect((await get(`${url}/ok`)).status).toBe(500);
    });
  });

  rule('a limit that is no limit ends in an error', async () => {
    for (const limit of [() => Number.NaN, () => -1, () => '5', async () => undefined]) {
      await withServer({ windowSeconds: 60, limit: limit as () => number }, async (url) => {
        expect((await get(`${url}/ok`)).status).toBe(500);
      });
    }
  });

  rule('a limit that is another each time holds, however many there are', async () => {
    let limit = 2;
    await withServer({ windowSeconds: 60, limit: () => limit++ % 66, clock: new ManualClock() }, async (url) => {
      const seen = await statuses(`${url}/ok`, 70);
      const allowed = seen.filter((status) => status === 200).length;
      expect(allowed).toBe(64); // the n-th request has a limit of n + 1, until that begins anew from 0
      expect(seen.filter((status) => status === 429)).toHaveLength(6);
    });
  });

  rule('forged, repeated, long, malformed and binary forwarding headers end in a decision', async () => {
    const values = [
      ',,,,',
      ' ',
      ';;=',
      '"',
      'for="',
      'for=;',
      '::::',
      '[',
      '[]',
      '1.2.3.4:99999999',
      '1.2.3.4, ',
      '\u00ff\u00fe\u0080',
      Array(400).fill('10.0.0.1').join(', '),
      'a'.repeat(8000),
      '%31%2e1.1.1',
      '0177.0.0.1',
      '0x7f000001',
      '127.1',
      '2130706433',
    ];
    for (const forwardedHeader of ['x-forwarded-for', 'forwarded']) {
      const options = { limit: values.length, windowSeconds: 60, trustProxy: ['private'], forwardedHeader };
      await withServer(options, async (url) => {
        for (const value of values) {
          const { status } = await get(`${url}/ok`, { [forwardedHeader]: value });
          expect([value, status]).toEqual([value, 200]);
        }
        expect((await get(`${url}/ok`, { [forwardedHeader]: ['1.1.1.1', '2.2.2.2'] })).status).toBe(200);
      });
    }
  });

  rule('an option that there is not, or a value that it cannot have, is refused at once', async () => {
    const bad: [object, string][] = [
      [{ ...ONE, max: 5 }, 'unknown option "max"'],
      [{ ...ONE, trustProxy: true }, 'trustProxy must name the proxies'],
      [{ ...ONE, trustProxy: ['10.0.0.0/33'] }, '10.0.0.0/33'],
      [{ ...ONE, key: 'ips' }, 'key must be'],
      [{ ...ONE, ipv6Subnet: 0 }, 'ipv6Subnet must be'],
      [{ ...ONE, statusCode: 200 }, 'statusCode must be'],
      [{ ...ONE, standard: 'draft-9' }, 'standard must be'],
      [{ ...ONE, standard: 'latest', name: 'täglich' }, 'printable ASCII'],
      [{ ...ONE, skip: 'yes' }, 'skip must be a function'],
      [{ ...ONE, dryRun: 'yes' }, 'dryRun must be a boolean'],
      [{ ...ONE, handler: 'x' }, 'handler'], // Nest has none, and says so
      [{ ...ONE, paths: ['login'] }, 'paths must have paths that begin with /'],
      [{ windowSeconds: 60 }, 'limit must be'],
      [{ limiter: {} }, 'limiter must be'],
    ];
    for (const [options, message] of bad) {
      await expect(withServer(options, async () => {})).rejects.toThrow(message);
    }
  });
}
