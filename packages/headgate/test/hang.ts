/**
 * Against one step of a test that hangs, and nothing else. A test may take twice as long, so it is the step that is
 * named.
 */
export const HANG_MS = 300_000;
