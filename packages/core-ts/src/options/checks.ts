import { show } from '../show.js';
import { nearest } from './nearest.js';
import { calledElsewhere } from './other-names.js';

/**
 * Options as values of their own, each read once: a getter may answer something else the second time.
 *
 * @throws TypeError for the first name that is none of the options, with its value and a hint.
 */
export function readOnce<T extends object>(options: T, known: readonly string[], where = ''): T {
  refuseUnknown(options, known, where);
  return Object.fromEntries(known.map((name) => [name, Reflect.get(options, name)])) as T;
}

/**
 * What is read of each element of a list, by its index and once: a list may have an iterator of its own.
 *
 * @throws TypeError for what is no list, and what `read` throws.
 */
export function readList<T>(name: string, list: unknown, read: (each: unknown, index: number) => T): T[] {
  if (!Array.isArray(list)) throw new TypeError(`${name} must be an array, got ${show(list)}`);
  const own: T[] = [];
  const { length } = list;
  for (let i = 0; i < length; i++) own.push(read(list[i], i));
  return own;
}

/** @throws TypeError for the first name that is none of the options, with its value and a hint. */
export function refuseUnknown(options: object, known: readonly string[], where = ''): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const value: unknown = Reflect.get(options, name);
    throw new TypeError(`unknown option ${where}${show(name)}, with the value ${show(value)}: ${hintFor(name, known)}`);
  }
}

/** A list of more names is read by nobody. */
const MOST_LISTED = 8;
/** As many letters may be wrong in a name that was meant. */
const MOST_CHANGES = 2;

function hintFor(name: string, known: readonly string[]): string {
  const called = calledElsewhere(name, known);
  if (called.length > 0) return `here it is called ${called.join(' or ')}`;
  const [first, second, third] = nearest(name, known);
  if (first !== undefined && first.changes <= Math.min(MOST_CHANGES, first.name.length - 1))
    return `did you mean ${first.name}?`;
  if (known.length <= MOST_LISTED) return `the options are ${known.join(', ')}`;
  return `the nearest options are ${[first, second, third].map((each) => each?.name).join(', ')}`;
}

/** @throws TypeError or RangeError with the name and the value of what is no whole number in that range. */
export function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  const wanted = `${name} must be a whole number from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`${wanted}, got ${show(value)}`);
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${wanted}, got ${show(value)}`);
  return value + 0; // or a limit of -0 would leave -0 units
}

/** @throws TypeError or RangeError with the name and the value of what is none of these. */
export function oneOf<T extends string>(name: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  const wanted = `${name} must be ${known.map((each) => `'${each}'`).join(' or ')}`;
  if (typeof value !== 'string') throw new TypeError(`${wanted}, got ${show(value)}`);
  throw new RangeError(`${wanted}, got ${show(value)}`);
}

/** @throws RangeError for the first name that no policy has. */
export function refuseOtherNames(option: string, value: object, names: readonly string[]): void {
  for (const name of Object.keys(value))
    if (!names.includes(name))
      throw new RangeError(`${option} names policies, which are ${names.map(show).join(' and ')}, got ${show(name)}`);
}
