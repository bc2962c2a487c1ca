import { buildKey } from '../keys.mjs';
import { nsPerCall } from '../measure/ns-per-call.mjs';
import { ROOMY } from '../policies.mjs';

const CALLS = 10_000;

export const question = {
  title: 'One hot key, allowed',
  note: 'The best case of an engine that remembers its last key; 100 repeated keys are its worst.',
  candidates: ['floor', 'ts', 'native'],
  metrics: [{ name: 'allow', title: 'one hot key', unit: 'ns', judged: 'ratio', targets: { ts: 1.2, native: 1.25 } }],
  prepare(make, { timeMs }) {
    const limiter = make(ROOMY);
    const key = buildKey(0);
    const before = () => limiter.reset(key); // or its limit would end
    const batch = () => {
      let allowed = 0;
      for (let call = 0; call < CALLS; call++) if (limiter.allow(key)) allowed++;
      return allowed;
    };
    return () => ({ allow: nsPerCall(batch, CALLS, { timeMs, before }) });
  },
};
