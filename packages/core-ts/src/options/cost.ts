import type { Policy, Units } from '../contract.js';
import { show } from '../show.js';
import { refuseOtherNames, wholeNumber } from './checks.js';

/** Units that a call takes: so many of each policy, or of each its own by name, e.g. `{ requests: 1, tokens: 800 }`. */
export type Cost = number | Readonly<Record<string, number>>;

/**
 * What an engine is given for a cost. `most`: no more of any policy.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readCost(option: string, cost: unknown, policies: readonly Policy[], most?: number): Units {
  if (typeof cost !== 'object' || cost === null) return readUnits(option, cost, most);
  const names = policies.map(({ name }) => name);
  refuseOtherNames(option, cost, names);
  const units = names.map((name) => {
    if (!Object.hasOwn(cost, name)) throw new TypeError(`${option} must name every policy, and lacks ${show(name)}`);
    return readUnits(`${option}.${name}`, Reflect.get(cost, name), most);
  });
  return units.length === 1 ? (units[0] as number) : units;
}

function readUnits(option: string, units: unknown, most: number | undefined): number {
  if (most !== undefined) return wholeNumber(option, units, 0, most);
  if (typeof units !== 'number') throw new TypeError(`${option} must be a whole number from 0 up, got ${show(units)}`);
  if (!Number.isInteger(units) || units < 0)
    throw new RangeError(`${option} must be a whole number from 0 up, got ${show(units)}`);
  return units;
}
