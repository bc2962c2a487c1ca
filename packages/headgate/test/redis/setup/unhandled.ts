import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/** After each test of a file, no promise was rejected with nobody to hear it. */
export function noUnhandledRejections(): void {
  const unheard: unknown[] = [];
  const note = (reason: unknown) => void unheard.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));
  afterEach(async () => {
    // Node says so once the reactions of a turn are over.
    await new Promise(setImmediate);
    expect(unheard).toEqual([]);
  });
}
