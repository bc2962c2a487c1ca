import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The packages by their sources, where TypeScript looks for them too. */
const { paths } = JSON.parse(readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8')).compilerOptions as {
  paths: Record<string, [string]>;
};
const alias = Object.entries(paths).map(([name, [file]]) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(file, import.meta.url)),
}));

const isCi = process.env.CI === 'true';

/** Against a test that hangs, and nothing else: no test may depend on how fast the machine is. */
const HANG_MS = 600_000;

/** One more than there are processors: many suites wait for servers and other processes. */
const WORKERS = availableParallelism() + 1;

/**
 * Without CI most files share a few processes, so that the sources are loaded once in each. In CI each file has its own, so
 * that none leans on what another has left. Two kinds always have one: what fakes timers would run those that others have
 * left, and what is tried on servers may leave a client that still asks for one.
 */
const files = readdirSync('packages', { recursive: true, encoding: 'utf8' })
  .map((file) => `packages/${file.replaceAll('\\', '/')}`)
  .filter((file) => /^packages\/[^/]+\/(src|test|faults)\/.*\.test\.ts$/.test(file));
const alone = files.filter(
  (file) => file.includes('/test/redis/') || readFileSync(file, 'utf8').includes('useFakeTimers'),
);
const together = files.filter((file) => !alone.includes(file));

/** Files in Lua are text, as the build reads them. */
const lua = {
  name: 'lua',
  transform: (code: string, id: string) => (id.endsWith('.lua') ? `export default ${JSON.stringify(code)}` : undefined),
};

export default defineConfig({
  plugins: [lua],
  resolve: { alias },
  test: {
    projects: [
      { extends: true, test: { name: 'together', include: together, isolate: isCi } },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    teardownTimeout: HANG_MS,
    maxWorkers: WORKERS,
    // `npm run coverage`. What no test runs is listed by line; what runs in threads, other processes and browsers, or natively,
    // is not seen.
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['packages/*/src/**/*.ts', 'packages/core-native/js/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
      reporter: [['text', { skipFull: true, maxCols: 0 }], 'json-summary'], // 0: no name is cut
      reportsDirectory: 'target/coverage',
    },
    // What the laws are tried on, and which of the seeded faults are: a part suffices to see what a change has broken, and
    // CI makes all of it.
    env: {
      HEADGATE_RUNS: process.env.HEADGATE_RUNS ?? (isCi ? '1000' : '50'),
      HEADGATE_FAULT_STEP: process.env.HEADGATE_FAULT_STEP ?? (isCi ? '1' : '24'),
    },
  },
});
