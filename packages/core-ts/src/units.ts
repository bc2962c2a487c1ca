import type { Policy, Units } from './contract.js';

/** How many of them are of one policy. */
export function unitsOf(units: Units, policy: number): number {
  return typeof units === 'number' ? units : (units[policy] as number);
}

/** Whether there are none of any policy. */
export function isNone(units: Units): boolean {
  return typeof units === 'number' ? units === 0 : units.every((each) => each === 0);
}

/** What is left of the first without the second, of each policy at least 0. */
export function beyond(units: Units, less: Units): Units {
  if (typeof units === 'number' && typeof less === 'number') return Math.max(0, units - less);
  const { length } = (typeof units === 'number' ? less : units) as readonly number[];
  return Array.from({ length }, (_, i) => Math.max(0, unitsOf(units, i) - unitsOf(less, i)));
}

/** Whether a key never seen could take them. */
export function canEverFit(units: Units, policies: readonly Policy[]): boolean {
  return policies.every(({ burst }, i) => unitsOf(units, i) <= burst);
}
