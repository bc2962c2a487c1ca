/** Numbers by client, as many as there are. */
export class Column {
  #values = new Float64Array(1024);

  get(index: number): number {
    return this.#values[index] ?? 0;
  }

  add(index: number, units: number): void {
    this.#reach(index);
    this.#values[index] = (this.#values[index] as number) + units;
  }

  raiseTo(index: number, value: number): void {
    this.#reach(index);
    if ((this.#values[index] as number) < value) this.#values[index] = value;
  }

  #reach(index: number): void {
    if (index < this.#values.length) return;
    const more = new Float64Array(Math.max(2 * this.#values.length, index + 1));
    more.set(this.#values);
    this.#values = more;
  }
}
