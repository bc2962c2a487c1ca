/** What clients write before the words of a server: `@upstash/redis` of a pipeline, `@valkey/valkey-glide` of all. */
const BEFORE = /^(Command failed: |An error was signalled by the server: - )/;

/** `@upstash/redis` writes the whole command behind them. */
const BEHIND = /, command was: \[.*$/s;

/** What `@valkey/valkey-glide` calls some errors, by the code that a server gives them. */
const CODES: Record<string, string> = {
  BusyLoadingError: 'LOADING',
  ClusterDown: 'CLUSTERDOWN',
  CrossSlot: 'CROSSSLOT',
  MasterDown: 'MASTERDOWN',
  Moved: 'MOVED',
  NoScriptError: 'NOSCRIPT',
  PermissionDenied: 'NOPERM',
  ReadOnly: 'READONLY',
  ResponseError: 'ERR',
};

/** What to do about an error, by the code that the server gives it. */
const ADVICE: Record<string, string> = {
  BUSY: 'another script keeps the server busy: SCRIPT KILL ends it',
  CLUSTERDOWN: 'the cluster does not serve all its slots: see CLUSTER INFO',
  CROSSSLOT: "the server is a node of a cluster: give redis() your client's class for clusters",
  LOADING: 'the server is still reading its data, and decides once it is done',
  MASTERDOWN: 'the server is a replica that has lost its master: give redis() a client of the master',
  MISCONF: 'the server can not save its data, and refuses to write: its log says why',
  MOVED: "the server is a node of a cluster: give redis() your client's class for clusters",
  NOAUTH: 'the server asks for a password: give your client one',
  NOPERM: 'the user of your client lacks a right: docs/redis.md has those that suffice',
  NOREPLICAS: 'the server has fewer replicas than min-replicas-to-write, and refuses to write',
  OOM: 'the server is out of memory: raise its maxmemory',
  READONLY: 'the server is a replica, which may only be read: give redis() a client of the master',
  WRONGPASS: 'the server does not take the user and password of your client: correct them',
};

/** The code that a server's error begins with, as `NOSCRIPT`; `undefined` for any other error. */
export function codeOf(error: Error): string | undefined {
  const words = wordsOf(error);
  // Up to Redis 6.2 an error within a script stands behind where it was.
  const [, code = ''] = words.match(/@user_script: ?\d+: -([A-Z]{2,})\b/) ?? words.match(/^-?([A-Za-z]+)\b/) ?? [];
  return CODES[code] ?? (/^[A-Z]{2,}$/.test(code) ? code : undefined);
}

/** An error with what to do about it; any that needs no word is answered as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  const advice = code && ADVICE[code];
  return advice === undefined ? error : new Error(`${code}: ${advice} (${wordsOf(error)})`, { cause: error });
}

function wordsOf({ message }: Error): string {
  return message.replace(BEFORE, '').replace(BEHIND, '');
}
