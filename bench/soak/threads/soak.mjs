import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createNativeEngine, nativeStatus } from '@headgate/core-native';
import { RateLimiter } from '@headgate/core-ts';
import { quantile } from '../../run/statistics.mjs';
import { CHURNED, EXACT, Load, MAX_KEYS } from './load.mjs';

const THREADS = 4;
const SAMPLE_MS = 2_000;
/** More than the garbage collector's own ups and downs between two fifths of a run. */
const MOST_GROWTH = 0.05;

/**
 * Four threads on shared limiters and one on TypeScript, keys that churn, blocks, reservations, waits and aborted waits,
 * updates and snapshots. Answers whether memory stayed flat and every count was exact.
 */
export async function soakThreads({ minutes = 10 }) {
  const untilMs = Date.now() + minutes * 60_000;
  const failures = [];

  if (!nativeStatus().available) {
    console.log('soak: no native binary runs here, and TypeScript has one heap per thread');
    return false;
  }
  const churned = new RateLimiter(CHURNED, createNativeEngine);
  const exact = new RateLimiter(EXACT, createNativeEngine);
  const { shared, ...alone } = CHURNED;
  const onMain = new Load(new RateLimiter(alone), undefined, 'main');

  const workers = Array.from({ length: THREADS }, (_, thread) => {
    return new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { thread, untilMs } });
  });
  const ended = Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));

  const samples = [];
  for (let turn = 0; Date.now() < untilMs; turn++) {
    const sampleAtMs = Date.now() + SAMPLE_MS;
    while (Date.now() < sampleAtMs) await onMain.turn();
    churned.update({ limit: CHURNED.limit + (turn % 3) });
    demand(churned.snapshot().length > 0, 'a snapshot was empty');
    globalThis.gc();
    samples.push(process.memoryUsage.rss());
    const { activeKeys } = churned.stats();
    demand(activeKeys <= MAX_KEYS, `${activeKeys} keys were held of ${MAX_KEYS}`);
    if (turn % 15 === 0)
      console.log(`${samples.length * (SAMPLE_MS / 1000)} s: ${mb(samples.at(-1))}, ${activeKeys} keys`);
  }
  await onMain.stop();
  const counts = await ended;

  const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
  demandSame('calls allowed by threads', churned.stats().allowed, sum('allowed'));
  demandSame('calls denied by threads', churned.stats().blocked, sum('blocked'));
  demandSame('units of the exact key', sum('exact'), Math.min(EXACT.limit, sum('exactCalls')));
  demandSame('calls of the exact key', exact.stats().totalChecks, sum('exactCalls'));
  demandSame('calls allowed on TypeScript', onMain.limiter.stats().allowed, onMain.allowed);
  demandSame('calls denied on TypeScript', onMain.limiter.stats().blocked, onMain.blocked);
  const fifth = Math.floor(samples.length / 5);
  const [early, late] = [samples.slice(fifth, 2 * fifth), samples.slice(-fifth)].map((some) => quantile(some, 0.5));
  demand(late <= early * (1 + MOST_GROWTH), `memory grew from ${mb(early)} to ${mb(late)}`);

  const { evictions, rejectedFull } = churned.stats();
  console.log(
    `${THREADS} threads: ${sum('allowed')} allowed, ${sum('blocked')} denied, ${evictions} evictions, ${rejectedFull} found no room`,
  );
  console.log(
    `waits: ${sum('waited')} admitted, ${sum('refused')} refused, ${sum('aborted')} aborted; ${sum('settled')} reservations settled`,
  );
  console.log(
    `TypeScript: ${onMain.allowed} allowed, ${onMain.blocked} denied, ${onMain.waited} waits admitted, ${onMain.aborted} aborted`,
  );
  console.log(`memory: ${mb(early)} in the second fifth of the run, ${mb(late)} in the last`);
  for (const failure of new Set(failures)) console.log(`FAILED: ${failure}`);
  console.log(failures.length === 0 ? 'soak: flat memory, exact counts' : `soak: ${failures.length} failures`);
  return failures.length === 0;

  function demand(holds, why) {
    if (!holds) failures.push(why);
  }

  function demandSame(what, actual, expected) {
    demand(actual === expected, `${what}: ${actual}, expected ${expected}`);
  }
}

function mb(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
