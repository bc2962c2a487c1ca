import { afterEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../index.js';
import { SteadyClock } from './steady-clock.js';
import { waitClock } from './wait-clock.js';

describe('a later turn at the same time', () => {
  afterEach(() => vi.useRealTimers());

  it('comes before a clock that is moved leaves the instant', () => {
    const clock = new ManualClock();
    const at: number[] = [];
    waitClock(new SteadyClock(clock)).after(0, () => at.push(clock.now()));
    expect(at).toEqual([]);
    clock.advance(1000);
    expect(at).toEqual([0]);
  });

  it('comes once by itself where the clock stands still', async () => {
    vi.useFakeTimers();
    const clock = new ManualClock();
    let turns = 0;
    waitClock(new SteadyClock(clock)).after(0, () => turns++);
    await vi.runAllTimersAsync();
    clock.advance(1000);
    expect(turns).toBe(1);
  });

  it('is no call within the call that asks for it', async () => {
    vi.useFakeTimers();
    const hasty = {
      now: () => 0,
      after: (_ms: number, wake: () => void) => {
        wake();
        return () => {};
      },
    };
    let turns = 0;
    waitClock(new SteadyClock(hasty)).after(0, () => turns++);
    expect(turns).toBe(0);
    await vi.runAllTimersAsync();
    expect(turns).toBe(1);
  });

  it('can be taken back', async () => {
    vi.useFakeTimers();
    const clock = new ManualClock();
    let turns = 0;
    waitClock(new SteadyClock(clock)).after(0, () => turns++)();
    await vi.runAllTimersAsync();
    clock.advance(1000);
    expect(turns).toBe(0);
  });
});
