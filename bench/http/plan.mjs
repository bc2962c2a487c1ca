/**
 * How often each server is asked: in so many processes, so many rounds in each, so many requests in a round. Short
 * rounds, and many: a shared machine changes its speed for a second or so, and a round is compared as a whole.
 *
 * @typedef {{ processes: number, rounds: number, requests: number, warmUp: number }} Plan
 */
const FULL = { processes: 4, rounds: 20, requests: 3_000, warmUp: 15_000 };
const QUICK = { processes: 1, rounds: 5, requests: 800, warmUp: 5_000 };

export function planOf(quick) {
  return quick ? QUICK : FULL;
}
