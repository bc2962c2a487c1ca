import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const NOTE =
  'The native engine counts for both threads together. The others count in each thread apart, so they admit the limit once per thread: less work, and no answer to the same question. Rounds in which a thread had to wait for a core are left out; where that is all of them, so is the figure. Among 10k keys one native thread by itself takes 0.57 of the floor, most of it waiting for the memory of the index and of the entry. On one hot key each call has to fetch the lock and the entry from the other core: an engine with one plain lock in the place of the DashMap took 1.4 times as long.';

/** Of its time, what a thread may wait for a core in a round that counts. */
const MAX_WAITED = 0.05;
const MAX_TRIES = 4;

/** The question of one number of keys, used by two threads at once. */
export function twoThreads(count, label, target) {
  return {
    title: `Two worker threads on ${label}`,
    note: NOTE,
    full: { processes: 3, rounds: 6, timeMs: 60, anyCore: true },
    quick: { processes: 1, rounds: 2, timeMs: 30, anyCore: true },
    candidates: ['floor', 'ts', 'native'],
    metrics: [
      { name: 'one', title: `1 thread, ${label}`, unit: 'ns', judged: 'ratio', targets: {}, detail: true },
      { name: 'two', title: `2 threads, ${label}`, unit: 'ns', judged: 'ratio', targets: { native: target } },
      { name: 'share', title: `speed that each of 2 threads keeps, ${label}`, unit: '%', judged: 'value', targets: {} },
      {
        name: 'waited',
        title: 'share of its time that a thread had no core',
        unit: '%',
        judged: 'value',
        targets: {},
        detail: true,
      },
    ],
    prepare(_make, { candidate, timeMs }) {
      return async () => {
        const settings = { candidate, timeMs, count };
        const one = await nsPerCallOf(1, settings);
        const two = await nsPerCallOf(2, settings);
        return { one: one.ns, two: two.ns, share: two.ns && (100 * one.ns) / two.ns, waited: 100 * two.waited };
      };
    },
  };
}

/**
 * Nanoseconds of one call as each thread has them, on average. Threads that took turns on one core say
 * nothing about threads: measured anew, and left out where it goes on.
 */
async function nsPerCallOf(threads, settings) {
  let answer;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    answer = await together(threads, settings);
    if (answer.waited <= MAX_WAITED) return answer;
  }
  return { waited: answer.waited };
}

async function together(threads, settings) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: threads }, (_, thread) => {
    const workerData = { ...settings, thread, threads, gate };
    return new Worker(new URL('./worker.mjs', import.meta.url), { workerData });
  });
  const answers = (await Promise.all(workers.map((worker) => once(worker, 'message')))).flat();
  await Promise.all(workers.map((worker) => worker.terminate()));
  return {
    ns: answers.reduce((sum, { ns }) => sum + ns, 0) / threads,
    waited: Math.max(...answers.map(({ waited }) => waited)),
  };
}
