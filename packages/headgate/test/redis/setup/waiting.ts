import { afterEach, vi } from 'vitest';

/** Against a server that hangs, and nothing else. */
export const HANG_MS = 60_000;

/** What a check answers, once it does not throw. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: HANG_MS, interval: 5 });
}

/** What is closed after each test, the last one first. */
export function closedAfterEach(): (() => unknown)[] {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return open;
}
