import { ENGINES_AND_PEERS } from '../../candidates/index.mjs';
import { KeyOnly } from '../../candidates/key-only.mjs';
import { buildKey } from '../../keys.mjs';
import { fill } from '../../measure/batch.mjs';
import { residentBytes } from '../../measure/memory.mjs';
import { ROOMY } from '../../policies.mjs';

const KEYS = 1_000_000;

export const question = {
  title: 'Inserting 1M keys: time and memory',
  note: 'Resident memory after less before, garbage collected. Keys that nobody holds were built before, so that their garbage counts for nobody. A Map with an object of two numbers for each key takes the floor by itself; an entry here has its links in the order of eviction besides, which is what bounds memory. @fastify/rate-limit with 5,000 keys holds 5,000 of the million.',
  full: { processes: 5, peerProcesses: 2, rounds: 1 },
  quick: { processes: 1, rounds: 1 },
  candidates: [...ENGINES_AND_PEERS, 'key'],
  metrics: [
    { name: 'insert', title: 'insert 1M keys, each', unit: 'ns', judged: 'ratio', targets: {} },
    {
      name: 'bytes',
      title: 'resident bytes per key, 1M',
      unit: 'B',
      judged: { floor: 'value', ts: 'value', native: 'value' },
      targets: { ts: 160, native: 48 },
    },
  ],
  async prepare(make) {
    await fill(make(ROOMY), 20_000, buildKey); // lets the compiler see the calls
    const heldByNobody = new KeyOnly(); // lets the heap of short-lived strings reach its size
    for (let time = 0; time < 2; time++) await fill(heldByNobody, KEYS, buildKey);
    const limiter = make(ROOMY);
    return async () => {
      const before = residentBytes();
      const startMs = performance.now();
      await fill(limiter, KEYS, buildKey);
      const insert = ((performance.now() - startMs) * 1e6) / KEYS;
      const bytes = (residentBytes() - before) / KEYS;
      const { activeKeys } = limiter.stats(); // asked last, so that it all lived until then
      return { insert, bytes, activeKeys };
    };
  },
};
