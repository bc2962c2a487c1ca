import fc from 'fast-check';

const LONG = 'k'.repeat(10_000);
/** Of 65 times `x`. */
const FOLDED = 'sha256:48db1fc4b0541163beefb002169308df6daffa0c36345a535d51c9f5ae4d35a7';

/** Families of strings that a careless engine takes for one another. */
export const KEY_FAMILIES: readonly (readonly string[])[] = [
  ['', ' ', '\0', '\0\0', '\uFEFF', '\u200B'],
  ['', 'undefined', 'null', 'false', '0', '__proto__', '[object Object]'],
  ['a', 'A', 'a ', ' a', 'a\0', 'a\n', 'a\0b', 'aa', '\u0101', '\uFF41'],
  ['A', '\u0141', '\u0441', '\u4141', '\u0391'],
  ['\uD800', '\uD801', '\uDC00', '\uDFFF', '\uFFFD', '\uD800\uDC00', '\uDC00\uD800', '?'],
  ['\u00E9', 'e\u0301', 'e', '\u00C9', '\u00DF', 'ss', '\u0130', 'i\u0307', '\u0131'],
  ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'size', 'undefined', 'null'],
  ['0', '00', '-0', '0.0', '1', '01', '1e0', '1.0', 'NaN'],
  ['user:1', 'user:10', 'user:11', 'user', 'user:', 'USER:1', 'user:1 '],
  [LONG, `${LONG}k`, LONG.slice(1), `${LONG.slice(1)}l`, `l${LONG.slice(1)}`, `${LONG.slice(1)}\u016B`],
  ['x'.repeat(31), 'x'.repeat(32), 'x'.repeat(33), 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(256)],
  [63, 64, 65, 71, 128].flatMap((length) => nearTwinsOf('x'.repeat(length))),
  [...nearTwinsOf(`${'x'.repeat(64)}beyond`), ...nearTwinsOf(`${'\uD800'.repeat(64)}beyond`)],
  // What the TypeScript engine holds the first of them under, what it holds that under, and others that look so.
  ['x'.repeat(65), FOLDED, `sha256:${FOLDED}`, FOLDED.slice(7), FOLDED.toUpperCase(), `${FOLDED} `],
];

/** Strings that differ in their first unit, or in one of their last two. */
function nearTwinsOf(text: string): string[] {
  const start = text.slice(0, -2);
  const last = text.slice(-1);
  return [text, `Y${text.slice(1)}`, `${start}Y${last}`, `${text.slice(0, -1)}Y`, `${text.slice(0, -1)}\u0159`];
}

/** Any string at all, a half of a surrogate pair included. */
const anyString = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));

/** Two strings that differ in one UTF-16 unit. */
const nearTwins = fc
  .tuple(anyString, fc.nat(), fc.integer({ min: 1, max: 0xffff }))
  .map(([text, at, change]) => [text, changeUnit(text, at, change)]);

function changeUnit(text: string, at: number, change: number): string {
  if (text === '') return String.fromCharCode(change);
  const index = at % text.length;
  return text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ change) + text.slice(index + 1);
}

/** Sets of different keys that are easily confused: law 7's. */
export const confusableKeys: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...KEY_FAMILIES).chain((family) => fc.subarray([...family], { minLength: 2 })),
  },
  { weight: 2, arbitrary: nearTwins },
  { weight: 1, arbitrary: fc.uniqueArray(anyString, { minLength: 2, maxLength: 6 }) },
);

/** A few keys for a scene: mostly plain ones, so that what matters stands out in a counterexample. */
export const someKeys: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c']) },
  { weight: 1, arbitrary: confusableKeys },
);
