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
  NOPERM: 'give the user of your client the rights that docs/redis.md lists',
  NOREPLICAS: 'the server has fewer replicas than min-replicas-to-write, and refuses to write',
  OOM: 'the server is out of memory: raise its maxmemory',
  READONLY: 'the server is a replica, which may only be read: give redis() a client of the master',
  WRONGPASS: 'the server does not take the user and password of your client: correct them',
};

/** The same by what an error says, where its code tells too little. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/user executing the script can't|no permissions? to (run|access)/i, ADVICE.NOPERM as string],
  [/after non deterministic commands/i, 'the server is too old: it must be Redis 6.2 or newer, or Valkey'],
  [
    /unknown command .?(EVALSHA|EVAL)\b/i,
    'the server runs no scripts: it must have EVALSHA and EVAL under their own names',
  ],
  [
    /subscriber mode|subscription mode|PubSub mode|only \(P\|S\)SUBSCRIBE/i,
    'your client is in subscriber mode: give redis() another one, as client.duplicate()',
  ],
  [/^The command was aborted/, 'the connection was lost before the call was sent'],
];

/** The code that a server's error begins with, as `NOSCRIPT`; `undefined` for any other error. */
export function codeOf(error: Error): string | undefined {
  const words = wordsOf(error);
  // Up to Redis 6.2 an error within a script stands behind where it was.
  const [, code = ''] = words.match(WITHIN_SCRIPT) ?? words.match(/^-?([A-Za-z]+)\b/) ?? [];
  return CODES[code] ?? (/^[A-Z]{2,}$/.test(code) ? code : undefined);
}

const WITHIN_SCRIPT = /@user_script: ?\d+: -([A-Z]{2,})\b/;

/**
 * An error with what to do about it; any that needs no word is answered as it is.
 *
 * @param script what was run: a right that is missing is named by the line that needs it
 */
export function explained(error: unknown, script?: string): unknown {
  if (!(error instanceof Error)) return error;
  const words = wordsOf(error);
  const code = codeOf(error);
  const advice = (code && ADVICE[code]) ?? BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (advice === undefined) return error;
  const told =
    advice === ADVICE.NOPERM
      ? `NOPERM: ${lacking(words, script)}${advice}`
      : `${code === undefined ? '' : `${code}: `}${advice}`;
  return new Error(`${told} (${words})`, { cause: error });
}

/** The command that the user may not run, where it can be told. */
function lacking(words: string, script = ''): string {
  const [, line = ''] = words.match(/@user_script: ?(\d+)/) ?? [];
  const at = script.split('\n')[Number(line) - 1]?.match(/redis\.p?call\('(\w+)'/);
  const [, command] = at ?? words.match(/run the '(\w+)/) ?? words.match(/\b(\w+): (?:ERR )?The user executing/) ?? [];
  return command === undefined ? '' : `${command.toUpperCase()} is refused: `;
}

function wordsOf({ message }: Error): string {
  return message.replace(BEFORE, '').replace(BEHIND, '');
}
