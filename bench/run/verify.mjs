/**
 * Asks a candidate for 20 units where 7 are to be had, and more. Answers what it does otherwise than it should:
 * a speed would mean nothing for ours, and little for a peer.
 */
export async function verify(make, { isPeer = false } = {}) {
  const limiter = make({ limit: 7, windowMs: 3_600_000 });
  for (const key of ['a', 'b', `a${'b'.repeat(300)}`]) {
    let admitted = 0;
    for (let call = 0; call < 20; call++) if (await limiter.allow(key)) admitted++;
    if (admitted !== 7) return `it admitted ${admitted} of 7 units`;
  }
  const { activeKeys } = limiter.stats();
  if (activeKeys !== 3) return `it held ${activeKeys} of 3 keys`;
  await limiter.reset('a');
  if (!(await limiter.allow('a'))) return 'it denied a key that was reset';
  if (isPeer) return undefined;
  return limiter.allow('b') ? 'it admitted what is over' : undefined;
}
