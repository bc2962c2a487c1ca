/** Hits of one key in the window that runs. */
export interface RemoteCount {
  /** Below 0 where more were given back than added. */
  readonly hits: number;
  readonly windowMs: number;
  readonly resetAfterMs: number;
  /** For how long the key is denied, by `'throttle'`; else 0. */
  readonly blockedMs: number;
  /** `true` where it was counted without the server, by the `onOutage` that was asked for. */
  readonly degraded?: true;
}

/** What happens to the window of a key whose hits come above a number. */
export interface Over {
  readonly above: number;
  /** It starts anew, and is so long. */
  readonly windowMs: number;
  /** And so many times as long for each hit above the first: 1 or 2. */
  readonly growth: 1 | 2;
  /** Only where the hits were not above it before. */
  readonly once: boolean;
}

/** What is asked of a key's count, each at once, whatever other processes do. Windows are in whole milliseconds. */
export type HitsCall =
  /** Adds hits, or takes some back, also below none. With `moves` a window of another length starts anew, with its hits. */
  | {
      readonly kind: 'add';
      readonly hits: number;
      readonly windowMs: number;
      readonly moves?: boolean;
      readonly over?: Over | undefined;
    }
  /** Takes one hit back from the window that runs, if it has any. */
  | { readonly kind: 'giveBack' }
  | { readonly kind: 'read' }
  /** Starts a window in the place of what there is. */
  | { readonly kind: 'set'; readonly hits: number; readonly windowMs: number }
  /** Forgets the key, and tells what it had. */
  | { readonly kind: 'forget' }
  /** Adds a hit unless the key is blocked. One above the limit starts a block, after which the count starts at 0. */
  | { readonly kind: 'throttle'; readonly windowMs: number; readonly limit: number; readonly blockMs: number };

/** Counts in this process in the place of the server, as one of so many processes; `undefined` where no window runs. */
export type CountHere = (instances: number) => Omit<RemoteCount, 'degraded'> | undefined;

/** Counts hits for the stores of other packages, also those above a limit; all that ask by one prefix count together. */
export interface RemoteHits {
  /** What tells its keys apart from others on the server. */
  readonly prefix: string;
  /**
   * `undefined` where no window runs. `here` counts where the server does not and `onOutage` is `'local'`; with `isInsured`
   * the call rejects then with a `BackendUnavailableError`, whatever `onOutage` says.
   */
  ask(key: string, call: HitsCall, here: CountHere, isInsured?: boolean): Promise<RemoteCount | undefined>;
  /** Forgets all keys of the prefix. */
  clear(): Promise<void>;
}
