import { closeSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { Misuse } from '../exit.js';
import { reasonOf } from '../reason-of.js';
import { fileOf } from './file-of.js';

const BATCH_CHARACTERS = 64 * 1024;

/**
 * A file that is written to at the end of a long run, or all along: that it can be is found out before. What it had stays
 * until there is something to write.
 */
export class Output {
  readonly #option: string;
  readonly #name: string;
  readonly #isNew: boolean;
  #file: number;
  #isBegun = false;
  #batch = '';

  /** @throws Misuse where it can't be written, or is one of the logs. */
  constructor(option: string, name: string, logs: readonly string[]) {
    this.#option = option;
    this.#name = name;
    if (logs.some((each) => fileOf(each) === fileOf(name)))
      throw new Misuse(`${option} ${name} is one of the logs: it would be overwritten`);
    try {
      this.#isNew = lstatSync(name, { throwIfNoEntry: false }) === undefined;
      this.#file = openSync(name, 'a');
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such folder' : reasonOf(error);
      throw new Misuse(`${option} ${name} can't be written: ${reason}`);
    }
  }

  /** @throws Misuse where it can't be written on, as on a disk that is full. */
  write(text: string): void {
    this.#batch += text;
    if (this.#batch.length >= BATCH_CHARACTERS) this.#flush();
  }

  /** Where nothing was written, things are as they were before. @throws Misuse as `write` does. */
  end(): void {
    this.#flush();
    closeSync(this.#file);
    if (!this.#isBegun && this.#isNew) unlinkSync(this.#name);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#batch);
    this.#batch = '';
    if (bytes.length === 0) return;
    if (!this.#isBegun) this.#begin();
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      throw new Misuse(`${this.#option} ${this.#name} can't be written on: ${reasonOf(error)}`);
    }
  }

  /** In the place of what the file had. */
  #begin(): void {
    this.#isBegun = true;
    closeSync(this.#file);
    this.#file = openSync(this.#name, 'w');
  }
}
