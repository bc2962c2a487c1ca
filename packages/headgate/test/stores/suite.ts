import { ManualClock } from '@headgate/core-ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { backends } from '../../src/backend/backends.js';
import type { StoreOptions } from '../../src/stores/hits/store-options.js';
import { get, statuses } from '../http/client.js';
import type { Running } from '../http/framework.js';
import { titleWhere } from '../native.js';

/**
 * A peer's own middleware with our store in it. Its server answers `GET /` with 200, at most `limit` times a client in
 * a fixed window; a client is told by the header `x-client`.
 */
export interface Peer {
  readonly name: string;
  start(limit: number, windowMs: number, options: StoreOptions): Promise<Running>;
}

const WINDOW_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What peers take for a window: also fractions, and more than their own timers can wait. */
const WINDOWS_MS = [1.1 * HOUR_MS, 0.1 * 3 * HOUR_MS, 1000.5, 30 * 24 * HOUR_MS, 12 * 365 * 24 * HOUR_MS];

/** What holds for every peer, by real requests through its own package. */
export function storeSuite(peer: Peer): void {
  for (const { name, available } of backends())
    describe.skipIf(!available)(titleWhere(available, `every store's rules: ${peer.name}, on the engine ${name}`), () =>
      rules(peer, name),
    );
}

function rules(peer: Peer, backend: 'native' | 'ts'): void {
  async function serving(
    limit: number,
    options: StoreOptions,
    test: (url: string) => Promise<void>,
    windowMs = WINDOW_MS,
  ): Promise<void> {
    const running = await peer.start(limit, windowMs, { backend, ...options });
    try {
      await test(running.url);
    } finally {
      await running.close();
    }
  }

  afterEach(() => void vi.useRealTimers());

  it('lets so many through, and denies the next', async () => {
    await serving(3, { clock: new ManualClock() }, async (url) => {
      expect(await statuses(url, 5)).toEqual([200, 200, 200, 429, 429]);
    });
  });

  it('lets through again when the window is over, and not a millisecond before', async () => {
    const clock = new ManualClock();
    await serving(2, { clock }, async (url) => {
      await statuses(url, 3);
      clock.advance(WINDOW_MS - 1);
      expect(await statuses(url, 1)).toEqual([429]);
      clock.advance(1);
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
    });
  });

  it('tells how long to wait by the clock of the store', async () => {
    // Some peers take the end of the window as a date, and work out by Date.now how far it is away.
    vi.useFakeTimers({ toFake: ['Date'] });
    const clock = new ManualClock();
    await serving(1, { clock }, async (url) => {
      await statuses(url, 2);
      clock.advance(20_500);
      const { headers } = await get(url);
      const wait = Number(headers['retry-after']);
      expect(wait).toBeGreaterThanOrEqual(39);
      expect(wait).toBeLessThanOrEqual(40);
    });
  });

  it('counts each client apart', async () => {
    await serving(1, { clock: new ManualClock() }, async (url) => {
      expect(await statuses(url, 2, { 'x-client': 'one' })).toEqual([200, 429]);
      expect(await statuses(url, 2, { 'x-client': 'two' })).toEqual([200, 429]);
    });
  });

  it('shares nothing with another store', async () => {
    const clock = new ManualClock();
    await serving(1, { clock }, async (first) => {
      await serving(1, { clock }, async (second) => {
        expect([await statuses(first, 2), await statuses(second, 2)]).toEqual([
          [200, 429],
          [200, 429],
        ]);
      });
    });
  });

  it('holds no more clients than maxKeys, and forgets none that is at its limit', async () => {
    const clock = new ManualClock();
    await serving(2, { clock, maxKeys: 2 }, async (url) => {
      const at = (client: string, count: number) => statuses(url, count, { 'x-client': client });
      expect(await at('one', 2)).toEqual([200, 200]);
      expect([await at('two', 1), await at('three', 1), await at('four', 2)]).toEqual([[200], [200], [200, 200]]);
      expect([await at('one', 1), await at('four', 1)]).toEqual([[429], [429]]);
      expect(await at('five', 1)).toEqual([429]);
      clock.advance(2 * WINDOW_MS);
      expect(await at('five', 1)).toEqual([200]);
    });
  });

  it.each(WINDOWS_MS)('takes a window of %d ms, and denies in it', async (windowMs) => {
    const clock = new ManualClock();
    const test = async (url: string) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
      clock.advance(Math.floor(Math.min(windowMs, 9 * 365 * 24 * HOUR_MS)) - 1);
      expect(await statuses(url, 1)).toEqual([429]);
    };
    await serving(2, { clock }, test, windowMs);
  });
}
