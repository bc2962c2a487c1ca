import { expect } from 'vitest';
import { ManualClock, RateLimiter } from '../../../src/index.js';
import { leave, statuses } from '../client.js';
import type { Rule, WithServer } from '../framework.js';

/** Its time stands still, so that no window ends however long the requests take. */
const TWO = { limit: 2, windowSeconds: 60, clock: new ManualClock() } as const;

export function settling(rule: Rule, withServer: WithServer): void {
  rule('skipFailedRequests gives back what failed', async () => {
    await withServer({ ...TWO, skipFailedRequests: true }, async (url) => {
      expect(await statuses(`${url}/status/404`, 3)).toEqual([404, 404, 404]);
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 429]);
    });
  });

  rule('skipFailedRequests gives back what a handler took that throws', async () => {
    await withServer({ ...TWO, skipFailedRequests: true }, async (url) => {
      expect(await statuses(`${url}/throws`, 3)).toEqual([500, 500, 500]);
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 429]);
    });
  });

  rule('skipSuccessfulRequests gives back what succeeded', async () => {
    await withServer({ ...TWO, skipSuccessfulRequests: true }, async (url) => {
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 200]);
      expect(await statuses(`${url}/status/401`, 3)).toEqual([401, 401, 429]);
    });
  });

  rule('countIf decides when the response has ended', async () => {
    const countIf = ({ status }: { status: number }) => status === 401;
    await withServer({ ...TWO, countIf }, async (url) => {
      expect(await statuses(`${url}/status/403`, 3)).toEqual([403, 403, 403]);
      expect(await statuses(`${url}/status/401`, 3)).toEqual([401, 401, 429]);
    });
  });

  rule('countIf may answer a promise, and where it fails the request counts', async () => {
    const none = () => {
      throw new Error('cannot say');
    };
    for (const [countIf, statusesSeen] of [
      [async () => false, [200, 200, 200]],
      [async () => true, [200, 200, 429]],
      [none, [200, 200, 429]],
      [async () => none(), [200, 200, 429]],
    ] as const) {
      const warnings: string[] = [];
      const warn = (message: string) => warnings.push(message);
      await withServer({ ...TWO, countIf, warn }, async (url) => {
        expect(await statuses(`${url}/ok`, 3)).toEqual(statusesSeen);
      });
    }
  });

  rule('an error in a handler counts, where nothing is said about it', async () => {
    await withServer(TWO, async (url) => {
      expect(await statuses(`${url}/throws`, 3)).toEqual([500, 500, 429]);
    });
  });

  rule('a client that goes away gets nothing back', async () => {
    const limiter = new RateLimiter(TWO);
    let arrived = () => {};
    const atHandler = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let settled = () => {};
    const ended = new Promise<void>((resolve) => {
      settled = resolve;
    });
    const countIf = ({ aborted }: { aborted: boolean }) => {
      if (aborted) settled();
      return true;
    };
    const cost = () => {
      arrived();
      return 1;
    };
    await withServer({ limiter, key: () => 'k', cost, skipSuccessfulRequests: true, countIf }, async (url) => {
      await leave(`${url}/hangs`, atHandler);
      await ended;
      await new Promise(setImmediate); // the reservation is settled once countIf has answered
      expect(limiter.remaining('k')).toBe(1);
    });
  });
}
