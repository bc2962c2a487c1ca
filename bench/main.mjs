// Measures limiters by themselves, or what is named: `http` servers that have one, those on `redis`, what it takes to `start`,
// or `simulate` on logs. Writes the figures down.
import { parseArgs } from 'node:util';

const MEASURES = {
  questions: async () => (await import('./run/measure-questions.mjs')).measureQuestions,
  redis: async () => (await import('./redis/measure-redis.mjs')).measureRedis,
  simulate: async () => (await import('./simulate/measure-simulate.mjs')).measureSimulate,
  start: async () => (await import('./start/measure-start.mjs')).measureStart,
  http: async () => (await import('./http/measure-http.mjs')).measureHttp,
};

const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'), // package managers hand it on
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    contended: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

if (options.write && options.only !== undefined) throw new RangeError('--write keeps the figures of all there is');
const [what = 'questions', ...more] = positionals;
if (!Object.hasOwn(MEASURES, what) || more.length > 0)
  throw new RangeError(`what to measure must be one of ${Object.keys(MEASURES)}, got ${positionals.join(' ')}`);
const measure = await MEASURES[what]();
await measure(options);
