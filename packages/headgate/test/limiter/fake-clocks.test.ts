import { mock } from 'node:test';
import { nativeStatus } from '@headgate/core-native';
import FakeTimers from '@sinonjs/fake-timers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Backend, RateLimiter } from '../../src/index.js';

const MINUTE_MS = 60_000;

/** One way in which tests fake the global clocks; all of them replace `Date`. */
interface Fakes {
  install(): void;
  tick(ms: number): Promise<unknown> | undefined;
  uninstall(): void;
  /** Whether `setTimeout` is faked too, so that a wait ends by a tick. */
  readonly timers: boolean;
}

let sinon: FakeTimers.Clock | undefined;
let atMs = 0;
const RealDate = Date;

const FAKES: Record<string, Fakes> = {
  vitest: {
    timers: true,
    install: () => void vi.useFakeTimers(),
    tick: (ms) => vi.advanceTimersByTimeAsync(ms),
    uninstall: () => void vi.useRealTimers(),
  },
  'sinon, and so jest': {
    timers: true,
    install: () => {
      sinon = FakeTimers.install({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    },
    tick: (ms) => sinon?.tickAsync(ms),
    uninstall: () => sinon?.uninstall(),
  },
  'node:test': {
    timers: true,
    install: () => mock.timers.enable({ apis: ['setTimeout', 'Date'] }),
    tick: async (ms) => mock.timers.tick(ms),
    uninstall: () => mock.timers.reset(),
  },
  'a Date of its own': {
    timers: false,
    install: () => {
      atMs = RealDate.now();
      globalThis.Date = class extends RealDate {
        static override now = () => atMs;
      } as DateConstructor;
    },
    tick: async (ms) => {
      atMs += ms;
    },
    uninstall: () => {
      globalThis.Date = RealDate;
    },
  },
};

const CLOCKS = {
  'no clock option': () => undefined,
  'clock: Date': () => Date,
  'clock: { now: () => Date.now() }': () => ({ now: () => Date.now() }),
};

const backends: Backend[] = nativeStatus().available ? ['ts', 'native'] : ['ts'];
const cases = backends.flatMap((backend) => Object.entries(FAKES).map(([name, fakes]) => ({ backend, name, fakes })));

afterEach(() => {
  for (const { uninstall } of Object.values(FAKES)) uninstall();
});

/** Taken, denied, denied 1 ms before the window's end, and taken at it. */
async function minute(limiter: RateLimiter, fakes: Fakes): Promise<boolean[]> {
  const seen = [limiter.allow('k'), limiter.check('k').allowed];
  await fakes.tick(MINUTE_MS - 1);
  seen.push(limiter.allow('k'));
  await fakes.tick(1);
  return [...seen, limiter.allow('k')];
}

describe.each(cases)('fake clocks of $name are obeyed by the engine $backend', ({ backend, fakes }) => {
  describe.each(Object.entries(CLOCKS))('with %s', (_name, clock) => {
    it.each(['made under them', 'made before them'])('by a limiter %s', async (when) => {
      const make = () => new RateLimiter({ limit: 1, windowMs: MINUTE_MS, backend, clock: clock() });
      const before = when === 'made before them' ? make() : undefined;
      fakes.install();
      try {
        expect(await minute(before ?? make(), fakes)).toEqual([true, false, false, true]);
      } finally {
        fakes.uninstall();
      }
    });
  });

  it('and a limiter that was made under them goes on by the real time after them', async () => {
    fakes.install();
    const limiter = new RateLimiter({ limit: 1, windowMs: 20, backend });
    expect([limiter.allow('k'), limiter.allow('k')]).toEqual([true, false]);
    await fakes.tick(5);
    fakes.uninstall();
    await vi.waitUntil(() => limiter.allow('k'), { timeout: 300_000, interval: 5 });
  });

  it('and what a limiter has counted before them, and between two of them, it still counts', async () => {
    const limiter = new RateLimiter({ limit: 2, windowMs: 3_600_000, backend });
    limiter.allow('k');
    fakes.install();
    limiter.allow('k');
    fakes.uninstall();
    expect(limiter.allow('k')).toBe(false);
    fakes.install();
    expect(limiter.peek('k')).toMatchObject({ allowed: false, remaining: 0 });
    await fakes.tick(3_600_000);
    expect(limiter.allow('k')).toBe(true);
    fakes.uninstall();
  });
});

describe.each(cases.filter(({ fakes }) => fakes.timers))(
  'a wait ends by the timers of $name on the engine $backend',
  ({ backend, fakes }) => {
    it('at the first instant at which it fits', async () => {
      for (const when of ['before', 'under']) {
        const before = when === 'before' ? new RateLimiter({ limit: 1, windowMs: MINUTE_MS, backend }) : undefined;
        fakes.install();
        const limiter = before ?? new RateLimiter({ limit: 1, windowMs: MINUTE_MS, backend });
        limiter.allow('k');
        let ended = false;
        const wait = limiter.wait('k').then(() => {
          ended = true;
        });
        await fakes.tick(MINUTE_MS - 1);
        expect(ended, when).toBe(false);
        await fakes.tick(1);
        await wait;
        fakes.uninstall();
      }
    });
  },
);

it.each(backends)('who waits by a timer that was faked goes on by the real one: engine %s', async (backend) => {
  const limiter = new RateLimiter({ limit: 2, windowMs: 20, backend });
  vi.useFakeTimers();
  limiter.allow('k', 2);
  const left = limiter.wait('k');
  vi.useRealTimers();
  await Promise.all([left, limiter.wait('k')]);
});

it.each(backends)('fake timers without a fake Date leave time and waits real on the engine %s', async (backend) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const limiter = new RateLimiter({ limit: 1, windowMs: 5, backend });
  limiter.allow('k');
  expect(await limiter.wait('k')).toMatchObject({ allowed: true });
});
