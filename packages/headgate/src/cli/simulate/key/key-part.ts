import type { LogEntry } from '../log/entry.js';

/** What a line tells of one part of a key. */
export type Part = (entry: LogEntry) => string | undefined;

/** What keys could not be read as they were asked for. */
export interface KeyCounts {
  /** Requests whose address is no address, and no name of a host. */
  unknownAddresses: number;
  /** Requests without what they are counted by, which are counted by address. */
  byAddress: number;
  /** Requests of a trusted proxy, of which the log doesn't tell for whom it asked. */
  notForwarded: number;
  /** Of the first requests, `looked` in number, those with a header that says for whom, of one whose word is not taken. */
  notBelieved: number;
  looked: number;
}

export function noCounts(): KeyCounts {
  return { unknownAddresses: 0, byAddress: 0, notForwarded: 0, notBelieved: 0, looked: 0 };
}
