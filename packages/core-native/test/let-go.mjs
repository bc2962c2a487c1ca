/**
 * Makes limiters of 4 MB each and lets go of them until the garbage collector, which nobody calls, has collected one,
 * for each way in which keys come in; prints after how many. V8 looks for garbage once 64 MB more are told to it.
 */
import { RateLimiter } from '@headgate/core-ts';
import { createNativeEngine } from '../dist/index.cjs';

const KEYS = Array.from({ length: 100_000 }, (_, i) => `key ${i}`);
const MOST = 100;

const made = () => new RateLimiter({ limit: 5, windowSeconds: 3600 }, createNativeEngine);
const full = made();
full.allowMany(KEYS);
const bytes = full.snapshot();

const WAYS = {
  allow: (limiter) => KEYS.every((key) => limiter.allow(key)),
  allowMany: (limiter) => limiter.allowMany(KEYS),
  'a commit past the limit': (limiter) => KEYS.every((key) => limiter.reserve(key, 0).commit(9)),
  restore: (limiter) => limiter.restore(bytes),
};

let collected = 0;
const registry = new FinalizationRegistry(() => collected++);

/** In a function of its own, so that nothing on the stack holds it. */
function fillAndLetGo(fill) {
  const limiter = made();
  registry.register(limiter);
  fill(limiter);
}

const after = {};
for (const [way, fill] of Object.entries(WAYS)) {
  const before = collected;
  for (after[way] = 0; collected === before && after[way] < MOST; after[way]++) {
    fillAndLetGo(fill);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
console.log(JSON.stringify(after));
