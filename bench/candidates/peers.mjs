/**
 * The limiters that people would take otherwise, as they are on npm. `isAsync`: it answers promises, and its
 * callers have to wait for them.
 *
 * @type {Record<string, { title: string, file: string, isAsync?: boolean, settings?: object }>}
 */
export const PEERS = {
  flexible: { title: 'rate-limiter-flexible', file: 'rate-limiter-flexible', isAsync: true },
  express: { title: 'express-rate-limit', file: 'express-rate-limit', isAsync: true },
  fastify5k: { title: '@fastify/rate-limit, 5,000 keys', file: 'fastify-rate-limit', settings: { entries: 5_000 } },
  fastify2m: { title: '@fastify/rate-limit, 2M keys', file: 'fastify-rate-limit', settings: { entries: 2_000_000 } },
  nest: { title: '@nestjs/throttler', file: 'nestjs-throttler', isAsync: true },
  hono: { title: 'hono-rate-limiter', file: 'hono-rate-limiter' },
  koa: { title: 'koa-ratelimit', file: 'koa-ratelimit', isAsync: true },
  limiter: { title: 'limiter, one object a key', file: 'limiter' },
  sveltekit: { title: 'sveltekit-rate-limiter', file: 'sveltekit-rate-limiter', isAsync: true },
};

/** Their versions are in package.json, by these names. */
export const PEER_PACKAGES = [
  'rate-limiter-flexible',
  'express-rate-limit',
  '@fastify/rate-limit',
  '@nestjs/throttler',
  'hono-rate-limiter',
  'koa-ratelimit',
  'limiter',
  'sveltekit-rate-limiter',
];

/** Loaded in the process that measures it, and in no other. */
export async function makerOf(name) {
  const { file, isAsync = false, settings = {} } = PEERS[name];
  const { make } = await import(`./peers/${file}.mjs`);
  return (policy) => Object.assign(make(policy, settings), { isAsync });
}
