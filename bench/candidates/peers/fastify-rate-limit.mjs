import LocalStore from '@fastify/rate-limit/store/LocalStore.js';

/** The store behind the plugin, with as many entries as it is told to keep: 5,000 by default. */
export function make({ limit, windowMs }, { entries }) {
  const store = new LocalStore(false, false, entries);
  let current = 0;
  const done = (_error, state) => {
    current = state.current;
  };
  return {
    allow(key) {
      store.incr(key, done, windowMs, limit);
      return current <= limit;
    },
    reset: (key) => store.lru.delete(key),
    stats: () => ({ activeKeys: store.lru.size }),
  };
}
