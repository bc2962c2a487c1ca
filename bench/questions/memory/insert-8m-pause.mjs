import { ENGINES } from '../../candidates/index.mjs';
import { buildKey } from '../../keys.mjs';
import { fill } from '../../measure/batch.mjs';
import { PauseWatch } from '../../measure/pause-watch.mjs';
import { ROOMY } from '../../policies.mjs';

export const question = {
  title: '8M keys going in: the longest pause of one call',
  note: 'A JavaScript Map stalls where it doubles, and so does every limiter that is made of one.',
  full: { processes: 3, rounds: 1, anyCore: true, alone: true, flags: ['--max-old-space-size=12000'] },
  quick: { processes: 0 },
  candidates: ENGINES,
  metrics: [
    { name: 'pause', title: 'longest pause, 8M keys going in', unit: 'ms', judged: 'value', targets: { native: 10 } },
  ],
  async prepare(make) {
    await fill(make(ROOMY), 20_000, buildKey);
    return async () => {
      const watch = new PauseWatch();
      const limiter = make(ROOMY);
      watch.start();
      await fill(limiter, 8_000_000, buildKey, () => watch.called());
      return { pause: watch.longestMs, activeKeys: limiter.stats().activeKeys };
    };
  },
};
