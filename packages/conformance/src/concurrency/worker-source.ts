import { BARRIER, CALLS_BEFORE_RUNNING, TIMEOUT_MS } from './messages.js';

/** About a millisecond. */
const SPINS = 200_000;

/**
 * The program of a worker thread, as text: it runs the same from the sources under a test runner, which
 * compiles for the main thread only, and from either build. CommonJS, since that is what `eval` takes.
 */
export const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { isAbsolute } = require('node:path');
const { pathToFileURL } = require('node:url');

const specifier = isAbsolute(workerData.module) ? pathToFileURL(workerData.module).href : workerData.module;
const loaded = import(specifier).then((module) => {
  const makeEngine = module[workerData.export];
  if (typeof makeEngine !== 'function') throw new TypeError(specifier + ' has no function ' + workerData.export);
  return makeEngine;
});
// It may fail before the first job comes, which answers for it.
loaded.catch(() => {});

// Held until the next job: with its last holder a shared engine may lose its statistics.
let engine;

parentPort.on('message', async (job) => {
  try {
    const makeEngine = await loaded;
    engine = makeEngine({
      policies: job.policies, clock: undefined, shared: job.shared, maxKeys: 1_000, onFull: 'deny',
    });
    const barrier = new Int32Array(job.barrier);
    meet(barrier, ${BARRIER.arrived}, job.threads);
    const admitted = job.calls === Infinity ? endless(job, barrier) : hammer(job);
    meet(barrier, ${BARRIER.finished}, job.reporters);
    parentPort.postMessage({ admitted, stats: engine.stats() });
  } catch (error) {
    parentPort.postMessage({ error: String(error && error.stack || error) });
  }
});

function hammer(job) {
  let admitted = 0;
  for (let i = 0; i < job.calls; i++) if (take(job)) admitted++;
  return admitted;
}

function endless(job, barrier) {
  for (let i = 0; ; i++) {
    if (take(job)) Atomics.add(barrier, ${BARRIER.admittedByEndless}, 1);
    if (i === ${CALLS_BEFORE_RUNNING}) parentPort.postMessage({ running: true });
  }
}

function take(job) {
  return job.how === 'allow' ? engine.allow('shared key', job.cost) : engine.check('shared key', job.cost).allowed;
}

// A thread that sleeps here wakes too late to meet the first in the middle of its calls, so each spins a while.
function meet(barrier, cell, parties) {
  Atomics.add(barrier, cell, 1);
  for (let spins = 0; spins < ${SPINS}; spins++) if (Atomics.load(barrier, cell) >= parties) break;
  Atomics.notify(barrier, cell);
  for (let here = Atomics.load(barrier, cell); here < parties; here = Atomics.load(barrier, cell)) {
    if (Atomics.wait(barrier, cell, here, ${TIMEOUT_MS}) === 'timed-out') throw new Error('the other threads never came');
  }
}
`;
