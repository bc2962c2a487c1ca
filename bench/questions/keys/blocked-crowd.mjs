import { buildKey, Draw } from '../../keys.mjs';
import { nsPerCall } from '../../measure/ns-per-call.mjs';
import { ONE_UNIT } from '../../policies.mjs';

const CALLS = 4_000;
const KEYS = 100;

export const question = {
  title: 'A crowd of 100 blocked keys',
  note: 'An engine that remembers the denial of its last key gains nothing here.',
  candidates: ['floor', 'ts', 'native', 'key'],
  metrics: [{ name: 'deny', title: '100 blocked keys, fresh', unit: 'ns', judged: 'ratio', targets: {} }],
  prepare(make, { timeMs, candidate }) {
    const limiter = make(ONE_UNIT);
    const blocked = candidate !== 'key';
    const draw = new Draw();
    for (let id = 0; id < KEYS; id++) limiter.allow(buildKey(id));
    const batch = () => {
      let asExpected = 0;
      for (let call = 0; call < CALLS; call++) {
        if (limiter.allow(buildKey(draw.below(KEYS))) !== blocked) asExpected++;
      }
      return asExpected;
    };
    return () => ({ deny: nsPerCall(batch, CALLS, { timeMs }) });
  },
};
