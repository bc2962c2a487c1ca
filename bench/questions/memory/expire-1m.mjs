import { ENGINES_AND_PEERS } from '../../candidates/index.mjs';
import { buildKey, Draw } from '../../keys.mjs';
import { batchOf, fill } from '../../measure/batch.mjs';
import { PauseWatch } from '../../measure/pause-watch.mjs';

const KEYS = 1_000_000;
const OTHER_KEYS = 10_000;
const CALLS_PER_LOOK = 1_024;
/** Gives the garbage collector time to come by after the last key has gone. */
const AFTERWARDS_MS = 500;

export const question = {
  title: '1M keys expiring: the longest pause of one call',
  note: 'From the end of their window, on a traffic of 10k other keys, until they have gone and half a second more. The floor keeps them for ever: it shows the machine. A turn of the event loop between 1,024 calls counts as one, since that is where peers drop their keys. TypeScript drops one expired entry after the other, and V8 stalls where a Map halves: deleting a million keys from a bare one stalled for 39 ms in one call, and each of our sixteen stalls for about a sixteenth of it. A peer that still holds them after four windows has no figure for when they were gone.',
  full: { processes: 5, peerProcesses: 1, rounds: 1 },
  quick: { processes: 1, rounds: 1 },
  candidates: ENGINES_AND_PEERS,
  metrics: [
    {
      name: 'pause',
      title: 'longest pause, 1M keys expiring',
      unit: 'ms',
      judged: 'value',
      targets: { ts: 3, native: 1.5 },
    },
    { name: 'onClock', title: 'the same with the waiting', unit: 'ms', judged: 'value', targets: {}, detail: true },
    { name: 'gone', title: 'gone after', unit: 'ms', judged: 'value', targets: {}, detail: true },
  ],
  prepare(make, { candidate, isPeer }) {
    return async () => {
      const { limiter, windowMs, filledMs } = await filled(make);
      globalThis.gc(); // what the insertion has left is no part of the question
      sleep(filledMs + windowMs - performance.now());
      return drive(limiter, candidate === 'floor' ? 0 : 4 * windowMs, isPeer);
    };
  },
};

/** A limiter that holds all keys at once, however long this machine takes to insert them. */
async function filled(make) {
  for (let windowMs = 1_500; ; windowMs *= 2) {
    const limiter = make({ limit: 1_000, windowMs });
    const startMs = performance.now();
    await fill(limiter, KEYS, buildKey);
    const filledMs = performance.now();
    if (filledMs - startMs < windowMs) return { limiter, windowMs, filledMs };
  }
}

async function drive(limiter, patienceMs, isPeer) {
  const watch = new PauseWatch();
  const startMs = performance.now();
  const isGone = () => limiter.stats().activeKeys <= OTHER_KEYS;
  const goneMs = await driveUntil(limiter, watch, (ms) => ms - startMs > patienceMs || isGone());
  const gone = isGone();
  if (patienceMs > 0 && !gone && !isPeer)
    throw new Error(`${limiter.stats().activeKeys} keys were still held after ${patienceMs} ms`);
  await driveUntil(limiter, watch, (ms) => ms - goneMs > AFTERWARDS_MS);
  return { pause: watch.longestMs, onClock: watch.longestOnClockMs, gone: gone ? goneMs - startMs : undefined };
}

async function driveUntil(limiter, watch, enough) {
  const draw = new Draw();
  const nextKey = () => {
    watch.called();
    return buildKey(KEYS + draw.below(OTHER_KEYS));
  };
  const batch = batchOf(limiter, CALLS_PER_LOOK, nextKey);
  for (;;) {
    watch.start();
    await batch();
    await new Promise(setImmediate);
    watch.called();
    const nowMs = performance.now();
    if (enough(nowMs)) return nowMs;
  }
}

function sleep(ms) {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
