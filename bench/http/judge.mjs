import { pairedDifferences, summary } from '../run/statistics.mjs';

/**
 * What the samples of one framework come to: for each variant the CPU of a request in microseconds, what it adds to
 * the server without a limiter, and for headgate whether that is within the target. `blocked` is held against the
 * handler that it spares.
 */
export function judge({ targetUs, ofPeer }, samples) {
  const rows = Object.fromEntries(
    Object.entries(samples).map(([variant, values]) => [
      variant,
      { value: summary(values), adds: summary(pairedDifferences(values, samples.none)), values },
    ]),
  );
  const target = targetUs ?? (rows.peer && ofPeer * rows.peer.adds.median);
  for (const engine of ['native', 'ts']) if (rows[engine]) rows[engine].verdict = verdict(rows[engine].adds, target);
  if (rows.blocked) {
    rows.blocked.overHandler = summary(pairedDifferences(samples.blocked, samples.handler));
    rows.blocked.verdict = verdict(rows.blocked.overHandler, 0);
  }
  return { target, rows };
}

function verdict({ median }, target) {
  if (target === undefined) return undefined;
  return median <= target ? 'met' : 'missed';
}
