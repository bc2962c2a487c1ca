import { show } from './errors.js';

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
    const meant = known.find((each) => each.toLowerCase() === name.toLowerCase());
    const hint = meant === undefined ? `the options are ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new TypeError(`unknown option ${where}${show(name)}, with the value ${show(value)}: ${hint}`);
  }
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
