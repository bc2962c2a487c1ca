import { Format, SingleBar } from 'cli-progress';

/** How far a run is. */
export interface Progress {
  /** So much has been done of all that there is to do. */
  at(done: number): void;
  stop(): void;
}

const NONE: Progress = { at() {}, stop() {} };

/**
 * A bar on standard error, where a person looks at that; else nothing. `total` in bytes.
 */
export function progressBar(total: number | undefined): Progress {
  if (!process.stderr.isTTY || total === undefined || total === 0) return NONE;
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {eta_formatted} left',
    formatBar: Format.BarFormat,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: false, // a signal may end the process, and a cursor that is hidden stays so
    barCompleteChar: '█',
    barIncompleteChar: '░',
    fps: 10,
  });
  bar.start(total, 0);
  return { at: (done) => bar.update(Math.min(done, total)), stop: () => bar.stop() };
}
