import { show } from '@headgate/core-ts';

/** @throws TypeError for the first of these options that is given and is no boolean. */
export function checkBooleans<O extends object>(options: O, names: readonly (keyof O & string)[]): void {
  for (const name of names) check(name, options[name], 'a boolean', typeof options[name] === 'boolean');
}

/** @throws TypeError for the first of these options that is given and is no function. */
export function checkFunctions<O extends object>(options: O, names: readonly (keyof O & string)[]): void {
  for (const name of names) check(name, options[name], 'a function', typeof options[name] === 'function');
}

/**
 * A header's name in lower case (RFC 9110 §5.1).
 *
 * @throws TypeError for what is none.
 */
export function readHeaderName(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  check(name, value, 'the name of a header', typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value));
  return (value as string).toLowerCase();
}

function check(name: string, value: unknown, wanted: string, holds: boolean): void {
  if (value !== undefined && !holds) throw new TypeError(`${name} must be ${wanted}, got ${show(value)}`);
}
