import assert from 'node:assert';
import Fastify from 'fastify';
import rateLimit from 'headgate/fastify';
import { ask, twice } from './twice.mjs';

const app = Fastify();
await app.register(rateLimit, { limit: 1, windowSeconds: 60, notFound: { limit: 2 } });
app.get('/', async (request) => request.rateLimit.key);
app.get('/own', { config: { rateLimit: { limit: 2 } } }, async () => 'own');
app.get('/user', { config: { rateLimit: { limit: 2, key: 'user' } } }, async () => 'user');
await app.ready();
await twice(app.server, async (url) => {
  for (const path of ['/own', '/user', '/nowhere']) {
    const statuses = [await ask(url + path), await ask(url + path), await ask(url + path)].map(({ status }) => status);
    const first = path === '/nowhere' ? 404 : 200;
    assert.deepEqual(statuses, [first, first, 429], path);
  }
});
await app.close();
