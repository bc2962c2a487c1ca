import type { Client } from './client.js';

/** Rows of a block: memory grows by so many, and no row is ever copied. */
const ROWS = 4096;

/** Numbers by client, those of one side by side: with very many clients what takes time is how many places are read. */
export class Table {
  readonly #blocks: Float64Array[] = [];
  #width = 0;

  /** One more number for each client; all are asked for before the first is set. */
  column(): Column {
    return new Column(this, this.#width++);
  }

  get(row: number, column: number): number {
    return this.#blocks[Math.floor(row / ROWS)]?.[(row % ROWS) * this.#width + column] ?? 0;
  }

  set(row: number, column: number, value: number): void {
    const block = Math.floor(row / ROWS);
    while (this.#blocks.length <= block) this.#blocks.push(new Float64Array(ROWS * this.#width));
    (this.#blocks[block] as Float64Array)[(row % ROWS) * this.#width + column] = value;
  }
}

/** A number of each client, 0 until it is set. */
export class Column {
  readonly #table: Table;
  readonly #column: number;

  constructor(table: Table, column: number) {
    this.#table = table;
    this.#column = column;
  }

  get(client: Client): number {
    return this.#table.get(client, this.#column);
  }

  set(client: Client, value: number): void {
    this.#table.set(client, this.#column, value);
  }
}
