import { reasonOf } from '../../reason-of.js';
import type { Client } from '../run/client.js';
import { InOrder } from '../time-order/in-order.js';
import type { LogEntry } from './entry.js';
import { lineReader } from './line-reader.js';
import { Lines } from './lines.js';
import { type OpenLog, openLog, UnreadableLog } from './open-log.js';

/** As many malformed lines of a file are told one by one. */
const MOST_TOLD = 5;

/** A line that could not be read. */
export interface Problem {
  readonly line: number;
  readonly reason: string;
}

/** What was found in a file. */
export interface FileReport {
  readonly name: string;
  readonly isGzip: boolean;
  readonly lines: number;
  readonly requests: number;
  /** By what the format is called. */
  readonly formats: Readonly<Record<string, number>>;
  /** Messages of another kind, as a server's start. */
  readonly others: number;
  /** The line of the first of them. */
  readonly firstOther: number | undefined;
  readonly malformed: number;
  /** Requests whose time went back further than there was room for: they were decided where they stood. */
  readonly late: number;
  /** The first of them. */
  readonly problems: readonly Problem[];
  /** Why it could not be read, or not to its end. */
  readonly error: string | undefined;
}

/** What is read, and how. */
interface LogFileOptions {
  readonly name: string;
  readonly format: string;
  readonly clientOf: (entry: LogEntry) => Client;
  /** As many requests are held to be put in order. */
  readonly room: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/** One log, read piece by piece; its requests come out in the order of time, as far as `room` of them reach. */
export class LogFile {
  readonly name: string;
  readonly pending: InOrder;
  late = 0;
  readonly #clientOf: (entry: LogEntry) => Client;
  readonly #signal: AbortSignal;
  readonly #reader;
  readonly #formats = new Map<string, number>();
  readonly #problems: Problem[] = [];
  #log: OpenLog | undefined;
  #lines: Lines | undefined;
  #isEnded = false;
  #error: string | undefined;
  #line = 0;
  #requests = 0;
  #others = 0;
  #firstOther: number | undefined;
  #malformed = 0;

  constructor({ name, format, clientOf, room, signal }: LogFileOptions) {
    this.name = name;
    this.pending = new InOrder(room);
    this.#clientOf = clientOf;
    this.#signal = signal;
    this.#reader = lineReader(format);
  }

  /** Whether its earliest request is known: enough later ones have been read, or all. */
  get isReady(): boolean {
    return this.#isEnded || this.pending.isFull;
  }

  get bytesRead(): number {
    return this.#log?.read() ?? 0;
  }

  /** Reads one piece more. What fails ends the file, and is in the report. */
  async readOn(): Promise<void> {
    try {
      this.#log ??= await openLog(this.name, this.#signal);
      this.#lines ??= new Lines((line) => this.#take(line));
      const { value, done } = await this.#log.bytes.next();
      if (done !== true) {
        this.#lines.push(value);
        return;
      }
    } catch (error) {
      if (this.#signal.aborted) return; // what comes of that is no fault of the log
      this.#error = this.#told(error);
    }
    this.#isEnded = true;
    this.#lines?.end();
  }

  report(): FileReport {
    return {
      name: this.name,
      isGzip: this.#log?.isGzip ?? false,
      lines: this.#line,
      requests: this.#requests,
      formats: Object.fromEntries(this.#formats),
      others: this.#others,
      firstOther: this.#firstOther,
      malformed: this.#malformed,
      late: this.late,
      problems: this.#problems,
      error: this.#error,
    };
  }

  #take(line: string | undefined): void {
    this.#line++;
    if (line === '') return;
    const entry = line === undefined ? { reason: 'it is longer than 1 MiB', isOther: false } : this.#reader.read(line);
    if (!('reason' in entry)) this.#request(entry);
    else if (entry.isOther) this.#other();
    else this.#problem(entry.reason);
  }

  #request(entry: LogEntry): void {
    this.#requests++;
    this.pending.push(entry.timeMs, this.#clientOf(entry), this.#line);
    const { format } = entry;
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
  }

  #other(): void {
    this.#others++;
    this.#firstOther ??= this.#line;
  }

  #problem(reason: string): void {
    this.#malformed++;
    if (this.#problems.length < MOST_TOLD) this.#problems.push({ line: this.#line, reason });
  }

  #told(error: unknown): string {
    if (error instanceof UnreadableLog) return error.message;
    const { code, message } = error as NodeJS.ErrnoException;
    // So zlib names what is no gzip where there may be more of it.
    if (message === 'incorrect header check')
      return `${this.name} has bytes behind its gzip data, after line ${this.#line}, that are no gzip: they were not read`;
    if (code === 'Z_BUF_ERROR') return `${this.name} ends in the middle of its gzip data, after line ${this.#line}`;
    if (code?.startsWith('Z_')) return `${this.name} is damaged as gzip after line ${this.#line}: ${reasonOf(error)}`;
    return `${this.name}, after line ${this.#line}: ${reasonOf(error)}`;
  }
}
