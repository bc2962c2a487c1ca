import { Redis } from 'ioredis';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';

// One of several processes on one key for some windows. It tells which windows it saw on the server, and when it admitted.
const [port, limit, windowMs, windows] = process.argv.slice(2).map(Number) as [number, number, number, number];

const client = new Redis(port, '127.0.0.1');
const starts = new Set<number>();

/** What a script call answers, and the window that runs when it has run: no other call comes between. */
async function watched(run: (pipeline: ReturnType<Redis['multi']>) => ReturnType<Redis['multi']>): Promise<unknown> {
  const results = await run(client.multi()).getBuffer('four:k').exec();
  const [[error, reply], [, value]] = results as [[Error | null, unknown], [Error | null, Buffer | null]];
  if (value) starts.add(value[0] === 241 ? value.readUIntBE(1, 6) : value.readDoubleBE(21));
  if (error) throw error;
  return reply;
}

const watching = {
  evalsha: (sha: string, keys: string[], args: string[]) =>
    watched((multi) => multi.evalsha(sha, keys.length, ...keys, ...args)),
  eval: (script: string, keys: string[], args: string[]) =>
    watched((multi) => multi.eval(script, keys.length, ...keys, ...args)),
};
const engine = redis(watching, {
  prefix: 'four:',
  deadlineMs: 60_000,
  onOutage: 'throw',
  rememberDenialsMs: 0,
  expectedInstances: 4,
  leases: { fromPerSecond: 1, mostUnits: 40 },
});
const limiter = new RemoteRateLimiter({ limit, windowMs, engine });
await limiter.peek('other');
process.send?.('ready');
process.once('message', async () => {
  /** When each call that was allowed was made and answered, by the clock that the server has too. */
  const admitted: [number, number][] = [];
  let calls = 0;
  while (starts.size < windows) {
    const fromMs = Date.now();
    const answers = await Promise.all(Array.from({ length: 1 + (calls++ % 20) }, () => limiter.allow('k')));
    for (const allowed of answers) if (allowed) admitted.push([fromMs, Date.now()]);
  }
  process.send?.({ starts: [...starts], admitted, allowed: limiter.stats().allowed });
  client.disconnect();
  process.disconnect();
});
