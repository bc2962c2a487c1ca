/**
 * A batch of so many calls, each of the key that `nextKey` answers, that answers how many were allowed, or
 * denied where `expected` is false. Callers of a candidate that answers promises wait for each.
 */
export function batchOf(limiter, calls, nextKey, expected = true) {
  if (limiter.isAsync) {
    return async () => {
      let asExpected = 0;
      for (let call = 0; call < calls; call++) if ((await limiter.allow(nextKey())) === expected) asExpected++;
      return asExpected;
    };
  }
  return () => {
    let asExpected = 0;
    for (let call = 0; call < calls; call++) if (limiter.allow(nextKey()) === expected) asExpected++;
    return asExpected;
  };
}

/** Every key once; `called` is told after each. */
export async function fill(limiter, count, keyOf, called = () => {}) {
  if (limiter.isAsync) {
    for (let id = 0; id < count; id++) {
      await limiter.allow(keyOf(id));
      called();
    }
  } else {
    for (let id = 0; id < count; id++) {
      limiter.allow(keyOf(id));
      called();
    }
  }
}
