/** One request, as a line of a log tells it. What is asked for is worked out then; `undefined`: the line doesn't tell it. */
export interface LogEntry {
  /** What the format is called, e.g. `combined` or `caddy`. */
  readonly format: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** As it is written. */
  address(): string | undefined;
  user(): string | undefined;
  method(): string | undefined;
  /** Without the query. */
  path(): string | undefined;
  /** By the name in lower case. */
  header(name: string): string | undefined;
  /** A field of JSON by its way down, e.g. `['request', 'host']`. */
  field(way: readonly string[]): string | undefined;
}

/** Why a line is no request: malformed, or a message of another kind, which is as it should be. */
export interface NoEntry {
  readonly reason: string;
  readonly isOther: boolean;
}

/** Reads the lines of one format; the entry that it answers is good until the next line is read. */
export interface LineReader {
  read(line: string): LogEntry | NoEntry;
}

export function malformed(reason: string): NoEntry {
  return { reason, isOther: false };
}

/** Nothing and a dash are how logs write that there is none. */
export function told(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === '-' ? undefined : text;
}

/** What comes before the query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
