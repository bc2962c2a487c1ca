import { setTimeout as sleep } from 'node:timers/promises';
import { startProxy } from '../proxy.mjs';
import { startServer } from '../server.mjs';
import { callsOf, DEADLINE_MS, openClient } from './calls.mjs';

const EVERY_MS = 10;
/** Who does not decide by then never does: its script is gone. */
const NEVER_MS = 3000;
/** By then a call of the outage's beginning has failed, and those that came with it. */
const BEGUN_MS = 3 * DEADLINE_MS;

/** The server stands still: how long calls wait, at first and later, and which are executed once it goes on. */
export async function paused(candidate, lastsMs) {
  return withServer(candidate, async ({ server, calls, direct }) => {
    server.signal('SIGSTOP');
    const [first, later] = [await callFor(BEGUN_MS, calls, 'first'), await callFor(lastsMs, calls, 'later')];
    server.signal('SIGCONT');
    const waits = [await Promise.all(first), await Promise.all(later)];
    await settled(direct);
    return {
      'longest-wait': Math.max(...waits.flat()),
      'later-wait': median(waits[1]),
      'executed-later': await calls.used(direct, 'later'),
    };
  });
}

/** The server is killed, and started again: how long until it decides. */
export async function killed(candidate, lastsMs) {
  return withServer(candidate, async ({ server, calls }) => {
    await server.kill();
    const made = await callFor(lastsMs, calls, 'down');
    await server.start();
    const startMs = performance.now();
    const goneMs = () => performance.now() - startMs;
    let isRight = false;
    while (!isRight && goneMs() < NEVER_MS) {
      isRight = await calls.decide('again').catch(() => false);
      if (!isRight) await sleep(1);
    }
    const afterMs = goneMs();
    await Promise.all(made);
    return { 'right-again': isRight ? afterMs : null };
  });
}

/** Connections are cut in the middle of answers: calls that the server has counted more often than they were made. */
export async function cut(candidate, cuts) {
  const server = await startServer();
  const proxy = await startProxy(server.port);
  const [client, direct] = [openClient(proxy.port), openClient(server.port)];
  const calls = await callsOf(candidate, client);
  await calls.decide('warm');
  let made = 0;
  for (let i = 0; i < cuts; i++) {
    const turns = Array.from({ length: 8 }, () => calls.decide('k').catch(() => false));
    proxy.cutNext();
    made += turns.length;
    for (let turn = 0; turn < 4; turn++) {
      await new Promise(setImmediate);
      turns.push(...Array.from({ length: 8 }, () => calls.decide('k').catch(() => false)));
      made += 8;
    }
    await Promise.all(turns);
    while (!(await calls.decide('again').catch(() => false))) await sleep(1);
  }
  await settled(direct);
  const used = await calls.used(direct, 'k');
  await close(server, client, direct);
  proxy.stop();
  return { twice: Math.max(0, used - made) };
}

async function withServer(candidate, play) {
  const server = await startServer();
  const [client, direct] = [openClient(server.port), openClient(server.port)];
  const calls = await callsOf(candidate, client);
  for (let i = 0; i < 20; i++) await calls.decide('warm');
  const figures = await play({ server, calls, direct });
  await close(server, client, direct);
  return figures;
}

/** How long each call waits that is made in that time, whatever comes of it. */
async function callFor(lastsMs, calls, key) {
  const waits = [];
  const overMs = performance.now() + lastsMs;
  while (performance.now() < overMs) {
    const startMs = performance.now();
    const waited = () => performance.now() - startMs;
    waits.push(calls.decide(key).then(waited, waited));
    await sleep(EVERY_MS);
  }
  return waits;
}

/** What clients have sent has come to the server, and was executed, before this is answered. */
async function settled(direct) {
  await sleep(BEGUN_MS);
  await direct.ping();
}

async function close(server, client, direct) {
  client.disconnect();
  direct.disconnect();
  await server.kill();
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
