/** One call of what is measured. */
export type Call = () => unknown;

/** What is measured: made anew for each question. */
export interface Candidate {
  readonly name: string;
  /** `keyOf`: the key of the next call. */
  make(keyOf: () => string): Call;
}

/** What came of one question: by candidate, the median time of a call, and of its ratios to the first one. */
export interface Measured {
  readonly name: string;
  readonly nanoseconds: number;
  readonly ratio: number;
}

const ROUNDS = 9;
const BATCH_MS = 25;
const WARM_MS = 60;

/**
 * Measures all candidates in turn, round by round, so that what else the machine does hits all of them; the first is
 * what the others are compared with, in the same round.
 */
export function measure(candidates: readonly Candidate[], keyOf: () => () => string): Measured[] {
  const calls = candidates.map((candidate) => candidate.make(keyOf()));
  for (const call of calls) timeOf(call, WARM_MS);
  const times: number[][] = calls.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    calls.forEach((call, i) => {
      times[i]?.push(timeOf(call, BATCH_MS));
    });
  const floor = times[0] ?? [];
  return candidates.map(({ name }, i) => {
    const own = times[i] ?? [];
    return { name, nanoseconds: median(own), ratio: median(own.map((time, round) => time / (floor[round] as number))) };
  });
}

/** Nanoseconds of a call, over at least so long. */
function timeOf(call: Call, ms: number): number {
  const start = performance.now();
  let calls = 0;
  let now = start;
  while (now - start < ms) {
    for (let i = 0; i < 1000; i++) call();
    calls += 1000;
    now = performance.now();
  }
  return ((now - start) * 1e6) / calls;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
