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

/** As many draws as a million by Zipf's law with exponent 1: the ids are scattered, so that none is old by rank. */
export function zipfIds(keys, draws = 1 << 20) {
  const sums = new Float64Array(keys);
  for (let rank = 0, sum = 0; rank < keys; rank++) sums[rank] = sum += 1 / (rank + 1);
  const draw = new Draw(42);
  const scattered = draw.shuffled(Int32Array.from({ length: keys }, (_, id) => id));
  return Int32Array.from(
    { length: draws },
    () => scattered[rankAt(sums, (draw.below(2 ** 31) / 2 ** 31) * sums[keys - 1])],
  );
}

/** The first rank whose sum is beyond. */
function rankAt(sums, at) {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
