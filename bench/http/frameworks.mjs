/** About as many hits of one client as a limit of 100 lets it have. */
const FEW_HITS_MS = 20;

/**
 * `servers/<name>.mjs` each. `targetUs`: what headgate may add to a request, in microseconds of CPU;
 * `ofPeer`: the same as a share of what the peer adds. The versions of `packages` are told with the figures.
 *
 * `peerWindowMs`: @nestjs/throttler keeps the time of every hit of a client within the window, and copies them all
 * for each next one, so its cost grows with them. One client that nothing limits would make it look far worse than
 * it is.
 *
 * @type {Record<string, { title: string, peer: string, targetUs?: number, ofPeer?: number, peerWindowMs?: number,
 *   packages: string[] }>}
 */
export const FRAMEWORKS = {
  node: { title: 'node:http', peer: 'by hand', targetUs: 2, packages: [] },
  express: {
    title: 'Express',
    peer: 'express-rate-limit',
    targetUs: 5,
    packages: ['express', 'express-rate-limit'],
  },
  fastify: {
    title: 'Fastify',
    peer: '@fastify/rate-limit',
    targetUs: 2.5,
    packages: ['fastify', '@fastify/rate-limit'],
  },
  hono: {
    title: 'Hono',
    peer: 'hono-rate-limiter',
    targetUs: 4,
    packages: ['hono', '@hono/node-server', 'hono-rate-limiter'],
  },
  koa: { title: 'Koa', peer: 'koa-ratelimit', targetUs: 3, packages: ['koa', 'koa-ratelimit'] },
  nest: {
    title: 'Nest',
    peer: '@nestjs/throttler',
    ofPeer: 0.5,
    peerWindowMs: FEW_HITS_MS,
    packages: ['@nestjs/core', '@nestjs/platform-express', '@nestjs/throttler'],
  },
};
