import { parentPort, workerData } from 'node:worker_threads';
import { CANDIDATES } from '../candidates/index.mjs';
import { buildKey, Draw } from '../keys.mjs';
import { ROOMY } from '../policies.mjs';
import { waitedForCoreMs } from './core-wait.mjs';
import { meanNsPerCall } from './ns-per-call.mjs';

const { candidate, timeMs, count, thread, threads, gate } = workerData;
const CALLS = 5_000;

const limiter = CANDIDATES[candidate].make({ ...ROOMY, shared: 'bench' });
const keys = Array.from({ length: count }, (_, id) => buildKey(id));
for (const key of keys) limiter.allow(key);

const batch = count === 1 ? hotBatch(keys[0]) : freshBatch();
const before = count === 1 ? () => limiter.reset(keys[0]) : undefined; // or the limit of the hot key would end
meanNsPerCall(batch, CALLS, { timeMs: timeMs / 2, before });
meet();
const [startMs, waitedMs] = [performance.now(), waitedForCoreMs()];
const ns = meanNsPerCall(batch, CALLS, { timeMs, before });
parentPort.postMessage({ ns, waited: (waitedForCoreMs() - waitedMs) / (performance.now() - startMs) });

function hotBatch(key) {
  return () => {
    let allowed = 0;
    for (let call = 0; call < CALLS; call++) if (limiter.allow(key)) allowed++;
    return allowed;
  };
}

function freshBatch() {
  const draw = new Draw(0x9e3779b9 + thread); // threads in step would always meet at one shard
  return () => {
    let allowed = 0;
    for (let call = 0; call < CALLS; call++) if (limiter.allow(buildKey(draw.below(count)))) allowed++;
    return allowed;
  };
}

/** Waits until all threads are here, so that none is measured alone. */
function meet() {
  Atomics.add(gate, 0, 1);
  Atomics.notify(gate, 0);
  for (let here = Atomics.load(gate, 0); here < threads; here = Atomics.load(gate, 0)) Atomics.wait(gate, 0, here);
}
