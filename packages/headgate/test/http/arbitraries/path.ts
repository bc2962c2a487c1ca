import { posix } from 'node:path';
import { parse } from 'node:url';
import fc from 'fast-check';
import { pathOf } from '../../../src/http/platform/node/node-request.js';

const letters = (word: string) =>
  fc
    .array(fc.constantFrom('as it is', 'upper', 'encoded', 'encoded upper'), {
      minLength: word.length,
      maxLength: word.length,
    })
    .map((styles) => [...word].map((letter, i) => disguised(letter, styles[i] as string)).join(''));

function disguised(letter: string, style: string): string {
  const written = style.endsWith('upper') ? letter.toUpperCase() : letter;
  return style.startsWith('encoded') ? `%${written.charCodeAt(0).toString(16)}` : written;
}

const separator = fc.constantFrom(
  '/',
  '/',
  '/',
  '//',
  '\\',
  '%2f',
  '%5C',
  '/./',
  '/%2e/',
  '/x/../',
  '/x/%2E./',
  '/..\\',
  '///',
);
const tail = fc.constantFrom(
  '',
  '',
  '/',
  '//',
  '/.',
  '/x/..',
  '#',
  '#x',
  ';x',
  '/#/../..',
  '\\',
  '/%2e',
  '%',
  '/%ff',
  '%zz',
  '?x',
);
const origin = fc.constantFrom('', '', '', 'http://evil', 'HTTPS://u:p@evil:80', '//evil', '/\\evil');

/** One of many ways to write a path of these words, and of ways to write another that looks like it. */
export function writtenPath(...words: readonly string[]): fc.Arbitrary<string> {
  const parts = words.flatMap((word) => [separator, fc.oneof(letters(word), fc.constant(word))]);
  return fc
    .tuple(origin, ...parts, tail)
    .map((all) => all.join(''))
    .filter((text) => /^(\/|http)/i.test(text));
}

/** What servers take a request's URL for: as it is, as a URL, as `url.parse` reads it, and normalized, each decoded or not. */
export function routedAs(url: string): string[] {
  const path = pathOf(url);
  const asURL = URL.canParse(url, 'http://host') ? [new URL(url, 'http://host').pathname] : [];
  const read = [path, ...asURL, path.split('#')[0] ?? '', path.split(/[#;]/)[0] ?? '', parse(url).pathname ?? ''];
  return read.flatMap((each) => [each, decodedParts(each), posix.normalize(decodedParts(each))]);
}

/** As Hono decodes: what can't be decoded stays. */
function decodedParts(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
