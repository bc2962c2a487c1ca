import { openSync, readSync } from 'node:fs';

const schedstat = open('/proc/thread-self/schedstat');
const text = Buffer.alloc(96);

/** How long this thread could have run since it began, and had no core: the second number, in nanoseconds. */
export function waitedForCoreMs() {
  if (schedstat === undefined) return 0;
  const length = readSync(schedstat, text, 0, text.length, 0);
  return Number(text.latin1Slice(0, length).split(' ')[1]) / 1e6;
}

function open(path) {
  try {
    return openSync(path);
  } catch {
    return undefined; // not Linux: nothing is known
  }
}
