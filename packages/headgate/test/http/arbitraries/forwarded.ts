import fc from 'fast-check';
import { address } from './address.js';

/** What a client can send in a header's value: Node hands on all bytes but control characters, as Latin-1. */
export const clientWritten = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'",\\;= \tfor=1.[]:%_\u00ff'), maxLength: 40 }),
  fc.constantFrom(
    '"',
    'for="',
    'for=1.2.3.4;host="',
    'for="\\',
    '\\',
    '\\"',
    ',,,,',
    ';;=',
    'for=6.6.6.6, for="_a, for=7.7.7.7',
    '"\\"\\\\"\\',
    ' ',
  ),
  fc.array(address, { maxLength: 5 }).map((list) => list.join(', ')),
);

/** A quoted-string (RFC 9110 §5.6.4) of this text, with all that must be escaped, and some that need not. */
function quoted(text: string): string {
  return `"${text.replace(/["\\x]/g, '\\$&')}"`;
}

const token = fc.string({ unit: fc.constantFrom(..."abZ09!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 8 });
/** What a quoted-string can have in it, the characters that part elements and pairs above all. */
const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'",;=\\ x/:[]for'), maxLength: 12 }),
  fc.constantFrom(';for=6.6.6.6;', ', for=6.6.6.6', 'a\\', '"', '\\"'),
);

const portOf = fc.oneof(
  fc.constant(''),
  fc.nat(65_535).map((port) => `:${port}`),
  fc.constant(':_obf'),
);

/** A node (RFC 7239 §6) as it is meant. */
const node = fc.oneof(
  fc.tuple(address, portOf).map(([text, port]) => (text.includes(':') ? `[${text}]${port}` : `${text}${port}`)),
  fc.constant('unknown'),
  token.map((name) => `_${name.replace(/[^\w.-]/g, '-')}`),
);

/** A pair as RFC 7239 §4 writes it: a token as it is, or quoted, and quoted whatever is no token. */
function pairOf(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(name, value, fc.boolean()).map(([key, text, quote]) => {
    const isToken = /^[\w!#$%&'*+.^`|~-]+$/.test(text);
    return `${key}=${isToken && !quote ? text : quoted(text)}`;
  });
}

const otherPairs = fc.uniqueArray(
  pairOf(fc.constantFrom('by', 'host', 'proto', 'secret', 'ext-for', 'X'), fc.oneof(token, anyText)),
  { maxLength: 3, selector: (pair) => pair.split('=', 1)[0] },
);

/** An element with the node that it names, `for` anywhere among its pairs. */
export const element = node.chain((named) =>
  fc
    .tuple(pairOf(fc.constantFrom('for', 'For', 'FOR'), fc.constant(named)), otherPairs, fc.nat(3))
    .map(([pair, others, at]) => ({
      node: named,
      text: [...others.slice(0, at), pair, ...others.slice(at)].join(';'),
    })),
);

/** What a proxy appends about an address. */
export function elementOf(text: string): fc.Arbitrary<string> {
  const named = text.includes(':') ? `[${text}]` : text;
  return fc
    .tuple(pairOf(fc.constantFrom('for', 'For'), fc.constant(named)), otherPairs, fc.nat(3))
    .map(([pair, others, at]) => [...others.slice(0, at), pair, ...others.slice(at)].join(';'));
}
