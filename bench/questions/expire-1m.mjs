import { buildKey, Draw } from '../keys.mjs';
import { PauseWatch } from '../measure/pause-watch.mjs';

const KEYS = 1_000_000;
const OTHER_KEYS = 10_000;
const CALLS_PER_LOOK = 1_024;
/** Gives the garbage collector time to come by after the last key has gone. */
const AFTERWARDS_MS = 500;

export const question = {
  title: '1M keys expiring: the longest pause of one call',
  note: 'From the end of their window, on a traffic of 10k other keys, until they have gone and half a second more. The floor keeps them for ever: it shows the machine.',
  full: { processes: 7, rounds: 1 },
  quick: { processes: 1, rounds: 1 },
  candidates: ['floor', 'ts', 'native'],
  metrics: [
    {
      name: 'pause',
      title: 'longest pause, 1M keys expiring',
      unit: 'ms',
      judged: 'value',
      targets: { ts: 5, native: 5 },
    },
    { name: 'onClock', title: 'the same with the waiting', unit: 'ms', judged: 'value', targets: {}, detail: true },
    { name: 'gone', title: 'gone after', unit: 'ms', judged: 'value', targets: {}, detail: true },
  ],
  prepare(make, { candidate }) {
    return () => {
      const { limiter, windowMs, filledMs } = filled(make);
      globalThis.gc(); // what the insertion has left is no part of the question
      sleep(filledMs + windowMs - performance.now());
      return drive(limiter, candidate === 'floor' ? 0 : 4 * windowMs);
    };
  },
};

/** A limiter that holds all keys at once, however long this machine takes to insert them. */
function filled(make) {
  for (let windowMs = 1_500; ; windowMs *= 2) {
    const limiter = make({ limit: 1_000, windowMs });
    const startMs = performance.now();
    for (let id = 0; id < KEYS; id++) limiter.allow(buildKey(id));
    const filledMs = performance.now();
    if (filledMs - startMs < windowMs) return { limiter, windowMs, filledMs };
  }
}

function drive(limiter, patienceMs) {
  const watch = new PauseWatch();
  const startMs = performance.now();
  const goneMs = driveUntil(
    limiter,
    watch,
    (ms) => ms - startMs > patienceMs || limiter.stats().activeKeys <= OTHER_KEYS,
  );
  const left = limiter.stats().activeKeys;
  if (patienceMs > 0 && left > OTHER_KEYS) throw new Error(`${left} keys were still held after ${patienceMs} ms`);
  driveUntil(limiter, watch, (ms) => ms - goneMs > AFTERWARDS_MS);
  return {
    pause: watch.longestMs,
    onClock: watch.longestOnClockMs,
    gone: patienceMs === 0 ? undefined : goneMs - startMs,
  };
}

function driveUntil(limiter, watch, enough) {
  const draw = new Draw();
  for (;;) {
    watch.start();
    for (let call = 0; call < CALLS_PER_LOOK; call++) {
      limiter.allow(buildKey(KEYS + draw.below(OTHER_KEYS)));
      watch.called();
    }
    const nowMs = performance.now();
    if (enough(nowMs)) return nowMs;
  }
}

function sleep(ms) {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
