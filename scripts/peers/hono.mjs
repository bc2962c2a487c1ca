import { createAdaptorServer } from '@hono/node-server';
import { rateLimit } from 'headgate/hono';
import { Hono } from 'hono';
import { twice } from './twice.mjs';

const app = new Hono();
app.use('*', rateLimit({ limit: 1, windowSeconds: 60, key: ['ip', 'route'] }));
app.get('/', (c) => c.text(c.get('rateLimit').address));
await twice(createAdaptorServer({ fetch: app.fetch }));
