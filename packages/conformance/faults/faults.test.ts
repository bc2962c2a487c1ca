import { setEnvironmentData } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type { Law } from '../src/law.js';
import { LAWS, lawOf } from '../src/laws.js';
import { formatTable, type LawResult } from '../src/report.js';
import { type RunLawOptions, runLaw } from '../src/run-law.js';
import { type Subject, subject } from '../src/subject.js';
import { algorithmFaults } from './algorithm-faults.js';
import { concurrencyFaults } from './concurrency-faults.js';
import { engineFaults } from './engine-faults.js';
import { type Fault, read, seed } from './fault.js';
import { loadCore } from './faulty-core.js';
import { keyFaults } from './key-faults.js';
import { limiterFaults } from './limiter-faults.js';
import { waitFaults } from './wait-faults.js';

const RUNS = { runs: 50, seed: 20_240_229, path: undefined, shrink: false };
/** Law 11 makes a quarter of them. */
const RACING_RUNS = { ...RUNS, runs: 400 };
const SEQUENTIAL = LAWS.filter(({ number }) => number !== 11);
const SHARED_NAMES = 1000;

const table: string[][] = [['fault', 'caught by the laws', 'first by', 'after runs']];

afterAll(() => console.log(`\n${table.length - 1} seeded faults\n\n${formatTable(table)}\n`));

describe('the laws catch every seeded fault', () => {
  it.each([...algorithmFaults, ...engineFaults, ...keyFaults, ...limiterFaults, ...waitFaults])(
    '$name',
    async (fault) => {
      expect(await caughtBy(fault, SEQUENTIAL, coreWith(fault), RUNS)).not.toEqual([]);
    },
  );

  it.each(concurrencyFaults)('$name', { timeout: 60_000 }, async (fault) => {
    expect(await caughtBy(fault, [lawOf(11)], sharedEngineWith(fault), RACING_RUNS)).not.toEqual([]);
  });
});

describe('the laws accept what has no fault', () => {
  it('the sources that the faults are seeded in', async () => {
    expect(await brokenLaws(SEQUENTIAL, coreWith(), RUNS)).toEqual([]);
  });

  it('the engine that threads share', async () => {
    expect(await brokenLaws([lawOf(11)], sharedEngineWith(), RUNS)).toEqual([]);
  });
});

it('a fault whose text is gone from its file is an error', () => {
  const fault = { name: 'rotten', file: 'map-engine.ts', find: 'no such text', replace: '' };
  expect(() => loadCore(fault)).toThrow(/has 0 times, not once/);
});

function coreWith(fault?: Fault): Subject {
  const { RateLimiter } = loadCore(fault);
  return subject((options) => new RateLimiter(options));
}

function sharedEngineWith(fault?: Fault): Subject {
  const counters = new SharedArrayBuffer(SHARED_NAMES * 3 * Int32Array.BYTES_PER_ELEMENT);
  setEnvironmentData('shared-engine', counters as never);
  const source = read('shared-engine.mjs', new URL('./', import.meta.url));
  const program = fault === undefined ? source : seed(source, fault);
  const module = `data:text/javascript,${encodeURIComponent(program)}`;
  return subject(coreWith().limiter, { module, export: 'createSharedEngine' });
}

async function caughtBy(fault: Fault, laws: readonly Law[], faulty: Subject, runs: RunLawOptions): Promise<number[]> {
  const broken = await brokenLaws(laws, faulty, runs);
  const numbers = broken.map(({ number }) => number);
  const [first] = [...broken].sort((a, b) => a.runs - b.runs);
  table.push([fault.name, numbers.join(' '), `law ${first?.number}`, String(first?.runs)]);
  return numbers;
}

async function brokenLaws(laws: readonly Law[], faulty: Subject, runs: RunLawOptions): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const law of laws) results.push(await runLaw(law, faulty, runs));
  await faulty.close();
  return results.filter(({ status }) => status === 'failed');
}
