/**
 * A key as a server makes it for each request: V8 has to flatten, hash and compare it. All have 14 units,
 * which is long enough for V8 to make a rope of it first.
 */
export function buildKey(id) {
  return `client:${1_000_000 + id}`;
}

/** Numbers by xorshift: drawn anew on each call, for about a nanosecond. */
export class Draw {
  #state;

  constructor(seed = 0x9e3779b9) {
    this.#state = seed;
  }

  /** A whole number from 0 to `count − 1`. */
  below(count) {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % count;
  }

  /** The items in an order of their own. */
  shuffled(items) {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }
}
