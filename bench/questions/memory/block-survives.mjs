import { ENGINES_AND_PEERS } from '../../candidates/index.mjs';
import { buildKey } from '../../keys.mjs';
import { fill } from '../../measure/batch.mjs';

const OTHERS = 100_000;
const TRIES = 100;

export const question = {
  title: 'A denied key, after an attacker came with 100,000 other ones',
  note: 'How many of 100 calls of the denied key are admitted then. Our engines were given room for 5,000 keys only.',
  full: { processes: 1, rounds: 1 },
  quick: { processes: 1, rounds: 1 },
  candidates: ENGINES_AND_PEERS,
  metrics: [
    {
      name: 'admitted',
      title: 'calls of a denied key admitted',
      unit: 'calls',
      judged: 'value',
      targets: { ts: 0, native: 0 },
    },
  ],
  prepare(make, { isPeer, candidate }) {
    return async () => {
      const bounds = isPeer || candidate === 'floor' ? {} : { maxKeys: 5_000 };
      const limiter = make({ limit: 10, windowMs: 3_600_000, ...bounds });
      const denied = buildKey(-1);
      for (let call = 0; call < 20; call++) await limiter.allow(denied);
      await fill(limiter, OTHERS, buildKey);
      let admitted = 0;
      for (let call = 0; call < TRIES; call++) if (await limiter.allow(denied)) admitted++;
      return { admitted };
    };
  },
};
