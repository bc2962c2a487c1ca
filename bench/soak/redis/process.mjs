// One of the processes that ask: makes random calls from the start of a round until it is told to stop, and tells what came of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteRateLimiter, redis } from 'headgate/redis';
import { Draw } from '../../keys.mjs';
import { openClient } from './clients.mjs';
import { DEADLINE_MS, PROCESSES } from './limiters.mjs';
import { Asking } from './load/asking.mjs';
import { Bounded } from './load/bounded.mjs';
import { Once } from './load/once.mjs';
import { Summed } from './load/summed.mjs';
import { Wild } from './load/wild.mjs';

/** Calls of one turn. */
const AT_ONCE = 8;
const PAUSE_MS = 4;

const [number, port, kind, onOutage] = process.argv.slice(2);
const client = await openClient(kind, Number(port));
const throws = onOutage === 'throw';
const engine = (prefix) =>
  redis(client, { prefix: `${prefix}:`, deadlineMs: DEADLINE_MS, onOutage, expectedInstances: PROCESSES });
const bounded = new Bounded((name) => engine(`bounded-${name}`), throws);
const summed = new Summed((name) => engine(`summed-${name}`));
const asked = new Once(engine('once'), number, throws);
const wild = new Wild(engine('wild'));
const probing = new RemoteRateLimiter({ limit: 1, windowMs: 1, engine: engine('probe') });
const draw = new Draw(0x9e3779b9 + Number(number) * 977);

const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error?.stack ?? String(error)));

let round;
let isOver = true;
let running = Promise.resolve();
let asking = new Asking();

process.on('message', (message) =>
  answer(message).catch((error) => process.send({ type: 'failed', why: error.stack ?? String(error) })),
);

async function answer(message) {
  if (message.type === 'start') {
    round = message.round;
    asking = new Asking();
    isOver = false;
    running = load();
  } else if (message.type === 'recover') {
    process.send({ type: 'recovered', afterMs: await recovered() });
  } else {
    isOver = true;
    await running;
    process.send({ type: 'tally', ...tally() });
  }
}
process.on('disconnect', () => process.exit(1));
process.send({ type: 'ready' });

async function load() {
  while (!isOver) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const group = draw.below(4);
        if (group === 0) await bounded.turn(round, draw, asking);
        else if (group === 1) await summed.turn(round, draw, asking);
        else if (group === 2) await asked.turn(round, draw, asking);
        else await wild.turn(draw, asking);
      }),
    );
    await sleep(PAUSE_MS);
  }
}

/** Milliseconds until the server decides again. */
async function recovered() {
  const startMs = performance.now();
  for (;;) {
    const decision = await probing.peek('k').catch(() => ({ degraded: true }));
    if (!decision.degraded) return performance.now() - startMs;
    await sleep(1);
  }
}

function tally() {
  const { calls, unsure, unsent, longestMs, errors } = asking;
  const told = { bounded: bounded.tally(), summed: summed.tally(), once: asked.tally(), wild: wild.tally() };
  for (let i = 0; i < 2; i++) globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    who: `process ${number}, ${kind}, ${onOutage}`,
    calls,
    unsure,
    unsent,
    longestMs,
    errors,
    ...told,
    heapUsed,
    rss,
    unhandled: unhandled.splice(0),
  };
}
