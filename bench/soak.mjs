// Everything at once for minutes: threads on limiters that they share, or with `redis` four processes on one server while
// faults happen. Ends with status 1 unless memory stayed flat and every count is exact.
import { parseArgs } from 'node:util';

const SOAKS = {
  threads: async () => (await import('./soak/threads/soak.mjs')).soakThreads,
  redis: async () => (await import('./soak/redis/soak.mjs')).soakRedis,
};

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'), // package managers hand it on
  allowPositionals: true,
  options: { minutes: { type: 'string' } },
});
const [what = 'threads', ...more] = positionals;
if (!Object.hasOwn(SOAKS, what) || more.length > 0)
  throw new RangeError(`what to soak must be one of ${Object.keys(SOAKS)}, got ${positionals.join(' ')}`);
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
if (minutes !== undefined && !(minutes > 0)) throw new RangeError(`--minutes must be above 0, got ${values.minutes}`);
const soak = await SOAKS[what]();
process.exit((await soak({ minutes })) ? 0 : 1);
