import { addressBefore } from './address-before.js';
import { type LineReader, type LogEntry, malformed, type NoEntry, pathOf, told } from './entry.js';
import { Times } from './times.js';

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const NO_TIME = malformed('it has no time in brackets, like [17/May/2015:10:05:03 +0000]');
const NO_ADDRESS = malformed('it has no address that can be told before the time, like 10.0.0.1 - user [');
const NO_REQUEST = malformed('it has no request in quotes after the time');
const NO_STATUS = malformed('it has no status after the request');

/**
 * Lines of the common and the combined format, with what is put around them: a virtual host or a name of the
 * machine in front, more fields behind. One object reads them all, and remembers where the parts of the last one are.
 */
export class TextLine implements LineReader, LogEntry {
  readonly #times = new Times();
  #line = '';
  #address: readonly [from: number, to: number] = [0, 0];
  #bracket = 0;
  /** Behind the quote that opens the request, and at the one that ends it. */
  #request: readonly [from: number, to: number] = [0, 0];
  timeMs = 0;

  read(line: string): LogEntry | NoEntry {
    this.#line = line;
    let bracket = line.indexOf('[');
    let timeMs = bracket < 0 ? Number.NaN : this.#times.read(line, bracket + 1);
    while (Number.isNaN(timeMs)) {
      if (bracket < 0) return NO_TIME;
      bracket = line.indexOf('[', bracket + 1);
      if (bracket >= 0) timeMs = this.#times.read(line, bracket + 1);
    }
    // A client may write what it likes into the name of its user: times, and quotes, which are escaped there.
    const from = endOfQuoted(line, bracket) + 1;
    for (let last = line.lastIndexOf('[', from - 2); last > bracket; last = line.lastIndexOf('[', last - 1)) {
      const lastMs = this.#times.read(line, last + 1);
      if (!Number.isNaN(lastMs)) [bracket, timeMs] = [last, lastMs]; // the server's is the last before the request
    }
    if (from === 0 || from - bracket > 60) return NO_REQUEST;
    let to = endOfQuoted(line, from);
    if (to < 0) return NO_REQUEST;
    // Not every server escapes a quote in the path.
    while (to >= 0 && !isStatus(line, to + 2)) to = endOfQuoted(line, to + 1);
    if (to < 0) return NO_STATUS;
    const address = addressBefore(line, bracket);
    if (address === undefined) return NO_ADDRESS;
    this.#address = address;
    this.timeMs = timeMs;
    this.#bracket = bracket;
    this.#request = [from, to];
    return this;
  }

  get format(): string {
    return this.#quotedAfterRequest(0) === undefined ? 'common' : 'combined';
  }

  address(): string | undefined {
    const [first] = this.#line.slice(...this.#address).split(',', 1); // of several, as X-Forwarded-For has them
    return told(first);
  }

  /** Between the identity and the time; a name may have spaces in it. */
  user(): string | undefined {
    const identity = this.#line.indexOf(' ', this.#address[1] + 1);
    return told(this.#line.slice(identity + 1, this.#bracket - 1).trim());
  }

  method(): string | undefined {
    const [method = '', target] = this.#requestLine();
    return target === undefined ? undefined : told(method);
  }

  path(): string | undefined {
    const [, target] = this.#requestLine();
    return target === undefined ? undefined : told(pathOf(target));
  }

  /** Combined lines have two of them, and nginx's own format a third. */
  header(name: string): string | undefined {
    const place = ['referer', 'user-agent', 'x-forwarded-for'].indexOf(name);
    return place < 0 ? undefined : told(this.#quotedAfterRequest(place));
  }

  field(): string | undefined {
    return undefined;
  }

  #requestLine(): readonly string[] {
    return this.#line.slice(...this.#request).split(' ', 2);
  }

  #quotedAfterRequest(place: number): string | undefined {
    let end = this.#request[1];
    for (let i = 0; ; i++) {
      const from = this.#line.indexOf('"', end + 1) + 1;
      end = from === 0 ? -1 : endOfQuoted(this.#line, from);
      if (end < 0) return undefined;
      if (i === place) return this.#line.slice(from, end);
    }
  }
}

/** Apache writes `\"` for a quote within. */
function endOfQuoted(line: string, from: number): number {
  let end = line.indexOf('"', from);
  while (end > from && line.charCodeAt(end - 1) === BACKSLASH && isEscaped(line, end)) end = line.indexOf('"', end + 1);
  return end;
}

function isEscaped(line: string, quote: number): boolean {
  let slashes = 0;
  while (line.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

function isStatus(line: string, at: number): boolean {
  if (line.charCodeAt(at - 1) !== SPACE || line.charCodeAt(at - 2) !== QUOTE) return false;
  const first = line.charCodeAt(at);
  return (first >= 48 && first <= 57) || first === 45;
}
