// What the page and its server agree on.
import type { Policy, TopKey } from '@headgate/core-ts';
import type { WatchedStats } from '../http/serve/watched-limiter.js';

/** The query names what is asked for, so that one path is all that has to be mounted, with a slash at its end or not. */
export const QUERY = 'headgate';

/** A header that a page of another origin can't send unless this server lets it (Fetch, CORS-preflight request). */
export const OWN_HEADER = 'x-headgate';

/** How all limiters stand. */
export interface Snapshot {
  /** Unix time that only goes forward. */
  readonly atMs: number;
  /** Tells processes apart, whose counts have nothing to do with each other. */
  readonly processStartedAtMs: number;
  readonly limiters: readonly LimiterSnapshot[];
}

export interface LimiterSnapshot {
  readonly name: string;
  readonly backend: string;
  /** Whether `?headgate=block` works for it. */
  readonly canBlock: boolean;
  readonly policies: readonly Policy[];
  readonly stats: WatchedStats;
  /** The keys that were denied most; or why there are none to tell. Of a `cut` one only a part is known. */
  readonly denied: { readonly keys: readonly (TopKey & { readonly cut: boolean })[] } | { readonly unknown: string };
}
