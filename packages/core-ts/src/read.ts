import { show } from './errors.js';

/** @throws TypeError for the first name that is none of the options, with its value and a hint. */
export function refuseUnknown(options: object, known: readonly string[], where = ''): void {
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name)) continue;
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
