import type { RateLimiterAbstract } from './rate-limiter-abstract.js';
import type { RateLimiterRes } from './rate-limiter-res.js';

/** What `setTimeout` can wait for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type After = (ms: number, wake: () => void) => unknown;

/** With `execEvenly`, holds back who is not the first of a duration, so that calls spread over what is left of it. */
export async function inTurn(
  limiter: RateLimiterAbstract,
  consumed: RateLimiterRes,
  after: After = (ms, wake) => setTimeout(wake, ms),
): Promise<RateLimiterRes> {
  const { msBeforeNext, remainingPoints, consumedPoints, isFirstInDuration } = consumed;
  if (!limiter.execEvenly || limiter.points <= 0 || msBeforeNext <= 0 || isFirstInDuration) return consumed;
  const evenMs = Math.ceil(msBeforeNext / (remainingPoints + 2));
  const { execEvenlyMinDelayMs: leastMs } = limiter;
  const delayMs = evenMs < leastMs ? consumedPoints * leastMs : evenMs;
  consumed.msBeforeNext = Math.max(0, msBeforeNext - delayMs);
  return new Promise((resolve) => {
    after(Math.min(Math.max(0, Math.ceil(delayMs)), LONGEST_TIMER_MS), () => resolve(consumed));
  });
}
