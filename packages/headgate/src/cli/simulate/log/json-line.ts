import { DIALECTS, type Dialect, type Fields, fieldOf } from './dialects.js';
import { type LineReader, type LogEntry, malformed, type NoEntry, pathOf, told } from './entry.js';
import { epochMs, Times } from './times.js';

const NO_JSON = malformed('it is no JSON object');
const NO_TIME = malformed('it has no time that can be read');
const OTHER: NoEntry = { reason: 'it is a message of another kind', isOther: true };

/** Lines of JSON, in the dialect of whichever server wrote them. */
export class JsonLine implements LineReader, LogEntry {
  readonly #times = new Times();
  readonly #dialects: readonly Dialect[];
  #dialect: Dialect;
  #fields: Fields = {};
  timeMs = 0;

  constructor(dialects: readonly Dialect[] = DIALECTS) {
    this.#dialects = dialects;
    this.#dialect = dialects[0] as Dialect;
  }

  read(line: string): LogEntry | NoEntry {
    const fields = parsed(line);
    if (fields === undefined) return NO_JSON;
    const dialect = this.#dialects.find((each) => each.isRequest(fields));
    if (dialect === undefined) return OTHER;
    this.#dialect = dialect;
    const timeMs = this.#time(this.#dialect.time(fields));
    if (Number.isNaN(timeMs)) return NO_TIME;
    this.timeMs = timeMs;
    this.#fields = fields;
    return this;
  }

  get format(): string {
    return this.#dialect.name;
  }

  address(): string | undefined {
    return told(text(this.#dialect.address(this.#fields)));
  }

  user(): string | undefined {
    return told(text(this.#dialect.user(this.#fields)));
  }

  method(): string | undefined {
    return told(text(this.#dialect.method(this.#fields)));
  }

  path(): string | undefined {
    const target = told(text(this.#dialect.target(this.#fields)));
    return target === undefined ? undefined : pathOf(target);
  }

  header(name: string): string | undefined {
    const value = this.#dialect.header(this.#fields, name);
    return told(Array.isArray(value) ? value.map((each) => text(each) ?? '').join(', ') : text(value));
  }

  field(way: readonly string[]): string | undefined {
    return told(text(fieldOf(this.#fields, way)));
  }

  #time(value: unknown): number {
    if (typeof value === 'number') return epochMs(value);
    if (typeof value !== 'string') return Number.NaN;
    if (/^\d+(?:\.\d+)?$/.test(value)) return epochMs(Number(value));
    return this.#times.read(value, value.startsWith('[') ? 1 : 0);
  }
}

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined; // counted as malformed
  }
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
