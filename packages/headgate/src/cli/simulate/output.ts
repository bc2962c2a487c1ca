import { closeSync, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { Misuse } from '../exit.js';
import { fileOf } from './file-of.js';
import { reasonOf } from './log/open-log.js';

const BATCH_CHARACTERS = 64 * 1024;

/** A file that is written to at the end of a long run, or all along: that it can be is found out before. */
export class Output {
  readonly #option: string;
  readonly #name: string;
  readonly #isNew: boolean;
  #file: number;
  #batch = '';

  /** @throws Misuse where it can't be written, or is one of the logs. */
  constructor(option: string, name: string, logs: readonly string[]) {
    this.#option = option;
    this.#name = name;
    this.#isNew = !existsSync(name);
    if (logs.some((each) => fileOf(each) === fileOf(name)))
      throw new Misuse(`${option} ${name} is one of the logs: it would be overwritten`);
    try {
      this.#file = openSync(name, 'a');
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such folder' : reasonOf(error);
      throw new Misuse(`${option} ${name} can't be written: ${reason}`);
    }
  }

  /** Begins anew, in the place of what the file had. */
  begin(): void {
    closeSync(this.#file);
    this.#file = openSync(this.#name, 'w');
  }

  write(text: string): void {
    this.#batch += text;
    if (this.#batch.length >= BATCH_CHARACTERS) this.#flush();
  }

  end(): void {
    this.#flush();
    closeSync(this.#file);
  }

  /** Leaves things as they were before. */
  abandon(): void {
    closeSync(this.#file);
    if (this.#isNew) unlinkSync(this.#name);
  }

  /** @throws Misuse where it can't be written on, as on a disk that is full. */
  #flush(): void {
    const bytes = Buffer.from(this.#batch);
    this.#batch = '';
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      throw new Misuse(`${this.#option} ${this.#name} can't be written on: ${reasonOf(error)}`);
    }
  }
}
