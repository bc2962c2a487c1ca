import { buildKey } from '../../keys.mjs';

const KEYS = 200_000;

export const question = {
  title: 'Churn at maxKeys: every call a new key, and one that has to go',
  note: 'Beside an insert without a bound, of as many keys in the same process. The floor has no bound. An insert without a bound takes nothing out: by `perf record` 24 % of a TypeScript call is the look-up, 17 % `Map.prototype.delete` and 16 % the choice of who goes. Of a native one no instruction has more than 9 %: the entry that goes, its neighbours in the order and its place in the index are each somewhere else in memory.',
  full: { processes: 3, rounds: 5 },
  quick: { processes: 1, rounds: 3 },
  candidates: ['ts', 'native'],
  metrics: [
    {
      name: 'over',
      title: 'churn at maxKeys over insert',
      unit: '×',
      judged: 'value',
      targets: { ts: 1.8, native: 1.5 },
    },
    { name: 'churn', title: 'a call of a new key at maxKeys', unit: 'ns', judged: 'value', targets: {}, detail: true },
  ],
  prepare(make) {
    const policy = { limit: 1_000_000, windowMs: 3_600_000 };
    return () => {
      const insert = nsOfInserts(make(policy), 0);
      const full = make({ ...policy, maxKeys: KEYS });
      nsOfInserts(full, 0);
      const churn = nsOfInserts(full, KEYS);
      return { over: churn / insert, churn };
    };
  },
};

function nsOfInserts(limiter, from) {
  const startMs = performance.now();
  for (let id = from; id < from + KEYS; id++) limiter.allow(buildKey(id));
  return ((performance.now() - startMs) * 1e6) / KEYS;
}
