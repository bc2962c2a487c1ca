import { ENGINES_AND_PEERS } from '../candidates/index.mjs';
import { buildKey, Draw } from '../keys.mjs';
import { ROOMY } from '../policies.mjs';
import { batchOf, fill } from './batch.mjs';
import { nsPerCallOf } from './ns-per-call.mjs';

const CALLS = 2_000;

/**
 * The question of one number of keys, all known to the limiter. `fresh`: the string is built for each call.
 * `repeated`: the very string that was first handed over comes again. Each key is drawn anew on each call,
 * since one random order replayed would make the order of the `Map`'s entries the order of the calls.
 */
export function manyKeys(count, label, freshTargets, repeatedTargets = {}) {
  return {
    title: `${label} keys, fresh and repeated`,
    note: 'TypeScript on repeated keys: with a clock that costs nothing one call among 10k took 49 to 55 ns where the floor, with its own, took 72. Its clock takes 32 ns of it, as at the hot key.',
    candidates: [...ENGINES_AND_PEERS, 'key'],
    metrics: [
      { name: 'fresh', title: `${label} keys, fresh`, unit: 'ns', judged: 'ratio', targets: freshTargets },
      { name: 'repeated', title: `${label} keys, repeated`, unit: 'ns', judged: 'ratio', targets: repeatedTargets },
    ],
    async prepare(make, { timeMs }) {
      const limiter = make(ROOMY);
      const keys = Array.from({ length: count }, (_, id) => buildKey(id));
      await fill(limiter, count, (id) => keys[id]);
      const draw = new Draw();
      const fresh = batchOf(limiter, CALLS, () => buildKey(draw.below(count)));
      const repeated = batchOf(limiter, CALLS, () => keys[draw.below(count)]);
      return async () => ({
        fresh: await nsPerCallOf(limiter, fresh, CALLS, { timeMs }),
        repeated: await nsPerCallOf(limiter, repeated, CALLS, { timeMs }),
      });
    },
  };
}
