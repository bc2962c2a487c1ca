const DAY_MS = 86_400_000;
const SECOND_MS = 1000;

export const PROCESSES = 4;
export const DEADLINE_MS = 200;

/** Whose limits bind: what is admitted in each span is held against what may be. */
export const BOUNDED = {
  fixed: { limit: 20, windowMs: SECOND_MS },
  sliding: { algorithm: 'sliding-window', limit: 20, windowMs: SECOND_MS },
  bucket: { algorithm: 'token-bucket', limit: 20, burst: 12, windowMs: SECOND_MS },
  several: {
    limits: [
      { name: 'second', limit: 12, windowMs: SECOND_MS },
      { name: 'longer', algorithm: 'sliding-window', limit: 40, windowMs: 4 * SECOND_MS },
    ],
  },
};

/** Whose limits are never reached and whose units don't come back in a run: what is used is what was taken. */
export const SUMMED = {
  fixed: { limit: 1_000_000, windowMs: DAY_MS },
  sliding: { algorithm: 'sliding-window', limit: 1_000_000, windowMs: DAY_MS },
  bucket: { algorithm: 'token-bucket', limit: 300, burst: 1_000_000, windowMs: DAY_MS },
  several: {
    limits: [
      { name: 'a', limit: 1_000_000, windowMs: DAY_MS },
      { name: 'b', algorithm: 'sliding-window', limit: 1_000_000, windowMs: DAY_MS },
      { name: 'c', algorithm: 'token-bucket', limit: 300, burst: 1_000_000, windowMs: DAY_MS },
    ],
  },
};

/** Each of its keys is asked for once. */
export const ONCE = { limit: 1000, windowMs: DAY_MS };

/** Where anything is done to keys. */
export const WILD = {
  limits: [
    { name: 'fixed', limit: 30, windowMs: 500, blockForMs: 50 },
    { name: 'sliding', algorithm: 'sliding-window', limit: 40, windowMs: 700 },
    { name: 'bucket', algorithm: 'token-bucket', limit: 50, windowMs: 900 },
  ],
};

/** The policies of a limiter, by what it was made with. */
export function policiesOf(options) {
  return options.limits ?? [options];
}
