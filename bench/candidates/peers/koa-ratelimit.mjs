import Limiter from 'koa-ratelimit/limiter/memory.js';

/** What the middleware does with its memory driver: a limiter object per request, over one Map. */
export function make({ limit, windowMs }) {
  const db = new Map();
  return {
    allow: async (id) => (await new Limiter({ id, db, max: limit, duration: windowMs }).get()).remaining > 0,
    reset: (id) => db.delete(`limit:${id}`),
    stats: () => ({ activeKeys: db.size }),
  };
}
