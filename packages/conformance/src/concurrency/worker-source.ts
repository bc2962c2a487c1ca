import { CALLS_BEFORE_RUNNING, GATE, TIMEOUT_MS } from './messages.js';

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
// It may fail before the first order comes, which answers for it.
loaded.catch(() => {});

// Held until the next order: with its last holder a shared engine may lose its statistics.
let engine;

parentPort.on('message', async (order) => {
  try {
    const makeEngine = await loaded;
    engine = makeEngine({
      policies: order.policies, clock: undefined, shared: order.shared, maxKeys: 1_000, onFull: 'deny',
    });
    const gate = new Int32Array(order.gate);
    meet(gate, ${GATE.arrived}, order.threads);
    const admitted = order.calls === Infinity ? endless(order, gate) : hammer(order);
    meet(gate, ${GATE.finished}, order.reporters);
    parentPort.postMessage({ admitted, stats: engine.stats() });
  } catch (error) {
    parentPort.postMessage({ error: String(error && error.stack || error) });
  }
});

function hammer(order) {
  let admitted = 0;
  for (let i = 0; i < order.calls; i++) if (take(order)) admitted++;
  return admitted;
}

function endless(order, gate) {
  for (let i = 0; ; i++) {
    if (take(order)) Atomics.add(gate, ${GATE.admittedByEndless}, 1);
    if (i === ${CALLS_BEFORE_RUNNING}) parentPort.postMessage({ running: true });
  }
}

function take(order) {
  return order.how === 'allow' ? engine.allow('shared key', order.cost) : engine.check('shared key', order.cost).allowed;
}

// A thread that sleeps here wakes too late to meet the first in the middle of its calls, so each spins a while.
function meet(gate, cell, parties) {
  Atomics.add(gate, cell, 1);
  for (let spins = 0; spins < ${SPINS}; spins++) if (Atomics.load(gate, cell) >= parties) break;
  Atomics.notify(gate, cell);
  for (let here = Atomics.load(gate, cell); here < parties; here = Atomics.load(gate, cell)) {
    if (Atomics.wait(gate, cell, here, ${TIMEOUT_MS}) === 'timed-out') throw new Error('the other threads never came');
  }
}
`;
