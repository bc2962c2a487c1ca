import { defineConfig } from 'vitest/config';

/** Against a test that hangs, and nothing else: no test may depend on how fast the machine is. */
const HANG_MS = 600_000;

export default defineConfig({
  ssr: { resolve: { conditions: ['@headgate/source', 'node', 'development|production'] } },
  test: {
    include: ['packages/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/target/**'],
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    teardownTimeout: HANG_MS,
    maxWorkers: '100%',
    // What the laws are tried on: a fifth of it suffices to see what a change has broken, and CI makes all of it.
    env: { HEADGATE_RUNS: process.env.HEADGATE_RUNS ?? (process.env.CI === 'true' ? '1000' : '200') },
  },
});
