import { afterEach, expect, it, vi } from 'vitest';
import { decideNow, reader } from '../../../test/http/asked.js';
import { RateLimiter } from '../../index.js';

afterEach(() => vi.resetModules());

const ONE = { limit: 1, windowSeconds: 60, key: () => 'k' } as const;

/** What a process warns of that makes so many middlewares and asks each once, `later` or as it is made. */
async function warningsOf(count: number, later: boolean, options: object = ONE): Promise<string[]> {
  vi.resetModules(); // a process counts them
  const { createGate } = await import('../create-gate.js');
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const made = [];
  for (let i = 0; i < count; i++) {
    const gate = createGate({ ...options, warn }, reader);
    if (later) made.push(gate);
    else decideNow(gate);
  }
  await Promise.resolve();
  for (const gate of made) decideNow(gate);
  return warnings;
}

it('warns once where a middleware is made anew for each request', async () => {
  expect(await warningsOf(19, false)).toEqual([]);
  const warnings = await warningsOf(300, false);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/call rateLimit\(\) once/);
});

it('is silent where hundreds are made when the program starts, and where one limiter counts for all', async () => {
  expect(await warningsOf(300, true)).toEqual([]);
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
  expect(await warningsOf(300, false, { limiter, key: () => 'k' })).toEqual([]);
});
