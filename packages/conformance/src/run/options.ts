import { show } from '@headgate/core-ts';
import type { Concurrency } from '../concurrency/crew.js';
import type { Law, LawNumber } from './law.js';
import { LAWS, lawOf } from './laws.js';

export interface VerifyOptions {
  /** The laws that the engine can't keep, each with the reason that the report prints. */
  readonly skip?: Partial<Record<LawNumber, string>>;
  /** The laws to run; all by default. The others are not in the report. */
  readonly only?: readonly LawNumber[];
  /** Values tried per law; `HEADGATE_RUNS` or 1,000 by default. A costly law tries a part of them. */
  readonly runs?: number;
  /** Where the values come from; `HEADGATE_SEED` or a random one by default. */
  readonly seed?: number;
  /** Whether to look for the smallest counterexample of a broken law, which takes many more tries; by default. */
  readonly shrink?: boolean;
  /** Whether each law is tried on its examples first, the counterexamples of before; by default. They are many calls. */
  readonly examples?: boolean;
  /**
   * The path of a failure, to try that counterexample alone: goes with its `seed`, with one law in `only`, and with the
   * `examples` that it was found with.
   */
  readonly path?: string;
  /** Where worker threads find the engine. Law 11 fails without it. */
  readonly concurrency?: Concurrency;
}

export interface Settings {
  readonly laws: readonly Law[];
  readonly skip: ReadonlyMap<LawNumber, string>;
  readonly runs: number;
  readonly seed: number;
  readonly path: string | undefined;
  readonly shrink: boolean;
  readonly examples: boolean;
}

const DEFAULT_RUNS = 1000;

/** @throws TypeError or RangeError for a law that doesn't exist, a skip without a reason, or a bad number. */
export function readSettings(options: VerifyOptions = {}): Settings {
  const { only, path } = options;
  if (path !== undefined && (only?.length !== 1 || options.seed === undefined)) {
    throw new TypeError(`path ${show(path)} needs the seed that it was found with, and one law in only`);
  }
  return {
    laws: only === undefined ? LAWS : only.map(lawOf),
    skip: readSkip(options.skip ?? {}),
    runs: wholeNumber('runs', options.runs ?? fromEnvironment('HEADGATE_RUNS') ?? DEFAULT_RUNS, 1, 1_000_000_000),
    seed: wholeNumber(
      'seed',
      options.seed ?? fromEnvironment('HEADGATE_SEED') ?? randomSeed(),
      -(2 ** 31),
      2 ** 31 - 1,
    ),
    path,
    shrink: options.shrink ?? true,
    examples: options.examples ?? true,
  };
}

function readSkip(skip: Partial<Record<LawNumber, string>>): Map<LawNumber, string> {
  return new Map(
    Object.entries(skip).map(([number, reason]) => {
      const law = lawOf(Number(number) as LawNumber);
      if (typeof reason !== 'string')
        throw new TypeError(`the reason to skip law ${number} must be a string, got ${show(reason)}`);
      if (reason.trim() === '')
        throw new RangeError(`law ${number} can't be skipped without a reason, got ${show(reason)}`);
      return [law.number, reason];
    }),
  );
}

function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, got ${show(value)}`);
}

function fromEnvironment(name: string): number | undefined {
  const text = globalThis.process?.env[name];
  return text === undefined || text === '' ? undefined : Number(text);
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
