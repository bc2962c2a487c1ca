import { buildKey, Draw } from '../keys.mjs';
import { ROOMY } from '../policies.mjs';
import { batchOf, fill } from './batch.mjs';
import { nsPerCallOf } from './ns-per-call.mjs';

const KEYS = 10_000;
const CALLS = 2_000;

/** The question of what a policy costs beside one fixed window: both in one process, on 10k kept strings drawn anew. */
export function besideFixedWindow(title, policy, targets, note) {
  return {
    title,
    note,
    full: { processes: 3, rounds: 8 },
    candidates: ['ts', 'native'],
    metrics: [{ name: 'over', title, unit: '×', judged: 'value', targets }],
    async prepare(make, { timeMs }) {
      const draw = new Draw();
      const keys = Array.from({ length: KEYS }, (_, id) => buildKey(id));
      const batchFor = async (options) => {
        const limiter = make(options);
        await fill(limiter, KEYS, (id) => keys[id]);
        return { limiter, batch: batchOf(limiter, CALLS, () => keys[draw.below(KEYS)]) };
      };
      const [one, other] = [await batchFor(ROOMY), await batchFor(policy)];
      const ns = ({ limiter, batch }) => nsPerCallOf(limiter, batch, CALLS, { timeMs });
      return async () => {
        const base = await ns(one);
        return { over: (await ns(other)) / base };
      };
    },
  };
}
