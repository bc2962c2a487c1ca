import { currentTimers } from './fake-clocks.js';
import { OwnClock } from './own-clock.js';
import type { SteadyClock } from './steady-clock.js';

/** Time, and timers that run by it. */
export interface WaitClock {
  /** Whole milliseconds; never steps back. */
  now(): number;
  /**
   * Calls back once, when so many whole milliseconds have passed; 0: in a later turn of the event loop. It may be
   * early: `setTimeout` is by up to a millisecond, and what is longer than a timer can be wakes in between. So who
   * is woken looks again. Keeps the process alive; the answer takes it back.
   */
  after(ms: number, wake: () => void): () => void;
  /** Whether the global clocks were faked or made real since it was asked last: timers from before may never come. */
  hasNewTimers(): boolean;
  /** By how much the time that the engine reads may lag behind `now`. */
  readonly lagMs: number;
}

/** Two clocks that are rounded to milliseconds apart, and a timer that is early. */
const LAG_MS = 2;
/** What `setTimeout` can wait for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What `wait` goes by: the clock given, or one like the engines' own, with the timers that go with it. */
export function waitClock(clock: SteadyClock | undefined): WaitClock {
  const source = clock ?? new OwnClock();
  let date = Date;
  const start = (ms: number, wake: () => void) => clock?.after?.(ms, wake) ?? timeout(ms, wake);
  return {
    now: () => Math.floor(source.now()),
    after(ms, wake) {
      if (ms === 0) return inLaterTurn(clock, wake);
      return start(Math.min(ms + (clock?.behindMs ?? 0), LONGEST_TIMER_MS), wake);
    },
    hasNewTimers() {
      const changed = Date !== date;
      date = Date;
      return changed;
    },
    lagMs: clock === undefined ? LAG_MS : 0,
  };
}

/**
 * By the host's own loop, or by a clock that is moved on before that comes, whichever is first: a clock for tests
 * calls back before it leaves the instant, and one that stands still holds nobody up.
 */
function inLaterTurn(clock: SteadyClock | undefined, wake: () => void): () => void {
  let isOver = false;
  let isLater = false;
  const takeBack = () => {
    isOver = true;
    takeBackTimeout();
    takeBackOwn?.();
  };
  const once = () => {
    if (isOver || !isLater) return;
    takeBack();
    wake();
  };
  const takeBackTimeout = timeout(0, once);
  const takeBackOwn = clock?.after?.(0, once);
  isLater = true; // a clock that calls back at once is no later turn
  return takeBack;
}

function timeout(ms: number, wake: () => void): () => void {
  const timers = currentTimers();
  const timer = timers.setTimeout(wake, ms);
  return () => timers.clearTimeout(timer);
}
