/** What is read of an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** How one limit of the server stands. */
export interface ToldLimit {
  /** Tells it from the others of this server; `''` where it has no name. */
  readonly name: string;
  /** Units in a window, where that was told. */
  readonly limit: number | undefined;
  /** Units that are left: a whole number from 0 up. */
  readonly remaining: number;
  /** Until there are more: whole milliseconds, at most a day. */
  readonly resetMs: number;
  /** Whether a unit is a call; otherwise it is a byte or a token, and nobody knows how many a call takes. */
  readonly countsCalls: boolean;
}
