import type { LawNumber } from '@headgate/conformance';
import type { Fault } from '../setup/bundle.js';
import type { ScenarioName } from './scenarios/scenarios.js';

/** What must catch a fault: laws of the conformance suite, or a scenario. */
export type Catcher = readonly LawNumber[] | ScenarioName;

export interface SeededFault extends Fault {
  readonly name: string;
  readonly by: Catcher;
}

/** A text of a file, which it has once, and what stands there instead. */
type Replacement = readonly [name: string, find: string, replace: string];

export function listed(file: string, by: Catcher, faults: readonly Replacement[]): SeededFault[] {
  return faults.map(([name, find, replace]) => ({ name, file, by, find, replace }));
}

/** Which law is asked first about a fault, by its name: a wrong guess costs time only. */
const GUESSES: readonly (readonly [LawNumber, RegExp])[] = [[15, /a refund reaches/]];

export function inLikelyOrder(laws: readonly LawNumber[], name: string): LawNumber[] {
  const guess = GUESSES.find(([, about]) => about.test(name))?.[0];
  return guess === undefined ? [...laws] : [guess, ...laws];
}
