// Its exports are for Svelte's bundlers only, so its file is named.
const FILE = new URL('../../node_modules/sveltekit-rate-limiter/dist/server/stores/ttlStore.js', import.meta.url);
const { TTLStore } = await import(FILE.href);

/** The store behind the limiter, without the SHA-256 that it makes of each key. It answers promises. */
export function make({ limit, windowMs }) {
  const store = new TTLStore(windowMs);
  return {
    allow: async (key) => (await store.add(key, windowMs)) <= limit,
    reset: (key) => store.cache.delete(key),
    stats: () => ({ activeKeys: store.cache.size }),
  };
}
