import { MemoryStore } from 'express-rate-limit';

/** The store behind the middleware; it answers promises. */
export function make({ limit, windowMs }) {
  const store = new MemoryStore();
  store.init({ windowMs });
  return {
    allow: async (key) => (await store.increment(key)).totalHits <= limit,
    reset: (key) => store.resetKey(key),
    stats: () => ({ activeKeys: store.current.size + store.previous.size }),
  };
}
