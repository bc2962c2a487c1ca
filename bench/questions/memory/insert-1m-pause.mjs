import { buildKey } from '../../keys.mjs';
import { PauseWatch } from '../../measure/pause-watch.mjs';
import { ROOMY } from '../../policies.mjs';

const KEYS = 1_000_000;

export const question = {
  title: 'Inserting 1M keys: the longest pause of one call',
  note: 'Less the time that the thread waited for a core, where the system tells it. "key only" shows what is the machine and the garbage collector alone. The floor and TypeScript both stall at key 524,288, where the `Map` doubles: one moment of each process, so their ratio spreads widely.',
  full: { processes: 7, rounds: 1 },
  quick: { processes: 1, rounds: 1 },
  candidates: ['floor', 'ts', 'native', 'key'],
  metrics: [
    {
      name: 'pause',
      title: 'longest pause, 1M keys going in',
      unit: 'ms',
      judged: { ts: 'ratio', native: 'value' },
      targets: { ts: 0.7, native: 2 },
    },
    { name: 'onClock', title: 'the same with the waiting', unit: 'ms', judged: 'value', targets: {}, detail: true },
  ],
  prepare(make) {
    insert(make(ROOMY), 20_000, new PauseWatch());
    return () => {
      const watch = new PauseWatch();
      const limiter = make(ROOMY);
      globalThis.gc();
      insert(limiter, KEYS, watch);
      return { pause: watch.longestMs, onClock: watch.longestOnClockMs, activeKeys: limiter.stats().activeKeys };
    };
  },
};

function insert(limiter, count, watch) {
  watch.start();
  for (let id = 0; id < count; id++) {
    limiter.allow(buildKey(id));
    watch.called();
  }
}
