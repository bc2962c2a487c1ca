import { ENGINES_AND_PEERS } from '../../candidates/index.mjs';
import { buildKey } from '../../keys.mjs';
import { batchOf } from '../../measure/batch.mjs';
import { nsPerCallOf } from '../../measure/ns-per-call.mjs';
import { ROOMY } from '../../policies.mjs';

const CALLS = 2_000;

export const question = {
  title: 'One hot key, allowed',
  note: 'The best case of an engine that remembers its last key; 100 repeated keys are its worst. A limiter of a shared name remembers its last key too. TypeScript reads `performance.now()`, which never steps back; the floor reads `Date.now()`. By itself the first took 39 ns in Node 20 where the whole floor took 37; with a clock that costs nothing the call took 16 to 20 ns.',
  candidates: ENGINES_AND_PEERS,
  metrics: [{ name: 'allow', title: 'one hot key', unit: 'ns', judged: 'ratio', targets: { ts: 1.05, native: 1.05 } }],
  prepare(make, { timeMs }) {
    const limiter = make(ROOMY);
    const key = buildKey(0);
    const before = () => limiter.reset(key); // or its limit would end
    const batch = batchOf(limiter, CALLS, () => key);
    return async () => ({ allow: await nsPerCallOf(limiter, batch, CALLS, { timeMs, before }) });
  },
};
