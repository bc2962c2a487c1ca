import { Bench } from 'tinybench';

/**
 * Nanoseconds of one call, as the median over many batches: one batch is one timed iteration, long enough
 * that the timer's own cost vanishes.
 *
 * @param {() => number} batch makes `calls` calls and answers how many did what they should
 * @param {number} calls at least 1,000
 * @param {{ timeMs: number, before?: () => void }} settings `before` runs ahead of each batch, untimed
 */
export function nsPerCall(batch, calls, settings) {
  const { p50 } = latency(batch, calls, settings);
  return (p50 * 1e6) / calls;
}

/** The same of a batch that may answer a promise. */
export async function nsPerCallOf(limiter, batch, calls, settings) {
  if (!limiter.isAsync) return nsPerCall(batch, calls, settings);
  const bench = benchOf(settings);
  bench.add('batch', async () => checkedCount(await batch(), calls), { async: true, beforeEach: settings.before });
  await bench.run();
  return (bench.tasks[0].result.latency.p50 * 1e6) / calls;
}

/**
 * The same as the mean. Threads that share a core by turns look undisturbed in the median batch, since each
 * batch is short: here their waiting counts.
 */
export function meanNsPerCall(batch, calls, settings) {
  return (latency(batch, calls, settings).mean * 1e6) / calls;
}

function latency(batch, calls, { timeMs, before }) {
  const bench = benchOf({ timeMs });
  bench.add('batch', () => checkedCount(batch(), calls), { async: false, beforeEach: before });
  bench.runSync();
  return bench.tasks[0].result.latency;
}

function benchOf({ timeMs }) {
  return new Bench({ time: timeMs, warmupTime: timeMs / 2, iterations: 8, warmupIterations: 4, throws: true });
}

/** Sinks the answers, and stops a run that measures something else than it says. */
function checkedCount(asExpected, calls) {
  if (asExpected !== calls)
    throw new Error(`${calls - asExpected} of ${calls} calls answered otherwise than they should`);
}
