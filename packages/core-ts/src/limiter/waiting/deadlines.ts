/** What has a deadline, and its place among the others'. */
export interface Deadline {
  readonly untilMs: number;
  /** Kept by {@link Deadlines} only; −1 outside of it. */
  place: number;
}

/**
 * Which deadline is the earliest: a binary heap that knows everyone's place. `add` is O(1) where deadlines come in
 * their order, as those of one `maxWaitMs` do; else it is O(log n), and so is `delete`.
 */
export class Deadlines<T extends Deadline> {
  readonly #heap: T[] = [];

  get earliest(): T | undefined {
    return this.#heap[0];
  }

  add(item: T): void {
    this.#rise(item, this.#heap.length);
  }

  /** Does nothing for one that isn't in it. */
  delete(item: T): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#heap.pop() as T;
    if (last === item) return;
    const above = this.#heap[(place - 1) >> 1];
    if (place > 0 && above !== undefined && last.untilMs < above.untilMs) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #rise(item: T, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above] as T;
      if (other.untilMs <= item.untilMs) break;
      this.#put(other, place);
      place = above;
    }
    this.#put(item, place);
  }

  #sink(item: T, from: number): void {
    let place = from;
    for (;;) {
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const other = right !== undefined && left !== undefined && right.untilMs < left.untilMs ? right : left;
      if (other === undefined || item.untilMs <= other.untilMs) break;
      const below = other.place;
      this.#put(other, place);
      place = below;
    }
    this.#put(item, place);
  }

  #put(item: T, place: number): void {
    this.#heap[place] = item;
    item.place = place;
  }
}
