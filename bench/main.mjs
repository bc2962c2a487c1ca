// Measures limiters by themselves, or what is named: `http` servers that have one, those on `redis`, what it takes to `start`,
// or `simulate` on logs. Writes the figures down.
import { parseArgs } from 'node:util';

/** What can be measured, and the options that each takes beside `--quick` and `--write`. */
const MEASURES = {
  questions: {
    load: async () => (await import('./run/measure-questions.mjs')).measureQuestions,
    takes: ['only', 'contended', 'seed'],
  },
  redis: { load: async () => (await import('./redis/measure-redis.mjs')).measureRedis, takes: [] },
  simulate: { load: async () => (await import('./simulate/measure-simulate.mjs')).measureSimulate, takes: [] },
  start: { load: async () => (await import('./start/measure-start.mjs')).measureStart, takes: ['seed'] },
  http: { load: async () => (await import('./http/measure-http.mjs')).measureHttp, takes: ['only', 'seed'] },
};
const OF_ALL = ['quick', 'write'];

const { values: given, positionals } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'), // package managers hand it on
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    write: { type: 'boolean' },
    contended: { type: 'boolean' },
    seed: { type: 'string' },
  },
});

const [what = 'questions', ...more] = positionals;
if (!Object.hasOwn(MEASURES, what) || more.length > 0)
  throw new RangeError(`what to measure must be one of ${Object.keys(MEASURES)}, got ${positionals.join(' ')}`);
const { load, takes } = MEASURES[what];
for (const [name, value] of Object.entries(given))
  if (!takes.includes(name) && !OF_ALL.includes(name)) throw new RangeError(`${what} takes no --${name}, got ${value}`);
const { quick = false, write = false, contended = false, seed = '1', only } = given;
if (!/^\d{1,9}$/.test(seed)) throw new RangeError(`--seed must be a whole number from 0 up, got ${seed}`);
if (write && only !== undefined)
  throw new RangeError(`--write keeps the figures of all there is, and takes no --only, got ${only}`);
const measure = await load();
await measure({ quick, write, contended, seed, only });
