import { ENGINES_AND_PEERS } from '../../candidates/index.mjs';
import { buildKey, zipfIds } from '../../keys.mjs';
import { batchOf, fill } from '../../measure/batch.mjs';
import { nsPerCallOf } from '../../measure/ns-per-call.mjs';
import { ROOMY } from '../../policies.mjs';

const KEYS = 1_000_000;
const CALLS = 2_000;

export const question = {
  title: "1M keys by Zipf's law, fresh strings",
  note: 'All keys are known; the n-th most frequent one is asked for in proportion to 1/n, as clients of a server are. By `perf record` 51 % of a native call among a million keys is two instructions that wait for memory: one reads the index, one the entry.',
  full: { processes: 3 },
  candidates: [...ENGINES_AND_PEERS, 'key'],
  metrics: [
    {
      name: 'zipf',
      title: "1M keys by Zipf's law, fresh",
      unit: 'ns',
      judged: 'ratio',
      targets: { ts: 0.95, native: 0.25 },
    },
  ],
  async prepare(make, { timeMs }) {
    const limiter = make(ROOMY);
    await fill(limiter, KEYS, buildKey);
    const ids = zipfIds(KEYS);
    let drawn = 0;
    const batch = batchOf(limiter, CALLS, () => buildKey(ids[drawn++ % ids.length]));
    return async () => ({ zipf: await nsPerCallOf(limiter, batch, CALLS, { timeMs }) });
  },
};
