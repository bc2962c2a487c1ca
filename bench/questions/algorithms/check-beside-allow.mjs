import { buildKey } from '../../keys.mjs';
import { nsPerCall } from '../../measure/ns-per-call.mjs';
import { ROOMY } from '../../policies.mjs';

const CALLS = 10_000;

export const question = {
  title: '`check` beside `allow`, one hot key',
  note: 'The floor has no check: the ratios are to its allow. A check builds an object with a row per policy. A native one reads the exact clock, so that its times are exact, where allow reads the coarse one while that is enough: `clock_gettime` is 16 % of it by `perf record`. The object with its row, made by itself, takes 15 ns.',
  candidates: ['floor', 'ts', 'native'],
  metrics: [
    { name: 'allow', title: 'allow', unit: 'ns', judged: 'ratio', targets: {}, detail: true },
    {
      name: 'check',
      title: 'check, to the allow of the floor',
      unit: 'ns',
      judged: 'ratio',
      floor: 'allow',
      targets: {},
    },
    { name: 'over', title: 'check over allow', unit: 'ns', judged: 'value', targets: { ts: 30, native: 30 } },
  ],
  prepare(make, { timeMs }) {
    const limiter = make(ROOMY);
    const key = buildKey(0);
    const before = () => limiter.reset(key);
    const allowBatch = () => {
      let allowed = 0;
      for (let call = 0; call < CALLS; call++) if (limiter.allow(key)) allowed++;
      return allowed;
    };
    const checkBatch = () => {
      let allowed = 0;
      for (let call = 0; call < CALLS; call++) {
        const decision = limiter.check(key);
        kept = decision; // without this the compiler would never make the object
        if (decision.allowed) allowed++;
      }
      return allowed;
    };
    return () => {
      const allow = nsPerCall(allowBatch, CALLS, { timeMs, before });
      if (limiter.check === undefined) return { allow };
      const check = nsPerCall(checkBatch, CALLS, { timeMs, before });
      return { allow, check, over: check - allow };
    };
  },
};

/** Where a caller would keep the decision. */
export let kept;
