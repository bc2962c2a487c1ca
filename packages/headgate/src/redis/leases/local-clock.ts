import type { Clock } from '@headgate/core-ts';

/** How far `Date` is ahead, at the most so far. */
let aheadMs = Number.NEGATIVE_INFINITY;

/**
 * This process's time, which leases end by. The monotonic clock stands still while the machine is suspended, and `Date` does
 * not: so it goes on by whichever says that more has passed. A `Date` that is set forward only ends a lease too early.
 */
export const LOCAL_CLOCK: Required<Clock> = {
  now() {
    const monotonicMs = performance.now();
    aheadMs = Math.max(aheadMs, Date.now() - monotonicMs);
    return monotonicMs + aheadMs;
  },
  after(ms, wake) {
    const timer = setTimeout(wake, ms);
    (timer as { unref?(): void }).unref?.();
    return () => clearTimeout(timer);
  },
};
