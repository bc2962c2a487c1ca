import { ENGINES } from '../../candidates/index.mjs';
import { buildKey, Draw } from '../../keys.mjs';
import { fill } from '../../measure/batch.mjs';
import { nsPerCall } from '../../measure/ns-per-call.mjs';
import { ROOMY } from '../../policies.mjs';

const KEYS = 1_000_000;
const BATCH = 256;
const CALLS = 8 * BATCH;

export const question = {
  title: '`allowMany` of 256 fresh keys, of 1M',
  note: 'The keys are built in both; the floor is asked for each by itself.',
  full: { processes: 3 },
  candidates: [...ENGINES, 'key'],
  metrics: [
    { name: 'many', title: 'allowMany, each of 256 keys', unit: 'ns', judged: 'ratio', targets: { native: 0.12 } },
  ],
  async prepare(make, { timeMs }) {
    const limiter = make(ROOMY);
    await fill(limiter, KEYS, buildKey);
    const draw = new Draw();
    const keys = new Array(BATCH).fill('');
    const build = () => {
      for (let i = 0; i < BATCH; i++) keys[i] = buildKey(draw.below(KEYS));
    };
    const ask =
      limiter.allowMany === undefined
        ? () => keys.reduce((sum, key) => (limiter.allow(key) ? sum + 1 : sum), 0)
        : () => limiter.allowMany(keys).reduce((sum, allowed) => sum + allowed, 0);
    const batch = () => {
      let allowed = 0;
      for (let time = 0; time < CALLS / BATCH; time++) {
        build();
        allowed += ask();
      }
      return allowed;
    };
    return () => ({ many: nsPerCall(batch, CALLS, { timeMs }) });
  },
};
