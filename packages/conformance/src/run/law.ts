import type { Arbitrary } from 'fast-check';
import type { Subject } from './subject.js';

export type LawNumber =
  | 1
  | 2
  | 3
  | 4
  | 5
  | 6
  | 7
  | 8
  | 9
  | 10
  | 11
  | 12
  | 13
  | 14
  | 15
  | 16
  | 17
  | 18
  | 19
  | 20
  | 21
  | 22
  | 23;

/** One law of docs/semantics.md, as a property over values of its own kind. */
export interface Law<T = unknown> {
  readonly number: LawNumber;
  readonly name: string;
  /** As the page has it. */
  readonly sentence: string;
  readonly values: Arbitrary<T>;
  /** Values tried first, in every run: the edges, and each counterexample that was ever found. */
  readonly examples: readonly T[];
  /** The part of the runs asked for that this law makes, where one costs more than usual; 1 by default. */
  readonly share?: number;
  /** Whether a counterexample stays one when it is tried again; `false` where threads race. */
  readonly repeatable?: boolean;
  print(value: T): string;
  /** @throws LawBroken, or what the engine threw. */
  holds(subject: Subject, value: T): void | Promise<void>;
}
