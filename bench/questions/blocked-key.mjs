import { buildKey } from '../keys.mjs';
import { nsPerCall } from '../measure/ns-per-call.mjs';
import { ONE_UNIT } from '../policies.mjs';

const CALLS = 10_000;

export const question = {
  title: 'One blocked key',
  note: 'The best case of an engine that remembers the denial of its last key; a crowd of blocked keys is its worst.',
  candidates: ['floor', 'ts', 'native'],
  metrics: [{ name: 'deny', title: 'one blocked key', unit: 'ns', judged: 'ratio', targets: { ts: 1.2, native: 1 } }],
  prepare(make, { timeMs }) {
    const limiter = make(ONE_UNIT);
    const key = buildKey(0);
    limiter.allow(key);
    const batch = () => {
      let denied = 0;
      for (let call = 0; call < CALLS; call++) if (!limiter.allow(key)) denied++;
      return denied;
    };
    return () => ({ deny: nsPerCall(batch, CALLS, { timeMs }) });
  },
};
