/** What one policy keeps of one key. Each algorithm reads the fields in its own way. */
export interface State {
  /** Whole milliseconds on the limiter's clock. */
  startMs: number;
  /** 0: as good as never seen. */
  used: number;
  /** What doesn't fit the two above. */
  parts: number[] | undefined;
}

/** The state of a key never seen. */
export function freshState(): State {
  return { startMs: 0, used: 0, parts: undefined };
}
