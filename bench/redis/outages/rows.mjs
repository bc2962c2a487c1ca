import { CANDIDATES } from '../candidates.mjs';
import { admitted, LIMIT } from './admit.mjs';
import { DEADLINE_MS, RETRY_MS } from './calls.mjs';
import { cut, killed, paused } from './play.mjs';

const CUTS = 20;

/** What an outage comes to; each is told as it is. */
export const OUTAGES = [
  { name: 'longest-wait', title: 'paused: longest wait of a call', unit: 'ms', target: DEADLINE_MS + 10 },
  { name: 'later-wait', title: 'paused: wait of a call once the breaker is open', unit: 'ms', target: 0.1 },
  {
    name: 'executed-later',
    title: 'paused: calls executed after it that were made once it had begun',
    isCount: true,
    target: 0,
  },
  { name: 'right-again', title: 'killed: right again after the server is back', unit: 'ms', target: 500 },
  { name: 'twice', title: `executed twice, ${CUTS} connections cut`, isCount: true, target: 0 },
  { name: 'admitted', title: `admitted by four processes, of ${LIMIT}`, isCount: true, target: LIMIT, least: LIMIT },
];

/** What is said below the table. */
export const OUTAGES_NOTE = `In an outage headgate has its defaults: it waits for ${DEADLINE_MS} ms, and then decides in its process. The others have theirs. Every client tries to connect again every ${RETRY_MS} ms. While a server is paused or killed, for three seconds, a call is made every 10 ms; "never" is within three seconds of its return, where the script was loaded once. "Executed twice" is what the server counted beyond the calls that were made. Each is the median of the runs. A call every 10 ms finds the processor's caches cold; 200,000 in a row took 1.4 µs each where one every 10 ms took 75.`;

/** All figures of the outages, of each candidate in turn. */
export async function measureOutages({ quick }) {
  const [rounds, lastsMs] = quick ? [1, 1000] : [5, 3000];
  const samples = Object.fromEntries(OUTAGES.map(({ name }) => [name, {}]));
  for (let round = 0; round < rounds; round++)
    for (const candidate of Object.keys(CANDIDATES)) {
      const figures = {
        ...(await paused(candidate, lastsMs)),
        ...(await killed(candidate, lastsMs)),
        ...(await cut(candidate, CUTS)),
        ...(await admitted(candidate)),
      };
      for (const { name } of OUTAGES) {
        samples[name][candidate] ??= [];
        samples[name][candidate].push(figures[name]);
      }
    }
  return OUTAGES.map((row) => ({ ...row, samples: samples[row.name] }));
}
