/** Stops the run for a candidate that decides otherwise than it should: its speed would mean nothing. */
export function verify(make) {
  const limiter = make({ limit: 7, windowMs: 3_600_000 });
  for (const key of ['a', 'b', `a${'b'.repeat(300)}`]) {
    const admitted = Array.from({ length: 20 }, () => limiter.allow(key)).filter(Boolean).length;
    if (admitted !== 7) throw new Error(`it admitted ${admitted} of 7 units`);
  }
  const { activeKeys } = limiter.stats();
  if (activeKeys !== 3) throw new Error(`it held ${activeKeys} of 3 keys`);
  if (!limiter.reset('a') || !limiter.allow('a')) throw new Error('it denied a key that was reset');
}
