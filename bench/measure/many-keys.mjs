import { buildKey, Draw } from '../keys.mjs';
import { ROOMY } from '../policies.mjs';
import { nsPerCall } from './ns-per-call.mjs';

const CALLS = 2_000;

/**
 * The question of one number of keys, all known to the limiter. `fresh`: the string is built for each call.
 * `repeated`: the very string that was first handed over comes again. Each key is drawn anew on each call,
 * since one random order replayed would make the order of the `Map`'s entries the order of the calls.
 */
export function manyKeys(count, label, freshTargets) {
  return {
    title: `${label} keys, fresh and repeated`,
    candidates: ['floor', 'ts', 'native', 'key'],
    metrics: [
      { name: 'fresh', title: `${label} keys, fresh`, unit: 'ns', judged: 'ratio', targets: freshTargets },
      { name: 'repeated', title: `${label} keys, repeated`, unit: 'ns', judged: 'ratio', targets: {} },
    ],
    prepare(make, { timeMs }) {
      const limiter = make(ROOMY);
      const keys = Array.from({ length: count }, (_, id) => buildKey(id));
      for (const key of keys) limiter.allow(key);
      const batches = { fresh: freshBatch(limiter, count), repeated: repeatedBatch(limiter, keys) };
      return () => ({
        fresh: nsPerCall(batches.fresh, CALLS, { timeMs }),
        repeated: nsPerCall(batches.repeated, CALLS, { timeMs }),
      });
    },
  };
}

function freshBatch(limiter, count) {
  const draw = new Draw();
  return () => {
    let allowed = 0;
    for (let call = 0; call < CALLS; call++) if (limiter.allow(buildKey(draw.below(count)))) allowed++;
    return allowed;
  };
}

function repeatedBatch(limiter, keys) {
  const draw = new Draw();
  return () => {
    let allowed = 0;
    for (let call = 0; call < CALLS; call++) if (limiter.allow(keys[draw.below(keys.length)])) allowed++;
    return allowed;
  };
}
