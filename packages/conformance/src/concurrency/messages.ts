import type { Policy, Stats } from '@headgate/core-ts';

/** What a worker thread is told to do on one shared key, together with the others. */
export interface Job {
  readonly policies: readonly Policy[];
  /** The name under which all threads of the round share. */
  readonly shared: string;
  readonly how: 'allow' | 'check';
  readonly cost: number;
  /** How many calls to make; `Infinity` goes on until the thread is terminated. */
  readonly calls: number;
  /** Where the threads of the round line up, `threads` of them at the start and `reporters` at the end. */
  readonly barrier: SharedArrayBuffer;
  readonly threads: number;
  readonly reporters: number;
}

/** The cells of a barrier, each an Int32. */
export const BARRIER = { arrived: 0, finished: 1, admittedByEndless: 2, cells: 3 } as const;

/** What a thread answers; the statistics are those of the shared engine once every reporter is done. */
export type ThreadAnswer =
  | { readonly admitted: number; readonly stats: Stats }
  | { readonly running: true }
  | { readonly error: string };

/** The calls after which an endless thread says that it is running. */
export const CALLS_BEFORE_RUNNING = 50;

/** Against an engine that hangs, and nothing else: how long the calls take is up to the machine. */
export const TIMEOUT_MS = 300_000;
