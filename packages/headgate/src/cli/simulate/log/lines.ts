import { isAscii } from 'node:buffer';

/** A longer line is no request, and is not held. */
const MOST_CHARACTERS = 1024 * 1024;
const BYTE_ORDER_MARK = '\xef\xbb\xbf';
const BEYOND_ASCII = /[\x80-\xff]/;

/** Where a line goes; `undefined`: it was longer than any request. */
type OnLine = (line: string | undefined) => void;

/**
 * Cuts bytes into lines. Each byte is one character until a line turns out to have others than ASCII, which few have.
 * Of a line that goes on in the next bytes the beginning is held.
 */
export class Lines {
  readonly #onLine: OnLine;
  #rest = '';
  #isRestAscii = true;
  #isTooLong = false;
  #isFirst = true;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    const areAscii = isAscii(bytes);
    let from = this.#isFirst && text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    this.#isFirst = false;
    for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', from)) {
      this.#line(text.slice(from, end), areAscii);
      from = end + 1;
    }
    if (this.#rest.length + text.length - from > MOST_CHARACTERS) this.#isTooLong = true;
    this.#rest = this.#isTooLong ? '' : this.#rest + text.slice(from);
    this.#isRestAscii &&= areAscii;
  }

  /** What comes after the last end of line is a line too. */
  end(): void {
    if (this.#rest !== '' || this.#isTooLong) this.#line('', true);
  }

  #line(end: string, areAscii: boolean): void {
    const isAscii = areAscii && this.#isRestAscii;
    const isTooLong = this.#isTooLong || this.#rest.length + end.length > MOST_CHARACTERS;
    let line = this.#rest === '' ? end : this.#rest + end;
    this.#rest = '';
    this.#isRestAscii = true;
    this.#isTooLong = false;
    if (isTooLong) {
      this.#onLine(undefined);
      return;
    }
    if (line.charCodeAt(line.length - 1) === 13) line = line.slice(0, -1);
    this.#onLine(isAscii || !BEYOND_ASCII.test(line) ? line : Buffer.from(line, 'latin1').toString());
  }
}
