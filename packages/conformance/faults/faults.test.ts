import { describe, expect, it } from 'vitest';
import { brokenLaws, catches, coreWith, RACING, RUNS, SEQUENTIAL, sharedEngineWith } from './catching.js';
import { loadCore } from './faulty-core.js';
import { concurrencyFaults } from './kinds/concurrency-faults.js';
import { keyFaults } from './kinds/key-faults.js';
import { limiterFaults } from './kinds/limiter-faults.js';

/** The laws are tried on the engines themselves elsewhere: here it is enough that the way to seed a fault breaks none. */
const CLEAN_RUNS = { ...RUNS, runs: process.env.CI === 'true' ? RUNS.runs : 2 };

describe('the laws catch every seeded fault', () => {
  catches([...keyFaults, ...limiterFaults], { laws: SEQUENTIAL, engineWith: coreWith, runs: RUNS });
  // Law 11 makes a quarter of them.
  catches(concurrencyFaults, {
    laws: RACING,
    engineWith: sharedEngineWith,
    runs: { ...RUNS, runs: 400 },
    sources: new URL('./', import.meta.url),
  });
});

describe('the laws accept what has no fault', () => {
  it('the sources that the faults are seeded in', async () => {
    expect(await brokenLaws(SEQUENTIAL, coreWith(), CLEAN_RUNS, true)).toEqual([]);
  });

  it('the engine that threads share', async () => {
    expect(await brokenLaws(RACING, sharedEngineWith(), RUNS, true)).toEqual([]);
  });
});

it('a fault whose text is gone from its file is an error', () => {
  const fault = { name: 'rotten', file: 'engine/map-engine.ts', find: 'no such text', replace: '' };
  expect(() => loadCore(fault)).toThrow(/has 0 times, not once/);
});
