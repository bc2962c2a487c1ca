// The two engines beside each other in the runtime that runs this: node bench/runtimes.mjs, bun bench/runtimes.mjs. What
// `backend: 'auto'` takes there is decided by these figures.
import { RateLimiter } from 'headgate';

const { Bun, Deno, process } = globalThis;
const runtime = Bun ? `Bun ${Bun.version}` : Deno ? `Deno ${Deno.version.deno}` : `Node ${process.versions.node}`;
const ROUNDS = 9;
const CALLS = 400_000;
/** Fresh strings, as they come from the wire. */
const keyOf = (id) => `10.${id >> 16}.${(id >> 8) & 255}.${id & 255}`;

const limiters = (keys) =>
  Object.fromEntries(
    ['ts', 'native'].map((backend) => {
      const limiter = new RateLimiter({ limit: 1e9, windowSeconds: 3600, backend });
      for (let id = 0; id < keys; id++) limiter.allow(keyOf(id));
      return [backend, limiter];
    }),
  );

/** Nanoseconds of a call, with the key that it makes. */
function timed(limiter, keys) {
  const startMs = performance.now();
  for (let i = 0, id = 0; i < CALLS; i++, id = (id + 7919) % keys)
    if (!limiter.allow(keyOf(id))) throw new Error('a call was denied');
  return ((performance.now() - startMs) * 1e6) / CALLS;
}

const median = (samples) => samples.sort((a, b) => a - b)[samples.length >> 1];

console.log(`${runtime}\n| keys | TypeScript | native | native over TypeScript |\n|---|---|---|---|`);
for (const keys of [1, 100, 1_000, 10_000, 1_000_000]) {
  const made = limiters(keys);
  const samples = { ts: [], native: [] };
  for (let round = -1; round < ROUNDS; round++)
    for (const backend of ['ts', 'native']) {
      const ns = timed(made[backend], keys);
      if (round >= 0) samples[backend].push(ns);
    }
  const ratio = median(samples.native.map((ns, round) => ns / samples.ts[round]));
  const [ts, native] = [median(samples.ts), median(samples.native)].map((ns) => `${ns.toFixed(0)} ns`);
  console.log(`| ${keys.toLocaleString('en')} | ${ts} | ${native} | ${ratio.toFixed(2)} |`);
}
