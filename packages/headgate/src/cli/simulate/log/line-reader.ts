import { DIALECTS } from './dialects.js';
import { type LineReader, malformed } from './entry.js';
import { JsonLine } from './json-line.js';
import { TextLine } from './text-line.js';

/** What `--format` takes; `auto` looks at each line. */
export const FORMATS = ['auto', 'common', 'combined', ...DIALECTS.map(({ name }) => name)];

const NO_JSON = malformed('it is no JSON object');
const BRACE = 123;

/** Reads the lines of a format; of `auto` each by what it looks like, so that a file may have several. */
export function lineReader(format: string): LineReader {
  if (format === 'common' || format === 'combined') return new TextLine();
  const json = new JsonLine(format === 'auto' ? DIALECTS : DIALECTS.filter(({ name }) => name === format));
  const text = new TextLine();
  return {
    read(line) {
      if (line.charCodeAt(0) === BRACE) return json.read(line);
      return format === 'auto' ? text.read(line) : NO_JSON;
    },
  };
}
