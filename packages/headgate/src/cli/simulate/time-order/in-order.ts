import type { Client } from '../run/client.js';

const SMALLEST = 256;

/**
 * Requests that were read and not yet handed on, the earliest first: a heap. Of the same time the one that was read
 * first comes first. `room` of them are held, so one may come so many places late.
 */
export class InOrder {
  readonly #room: number;
  #times = new Float64Array(SMALLEST);
  /** How many have been pushed before: what decides between equal times. */
  #turns = new Float64Array(SMALLEST);
  #lines = new Float64Array(SMALLEST);
  #clients = new Float64Array(SMALLEST);
  /** Places in these, as a heap; what lies beyond `size` is free. */
  #heap = Uint32Array.from({ length: SMALLEST }, (_, i) => i);
  #size = 0;
  #turn = 0;

  constructor(room: number) {
    this.#room = room;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#room;
  }

  /** The earliest time; `Infinity` where there is none. */
  get timeMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[this.#top] as number);
  }

  /** Of the earliest. */
  get client(): Client {
    return this.#clients[this.#top] as number;
  }

  /** Of the earliest. */
  get line(): number {
    return this.#lines[this.#top] as number;
  }

  push(timeMs: number, client: Client, line: number): void {
    if (this.#size === this.#heap.length) this.#grow();
    const heap = this.#heap;
    const place = heap[this.#size] as number;
    this.#times[place] = timeMs;
    this.#turns[place] = this.#turn++;
    this.#lines[place] = line;
    this.#clients[place] = client;
    let at = this.#size++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(place, heap[above] as number)) break;
      heap[at] = heap[above] as number;
      at = above;
    }
    heap[at] = place;
  }

  /** Lets the earliest go. */
  shift(): void {
    const heap = this.#heap;
    const free = heap[0] as number;
    const size = --this.#size;
    const last = heap[size] as number;
    heap[size] = free;
    let at = 0;
    for (let below = 1; below < size; below = 2 * at + 1) {
      const other = below + 1;
      const child = other < size && this.#isBefore(heap[other] as number, heap[below] as number) ? other : below;
      if (!this.#isBefore(heap[child] as number, last)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    if (size > 0) heap[at] = last;
  }

  get #top(): number {
    return this.#heap[0] as number;
  }

  #isBefore(a: number, b: number): boolean {
    const later = (this.#times[a] as number) - (this.#times[b] as number);
    return later < 0 || (later === 0 && (this.#turns[a] as number) < (this.#turns[b] as number));
  }

  #grow(): void {
    const { length } = this.#heap;
    this.#times = grown(this.#times, new Float64Array(2 * length));
    this.#turns = grown(this.#turns, new Float64Array(2 * length));
    this.#lines = grown(this.#lines, new Float64Array(2 * length));
    this.#clients = grown(this.#clients, new Float64Array(2 * length));
    this.#heap = grown(
      this.#heap,
      Uint32Array.from({ length: 2 * length }, (_, i) => i),
    );
  }
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
