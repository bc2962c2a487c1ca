import createFastify from 'fastify';
import rateLimit from 'headgate/fastify';

export async function start() {
  const app = createFastify();
  await app.register(rateLimit, { limit: 3, windowSeconds: 60, trustProxy: 'loopback' });
  app.get('/', async (request) => `${request.rateLimit.remaining} left\n`);

  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url: `${url}/`, close: () => app.close() };
}
