/** What a law throws: the message says which call answered what, and what the law wants. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken';
}

/** @throws LawBroken with the message unless the condition holds. */
export function demand(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new LawBroken(message());
}

/** @throws LawBroken that names each field in which the two differ. */
export function demandSame(where: string, actual: unknown, expected: unknown): void {
  const found = differences(actual, expected);
  if (found !== '') throw new LawBroken(`${where}: ${found}`);
}

/** The fields in which two answers differ, as text; empty when they are the same. `-0` is not `0`. */
export function differences(actual: unknown, expected: unknown): string {
  if (!isObject(actual) || !isObject(expected)) {
    return Object.is(actual, expected) ? '' : `answered ${print(actual)}, expected ${print(expected)}`;
  }
  const fields = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...fields]
    .filter((field) => differences(actual[field], expected[field]) !== '')
    .map((field) => `${field} was ${print(actual[field])}, expected ${print(expected[field])}`)
    .join(', ');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function print(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  return isObject(value) ? JSON.stringify(value) : String(value);
}
