import type { LogFile } from '../log/log-file.js';
import type { Client } from '../run/client.js';

/** So many requests are held for their order, of all files together. */
const ROOM = 65_536;
const LEAST_ROOM = 1024;

/** How many places late a request may come in each of so many files. */
export function roomOf(files: number): number {
  return Math.max(LEAST_ROOM, Math.floor(ROOM / Math.max(1, files)));
}

/** A request in its turn, at a time that doesn't go back. */
export type OnRequest = (timeMs: number, client: Client, file: LogFile, line: number) => void;

/**
 * Hands on the requests of all files, the earliest first; of equal times that of the file named first. A request that
 * comes later than there is room for has its turn at the time of the last one, and is counted as late. `read` reads
 * a file on, and answers `false` where that is to end: then what was read is handed on.
 */
export async function merge(
  files: readonly LogFile[],
  onRequest: OnRequest,
  read: (file: LogFile) => Promise<boolean>,
): Promise<void> {
  let lastMs = Number.NEGATIVE_INFINITY;
  let isOver = false;
  for (;;) {
    for (const file of files) while (!isOver && !file.isReady) isOver = !(await read(file));
    let file = earliest(files);
    if (file === undefined) return;
    // All are ready until the one that is taken from has too few left.
    while (file !== undefined && (isOver || file.isReady)) {
      const { timeMs, client, line } = file.pending;
      if (timeMs < lastMs) file.late++;
      else lastMs = timeMs;
      file.pending.shift();
      onRequest(lastMs, client, file, line);
      if (isOver || file.isReady) file = earliest(files);
    }
  }
}

function earliest(files: readonly LogFile[]): LogFile | undefined {
  let found: LogFile | undefined;
  for (const file of files)
    if (file.pending.size > 0 && (found === undefined || file.pending.timeMs < found.pending.timeMs)) found = file;
  return found;
}
