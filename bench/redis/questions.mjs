import { CANDIDATES, leasing, threeLimits } from './candidates.mjs';

const ROOMY = 1e9;
let made = 0;

/** Each answers a number of one candidate; `ratio`: told as that of the bare script. */
export const QUESTIONS = [
  { name: 'hot-cpu', title: 'client CPU, hot key, 64 at once', isRatio: true, target: 0.2, ask: hot(64, cpu) },
  { name: 'lone-cpu', title: 'client CPU of a lone call', isRatio: true, target: 1.5, ask: hot(1, cpu) },
  {
    name: 'hot-rate',
    title: 'decisions per second, hot key, 256 at once',
    isRatio: true,
    least: 10,
    ask: hot(256, rate),
  },
  { name: 'fresh-rate', title: 'decisions per second, fresh keys, 256 at once', isRatio: true, least: 2.5, ask: fresh },
  { name: 'denied', title: 'a denied key', unit: 'µs', target: 0.3, ask: denied },
  { name: 'server', title: 'server time of a decision, hot key, 64 at once', unit: 'µs', ask: serverTime },
  { name: 'bytes', title: 'bytes on the server per key', unit: 'B', target: 80, ask: bytes },
  { name: 'three', title: 'server time, three limits over one', unit: '×', target: 2, ask: three, only: 'headgate' },
  {
    name: 'leased-cpu',
    title: 'client CPU of a lone call, hot key, with leases',
    unit: 'µs',
    ask: leasedCpu,
    only: 'headgate',
  },
  {
    name: 'leased-trips',
    title: 'script calls per decision, hot key, with leases',
    target: 1,
    ask: leasedTrips,
    only: 'headgate',
  },
];

const CALLS = 12_800;

function hot(atOnce, measure) {
  return async (candidate, client) => {
    const allow = await CANDIDATES[candidate].make(client, ROOMY, `${++made}:`);
    return measure(() => together(allow, atOnce, CALLS, () => 'k'));
  };
}

async function fresh(candidate, client) {
  const allow = await CANDIDATES[candidate].make(client, ROOMY, `${++made}:`);
  let id = 0;
  return rate(() => together(allow, 256, CALLS, () => `10.0.${id >> 8}.${id++ & 255}`));
}

async function denied(candidate, client) {
  const allow = await CANDIDATES[candidate].make(client, 1, `${++made}:`);
  for (let i = 0; i < 3; i++) await allow('k');
  const calls = candidate === 'bare' ? 2_000 : 20_000;
  const startMs = performance.now();
  for (let i = 0; i < calls; i++) if (await allow('k')) throw new Error('a denied key was allowed');
  return (1000 * (performance.now() - startMs)) / calls;
}

async function serverTime(candidate, client) {
  const allow = await CANDIDATES[candidate].make(client, ROOMY, `${++made}:`);
  return serverUs(client, () => together(allow, 64, CALLS, () => 'k'));
}

async function three(_candidate, client) {
  const one = await CANDIDATES.headgate.make(client, ROOMY, `${++made}:`);
  const several = threeLimits(client, `${++made}:`);
  let id = 0;
  const keys = () => `k${id++}`;
  const [base, more] = [
    await serverUs(client, () => together(one, 64, CALLS, keys)),
    await serverUs(client, () => together(several, 64, CALLS, keys)),
  ];
  return more / base;
}

async function leasedCpu(_candidate, client) {
  const allow = leasing(client, `${++made}:`);
  return cpu(() => together(allow, 1, CALLS, () => 'k'));
}

async function leasedTrips(_candidate, client) {
  const allow = leasing(client, `${++made}:`);
  await together(allow, 1, CALLS, () => 'k');
  await client.config('RESETSTAT');
  await together(allow, 1, CALLS, () => 'k');
  return Number((await client.info('commandstats')).match(/cmdstat_evalsha:calls=(\d+)/)[1]) / CALLS;
}

async function bytes(candidate, client) {
  const prefix = `${++made}:`;
  const allow = await CANDIDATES[candidate].make(client, ROOMY, prefix);
  await allow('10.0.0.1');
  return client.memory('USAGE', `${prefix}10.0.0.1`);
}

/** So many calls, so many of them at one time. Answers how many that were. */
async function together(allow, atOnce, calls, keyOf) {
  for (let done = 0; done < calls; done += atOnce) {
    const answers = await Promise.all(Array.from({ length: atOnce }, () => allow(keyOf())));
    if (answers.includes(false)) throw new Error('a call was denied');
  }
  return calls;
}

/** Microseconds of this process a call. */
async function cpu(run) {
  await run(); // lets the compiler see it
  const before = process.cpuUsage();
  const calls = await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** Calls a second. */
async function rate(run) {
  await run();
  const startMs = performance.now();
  const calls = await run();
  return (1000 * calls) / (performance.now() - startMs);
}

/** Microseconds of the server a call. */
async function serverUs(client, run) {
  await run();
  await client.config('RESETSTAT');
  const calls = await run();
  const usec = (await client.info('commandstats')).match(/cmdstat_evalsha:calls=\d+,usec=(\d+)/)[1];
  return Number(usec) / calls;
}
