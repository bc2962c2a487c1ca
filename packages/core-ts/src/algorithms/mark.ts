/** Where in one policy's state a taking stands, as its algorithm reads it. */
export interface Mark {
  /** When the window started that it was taken in. */
  readonly startMs: number;
  /** The sub-window that it was taken in. */
  readonly subWindow: number;
  /** Token bucket: the least that was owed from this taking to the next one in the list. */
  low: number;
}
