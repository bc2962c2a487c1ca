/** Points of one key, as rate-limiter-flexible dumps them. */
export interface DumpedPoints {
  /** Without the prefix. */
  readonly key: string | number;
  readonly value: number;
  /** A Unix time in milliseconds; `null`: never. */
  readonly expiresAt: number | null;
}

export interface Dump {
  readonly version: number;
  readonly dumpedAt: number;
  readonly storage: DumpedPoints[];
}

/** What became of the entries of a dump. */
export interface Restored<T> {
  readonly invalid: T;
  readonly expired: T;
  readonly restored: T;
}

export interface RestoredKeys {
  readonly count: number;
  readonly keys: (string | number)[];
}

type Fate = keyof Restored<unknown>;

/** Hands on each entry that is valid and not over, and notes its key by what became of it; `undefined`: no dump. */
export function restoreEach(
  data: unknown,
  nowMs: number,
  restore: (points: DumpedPoints) => void,
): Restored<(string | number)[]> | undefined {
  if (typeof data !== 'object' || data === null || (data as Dump).version !== 1) return undefined;
  const keys = { invalid: [], expired: [], restored: [] } as Record<Fate, (string | number)[]>;
  const { storage } = data as { storage?: unknown };
  for (const each of Array.isArray(storage) ? storage : []) {
    const fate = fateOf(each, nowMs);
    if (fate === 'restored') restore(each);
    keys[fate].push(typeof each === 'object' && each !== null ? each.key : 'N/A');
  }
  return keys;
}

function fateOf(each: unknown, nowMs: number): Fate {
  if (typeof each !== 'object' || each === null) return 'invalid';
  const { key, value, expiresAt } = each as Partial<DumpedPoints>;
  if (typeof key !== 'string' && typeof key !== 'number') return 'invalid';
  if (!Number.isFinite(value) || (expiresAt !== null && !Number.isFinite(expiresAt))) return 'invalid';
  return expiresAt !== null && (expiresAt as number) <= nowMs ? 'expired' : 'restored';
}
