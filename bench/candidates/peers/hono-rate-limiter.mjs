import { MemoryStore } from 'hono-rate-limiter';

/** The store behind the middleware. */
export function make({ limit, windowMs }) {
  const store = new MemoryStore();
  store.init({ windowMs });
  return {
    allow: (key) => store.increment(key).totalHits <= limit,
    reset: (key) => store.resetKey(key),
    stats: () => ({ activeKeys: store.current.size + store.previous.size }),
  };
}
