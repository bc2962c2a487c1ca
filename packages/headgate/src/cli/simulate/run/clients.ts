import { Column } from './column.js';

/** Who sent the requests: a number for each key, until there are as many as are told apart. */
export class Clients {
  readonly #most: number;
  readonly #numbers = new Map<string, number>();
  readonly requests = new Column();
  /** Requests of keys that came when there was no more room. */
  beyond = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** The number of a key, or -1 where there is no more room. */
  numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#most) return -1;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }

  /** In the order in which they came. */
  keys(): string[] {
    return [...this.#numbers.keys()];
  }
}
