import { setEnvironmentData } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';
import type { Law, LawNumber } from '../src/run/law.js';
import { LAWS, lawOf } from '../src/run/laws.js';
import { formatTable, type LawResult } from '../src/run/report.js';
import { type RunLawOptions, runLaw } from '../src/run/run-law.js';
import { type Subject, subject } from '../src/run/subject.js';
import { type Fault, read, seed } from './fault.js';
import { loadCore, SOURCES } from './faulty-core.js';

export const RUNS = { runs: 50, seed: 20_240_229, path: undefined, shrink: false };

export const RACING = [lawOf(11)];
/** In the order in which they cost more; none is asked once a fault is caught. */
const COSTLY = [13, 21, 2, 16, 19] as const;
export const SEQUENTIAL = [...LAWS.filter(({ number }) => ![11, ...COSTLY].includes(number)), ...COSTLY.map(lawOf)];
/** On so few values beside its examples a law catches nearly all that it can. */
const FEW = 2;

/** Which law is asked first about a fault, by its file and name; law 16 about all others. A wrong guess costs time only. */
const GUESSES: readonly (readonly [LawNumber, RegExp])[] = [
  [6, /cleanup/],
  [7, /^(key-map|fold|sha256)/],
  [18, /^(entries|eviction-order)|full limiter|evicted|room|slot/],
  [19, /waiting/],
  [21, /^entry-bytes|snapshot/],
  [22, /the clock/],
];

/** Every so many of the faults are tried. */
const STEP = Number(process.env.HEADGATE_FAULT_STEP);

const SHARED_NAMES = 1000;
/** Whether each fault is held against every law, to see which of them catch it: takes five times as long. */
const everyLaw = process.env.HEADGATE_EVERY_LAW === 'true';

export interface Catching {
  readonly laws: readonly Law[];
  /** An engine with the fault, or with none. */
  readonly engineWith: (fault?: Fault) => Subject;
  readonly runs: RunLawOptions;
  /** Where the files are that faults are seeded in: those of core-ts by default. */
  readonly sources?: URL;
}

/** One test per fault: a law at least must be broken. */
export function catches(faults: readonly Fault[], { laws, engineWith, runs, sources = SOURCES }: Catching): void {
  const table: string[][] = [['fault', 'caught by the laws', 'first by', 'after runs']];

  const tried = faults.filter((_, i) => i % STEP === 0);
  it.each(tried)('$name', async (fault) => {
    const engine = engineWith(fault);
    let broken: LawResult[] = [];
    if (!everyLaw && laws.length > 1) {
      broken = await brokenLaws([likeliest(fault)], engine, runs, false);
      if (broken.length === 0) broken = await brokenLaws(laws, engine, { ...runs, runs: FEW }, false);
    }
    if (broken.length === 0) broken = await brokenLaws(laws, engine, runs, everyLaw);
    const numbers = broken.map(({ number }) => number).sort((a, b) => a - b);
    const [first] = [...broken].sort((a, b) => a.runs - b.runs);
    table.push([fault.name, numbers.join(' '), `law ${first?.number}`, String(first?.runs)]);
    expect(numbers).not.toEqual([]);
  });
  it(`each of ${faults.length} has its text in its file, once`, () => {
    for (const fault of faults) seed(read(fault.file, sources), fault);
  });

  const left = faults.length - tried.length;
  if (left > 0) it.skip(`${left} more faults (skipped: with CI=true all are tried)`, () => undefined);

  afterAll(() => {
    const count = `${table.length - 1} seeded faults`;
    console.log(everyLaw ? `\n${count}\n\n${formatTable(table)}\n` : count);
  });
}

function likeliest({ file, name }: Fault): Law {
  const guess = GUESSES.find(([, about]) => about.test(`${file}: ${name}`));
  return lawOf(guess?.[0] ?? 16);
}

/** The laws that an engine breaks: all of them, or the first. */
export async function brokenLaws(
  laws: readonly Law[],
  faulty: Subject,
  runs: RunLawOptions,
  all: boolean,
): Promise<LawResult[]> {
  const broken: LawResult[] = [];
  for (const law of laws) {
    const result = await runLaw(law, faulty, runs);
    if (result.status === 'failed') broken.push(result);
    if (broken.length > 0 && !all) break;
  }
  await faulty.close();
  return broken;
}

export function coreWith(fault?: Fault): Subject {
  const { RateLimiter } = loadCore(fault);
  return subject((options) => new RateLimiter(options));
}

export function sharedEngineWith(fault?: Fault): Subject {
  const counters = new SharedArrayBuffer(SHARED_NAMES * 3 * Int32Array.BYTES_PER_ELEMENT);
  setEnvironmentData('shared-engine', counters as never);
  const source = read('shared-engine.mjs', new URL('./', import.meta.url));
  const program = fault === undefined ? source : seed(source, fault);
  const module = `data:text/javascript,${encodeURIComponent(program)}`;
  return subject(coreWith().limiter, { module, export: 'createSharedEngine' });
}
