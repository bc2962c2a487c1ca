import { closeSync, existsSync, openSync, realpathSync, unlinkSync, writeSync } from 'node:fs';
import { Misuse } from '../exit.js';
import { reasonOf } from './log/open-log.js';

const BATCH_CHARACTERS = 64 * 1024;

/** A file that is written to at the end of a long run, or all along: that it can be is found out before. */
export class Output {
  readonly #name: string;
  readonly #isNew: boolean;
  #file: number;
  #batch = '';

  /** @throws Misuse where it can't be written, or is one of the logs. */
  constructor(option: string, name: string, logs: readonly string[]) {
    this.#name = name;
    this.#isNew = !existsSync(name);
    const log = this.#isNew
      ? undefined
      : logs.find((each) => each !== '-' && realpathSync(each) === realpathSync(name));
    if (log !== undefined) throw new Misuse(`${option} ${name} is one of the logs: it would be overwritten`);
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

  #flush(): void {
    writeSync(this.#file, this.#batch);
    this.#batch = '';
  }
}
