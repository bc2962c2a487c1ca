import { ENGINES_AND_PEERS } from '../../candidates/index.mjs';
import { buildKey } from '../../keys.mjs';
import { batchOf } from '../../measure/batch.mjs';
import { nsPerCallOf } from '../../measure/ns-per-call.mjs';
import { ONE_UNIT } from '../../policies.mjs';

const CALLS = 2_000;

export const question = {
  title: 'One blocked key',
  note: 'The best case of an engine that remembers the denial of its last key; a crowd of blocked keys is its worst. What TypeScript takes beyond the floor is the clock, as at the hot key.',
  candidates: ENGINES_AND_PEERS,
  metrics: [{ name: 'deny', title: 'one blocked key', unit: 'ns', judged: 'ratio', targets: { ts: 1, native: 1 } }],
  async prepare(make, { timeMs }) {
    const limiter = make(ONE_UNIT);
    const key = buildKey(0);
    await limiter.allow(key);
    const batch = batchOf(limiter, CALLS, () => key, false);
    return async () => ({ deny: await nsPerCallOf(limiter, batch, CALLS, { timeMs }) });
  },
};
